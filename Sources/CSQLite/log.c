#include "CSQLite.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

// The write-ahead log of a connection that commits all the time.
//
// SQLite writes each page of a commit in two pieces, and to the system each piece is a call of its own that touches two
// pages of the file. Here they are gathered, and written as one when SQLite asks for them to be on the disk: before anybody
// is told that they are there. Who waits for the disk is somebody else then (see GroupCommit).
//
// Only a log that `sqlite_gather_log` was told of is written so. All others, and all other files, are the system's.

struct log_file {
  sqlite3_file base;
  /// Behind this in memory.
  sqlite3_file *file;
  int gathers;
  /// What was gathered, and where it belongs.
  sqlite3_int64 start;
  int count;
  unsigned char *bytes;
};

/// The system's part of SQLite writes no more than 131,071 bytes at a time.
enum { capacity = 96 << 10 };

static sqlite3_vfs *plain;
static sqlite3_vfs with_log;

static struct log_file *log_of(sqlite3_file *file) { return (struct log_file *)file; }
static sqlite3_file *plain_of(sqlite3_file *file) { return log_of(file)->file; }

/// What cannot be written is forgotten: it was of a commit, which fails by that.
static int flush(struct log_file *log) {
  int count = log->count;
  log->count = 0;
  return count ? log->file->pMethods->xWrite(log->file, log->bytes, count, log->start) : SQLITE_OK;
}

static int close_log(sqlite3_file *file) {
  struct log_file *log = log_of(file);
  int code = flush(log), closed = log->file->pMethods->xClose(log->file);
  free(log->bytes);
  return code ? code : closed;
}

static int read_log(sqlite3_file *file, void *bytes, int count, sqlite3_int64 start) {
  int code = flush(log_of(file));
  return code ? code : plain_of(file)->pMethods->xRead(plain_of(file), bytes, count, start);
}

static int write_log(sqlite3_file *file, const void *bytes, int count, sqlite3_int64 start) {
  struct log_file *log = log_of(file);
  if (log->count && (start != log->start + log->count || count > capacity - log->count)) {
    int code = flush(log);
    if (code) return code;
  }
  if (!log->gathers || count > capacity) return log->file->pMethods->xWrite(log->file, bytes, count, start);
  if (!log->count) log->start = start;
  memcpy(log->bytes + log->count, bytes, (size_t)count);
  log->count += count;
  return SQLITE_OK;
}

static int truncate_log(sqlite3_file *file, sqlite3_int64 size) {
  int code = flush(log_of(file));
  return code ? code : plain_of(file)->pMethods->xTruncate(plain_of(file), size);
}

static int sync_log(sqlite3_file *file, int flags) {
  int code = flush(log_of(file));
  // A commit is waited for by who answers it; a log that begins anew, and one that is carried over, are waited for here.
  int is_commit = (flags & 0x0F) == SQLITE_SYNC_NORMAL;
  if (code || (log_of(file)->gathers && is_commit)) return code;
  return plain_of(file)->pMethods->xSync(plain_of(file), flags);
}

static int size_of_log(sqlite3_file *file, sqlite3_int64 *size) {
  int code = flush(log_of(file));
  return code ? code : plain_of(file)->pMethods->xFileSize(plain_of(file), size);
}

static int lock_log(sqlite3_file *file, int level) {
  return plain_of(file)->pMethods->xLock(plain_of(file), level);
}
static int unlock_log(sqlite3_file *file, int level) {
  return plain_of(file)->pMethods->xUnlock(plain_of(file), level);
}
static int check_lock_of_log(sqlite3_file *file, int *is_reserved) {
  return plain_of(file)->pMethods->xCheckReservedLock(plain_of(file), is_reserved);
}
static int control_log(sqlite3_file *file, int operation, void *argument) {
  return plain_of(file)->pMethods->xFileControl(plain_of(file), operation, argument);
}
static int sector_size_of_log(sqlite3_file *file) {
  return plain_of(file)->pMethods->xSectorSize(plain_of(file));
}
static int characteristics_of_log(sqlite3_file *file) {
  return plain_of(file)->pMethods->xDeviceCharacteristics(plain_of(file));
}

static const sqlite3_io_methods log_methods = {
    .iVersion = 1,
    .xClose = close_log,
    .xRead = read_log,
    .xWrite = write_log,
    .xTruncate = truncate_log,
    .xSync = sync_log,
    .xFileSize = size_of_log,
    .xLock = lock_log,
    .xUnlock = unlock_log,
    .xCheckReservedLock = check_lock_of_log,
    .xFileControl = control_log,
    .xSectorSize = sector_size_of_log,
    .xDeviceCharacteristics = characteristics_of_log,
};

static int open_file(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *flags_then) {
  (void)vfs;
  if (!(flags & SQLITE_OPEN_WAL)) return plain->xOpen(plain, name, file, flags, flags_then);
  struct log_file *log = log_of(file);
  memset(log, 0, sizeof *log);
  log->file = (sqlite3_file *)(log + 1);
  int code = plain->xOpen(plain, name, log->file, flags, flags_then);
  if (log->file->pMethods) log->base.pMethods = &log_methods;
  return code;
}

void sqlite_register_logs(void) {
  if (plain) return;
  plain = sqlite3_vfs_find(0);
  with_log = *plain;
  with_log.pNext = 0;
  with_log.zName = "vmfa";
  with_log.szOsFile += (int)sizeof(struct log_file);
  with_log.xOpen = open_file;
  (void)sqlite3_vfs_register(&with_log, 1);
}

int sqlite_gather_log(struct sqlite3 *connection) {
  sqlite3_file *file = 0;
  int code = sqlite3_file_control(connection, "main", SQLITE_FCNTL_JOURNAL_POINTER, &file);
  if (code || !file || file->pMethods != &log_methods) return 0;
  sqlite3_file *database = 0;
  code = sqlite3_file_control(connection, "main", SQLITE_FCNTL_FILE_POINTER, &database);
  if (code || !database || !database->pMethods) return 0;
  if (!(database->pMethods->xDeviceCharacteristics(database) & SQLITE_IOCAP_POWERSAFE_OVERWRITE)) return 0;
  struct log_file *log = log_of(file);
  if (!log->bytes) log->bytes = malloc(capacity);
  log->gathers = log->bytes != 0;
  return log->gathers;
}
