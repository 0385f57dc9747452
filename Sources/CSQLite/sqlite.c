#include "CSQLite.h"

#include <sqlite3.h>

void sqlite_without_memory_statistics(void) { (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); }

void sqlite_keep_log(struct sqlite3 *connection) {
  (void)sqlite3_db_config(connection, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, (int *)0);
}

int sqlite_log_state(struct sqlite3 *connection, unsigned *frames, unsigned *carried) {
  // https://sqlite.org/walformat.html, "The WAL-Index File Format": of the first region, 32-bit words of the machine.
  enum { region_size = 32768, frames_word = 16 / 4, carried_word = 96 / 4 };
  sqlite3_file *file = 0;
  int code = sqlite3_file_control(connection, "main", SQLITE_FCNTL_FILE_POINTER, &file);
  if (code || !file || !file->pMethods || file->pMethods->iVersion < 2) return 0;
  void volatile *region = 0;
  code = file->pMethods->xShmMap(file, 0, region_size, 0, &region);
  if (code || !region) return 0;
  unsigned volatile *words = region;
  *carried = __atomic_load_n(words + carried_word, __ATOMIC_SEQ_CST);
  *frames = __atomic_load_n(words + frames_word, __ATOMIC_SEQ_CST);
  return 1;
}
