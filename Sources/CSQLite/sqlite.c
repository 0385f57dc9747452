#include "CSQLite.h"

#include <sqlite3.h>

void sqlite_without_memory_statistics(void) { (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); }

void sqlite_keep_log(struct sqlite3 *connection) {
  (void)sqlite3_db_config(connection, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, (int *)0);
}
