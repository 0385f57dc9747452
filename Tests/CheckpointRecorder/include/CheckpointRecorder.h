// Records every checkpoint that the program asks SQLite for: it takes the place of sqlite3_wal_checkpoint_v2, and calls that.
#ifndef CHECKPOINT_RECORDER_H
#define CHECKPOINT_RECORDER_H

struct checkpoint_counts {
  int calls;
  /// Those that started when the database had all of the log already.
  int on_carried_log;
  /// Those while which the log began anew.
  int while_log_began_anew;
};

/// Counts from 0 on for the database of this path, and for no other.
void checkpoints_watch(const char *path);

/// What was counted since then.
struct checkpoint_counts checkpoints_counted(void);

#endif
