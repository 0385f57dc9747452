#define _GNU_SOURCE
#include "CheckpointRecorder.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// Linked into the unit tests; and, as a library that is loaded first, into programs, where the file that VMFA_CHECKPOINTS
// names gets a line for each checkpoint:
//
//   PID frames FRAMES carried CARRIED anew ANEW

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static char watched[4096];
static struct checkpoint_counts counts;

void checkpoints_watch(const char *path) {
  pthread_mutex_lock(&mutex);
  snprintf(watched, sizeof watched, "%s", path);
  memset(&counts, 0, sizeof counts);
  pthread_mutex_unlock(&mutex);
}

struct checkpoint_counts checkpoints_counted(void) {
  pthread_mutex_lock(&mutex);
  struct checkpoint_counts counted = counts;
  pthread_mutex_unlock(&mutex);
  return counted;
}

// https://sqlite.org/walformat.html, "The WAL-Index File Format".
struct log_index {
  unsigned frames, salts[2], carried;
};

static int read_index(sqlite3 *database, struct log_index *index) {
  sqlite3_file *file = 0;
  void volatile *region = 0;
  if (sqlite3_file_control(database, "main", SQLITE_FCNTL_FILE_POINTER, &file) || !file || !file->pMethods) return 0;
  if (file->pMethods->iVersion < 2 || file->pMethods->xShmMap(file, 0, 32768, 0, &region) || !region) return 0;
  unsigned volatile *words = region;
  index->carried = words[96 / 4];
  index->frames = words[16 / 4];
  index->salts[0] = words[32 / 4];
  index->salts[1] = words[36 / 4];
  return 1;
}

static void record(const char *path, const struct log_index *before, int is_anew) {
  int is_carried = before->frames > 0 && before->carried >= before->frames;
  pthread_mutex_lock(&mutex);
  if (path && !strcmp(path, watched)) {
    counts.calls += 1;
    counts.on_carried_log += is_carried;
    counts.while_log_began_anew += is_anew;
  }
  pthread_mutex_unlock(&mutex);
  const char *place = getenv("VMFA_CHECKPOINTS");
  if (!place) return;
  char line[200];
  int count = snprintf(line, sizeof line, "%d frames %u carried %u anew %d\n", getpid(), before->frames, before->carried,
                       is_anew);
  int file = open(place, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0 || write(file, line, (size_t)count) != count) abort();
  close(file);
}

int sqlite3_wal_checkpoint_v2(sqlite3 *database, const char *name, int mode, int *frames, int *carried) {
  int (*checkpoint)(sqlite3 *, const char *, int, int *, int *) = dlsym(RTLD_NEXT, "sqlite3_wal_checkpoint_v2");
  struct log_index before = {0}, after = {0};
  int is_seen = read_index(database, &before);
  int code = checkpoint(database, name, mode, frames, carried);
  if (is_seen && read_index(database, &after))
    record(sqlite3_db_filename(database, "main"), &before, memcmp(before.salts, after.salts, sizeof after.salts) != 0);
  return code;
}
