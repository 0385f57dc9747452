// What of SQLite cannot be called from Swift: functions with any number of arguments, and tables of functions.
#ifndef CSQLITE_H
#define CSQLITE_H

/// Has SQLite keep no account of its memory, which it does under a lock, for every text that is read. Nobody asks for it here.
/// Does nothing once SQLite is in use.
void sqlite_without_memory_statistics(void);

/// Has page caches know their highest page, so that the end of a transaction need not look for what lies beyond the file.
/// Does nothing once SQLite is in use; holds for all of its connections in the process.
void sqlite_remember_highest_page(void);

/// Makes logs known to SQLite that can be written as `sqlite_gather_log` has it. Before the first connection.
void sqlite_register_logs(void);

struct sqlite3;

/// Has what a connection commits be written to its log in one piece, and the disk not waited for, where SQLite asks for
/// `SQLITE_SYNC_NORMAL`: with `synchronous=FULL` and `checkpoint_fullfsync` that is where a commit ends, and nowhere else.
/// Both are to be set from then on, and `cache_spill` is to be off, so that nothing is written before a commit: what was
/// gathered of a transaction that is then undone would overwrite what others have committed meanwhile.
/// Returns 0 where that cannot be: the connection has no log yet, or one that SQLite opened before `sqlite_register_logs`, or
/// one whose commits SQLite fills up to whole sectors.
int sqlite_gather_log(struct sqlite3 *connection);

/// Has a connection leave the log as it is when it closes: who opens the database next takes what is whole of it.
void sqlite_keep_log(struct sqlite3 *connection);

/// Reads from the index of a connection's write-ahead log how many frames the log has, and how many of these a checkpoint has
/// carried over into the database. Both stay together only while the caller holds the writer's lock. Returns 0 where the
/// connection has not opened a log yet.
int sqlite_log_state(struct sqlite3 *connection, unsigned *frames, unsigned *carried);

#endif
