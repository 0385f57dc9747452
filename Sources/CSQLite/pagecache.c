#include "CSQLite.h"

#include <sqlite3.h>

// SQLite's own page cache, with a memory of its highest page in front of it.
//
// While SQLite puts pages of a tree in order it gives one of them the number of the lock byte's page, for a moment (in
// balance_nonroot). The cache then takes that for its highest page, and when the transaction ends, and what lies beyond the
// end of the file is to be dropped, looks for it through all of its pages. There is nothing to be found: that page never has
// content, and its number is given up again at once.

static sqlite3_pcache_methods2 plain;

struct cache {
  sqlite3_pcache *plain;
  /// The highest page that may be in it.
  unsigned highest;
  /// The page of the lock byte.
  unsigned lock_byte_page;
};

static sqlite3_pcache *plain_of(sqlite3_pcache *cache) { return ((struct cache *)cache)->plain; }

static sqlite3_pcache *create(int page_size, int extra, int is_purgeable) {
  struct cache *cache = sqlite3_malloc(sizeof *cache);
  if (!cache) return 0;
  cache->plain = plain.xCreate(page_size, extra, is_purgeable);
  cache->highest = 0;
  cache->lock_byte_page = 0x40000000u / (unsigned)page_size + 1;
  if (cache->plain) return (sqlite3_pcache *)cache;
  sqlite3_free(cache);
  return 0;
}

static void destroy(sqlite3_pcache *cache) {
  plain.xDestroy(plain_of(cache));
  sqlite3_free(cache);
}

static void rise(sqlite3_pcache *cache, unsigned page) {
  struct cache *c = (struct cache *)cache;
  if (page > c->highest) c->highest = page;
}

static sqlite3_pcache_page *fetch(sqlite3_pcache *cache, unsigned page, int creates) {
  if (creates) rise(cache, page);
  return plain.xFetch(plain_of(cache), page, creates);
}

static void rekey(sqlite3_pcache *cache, sqlite3_pcache_page *page, unsigned before, unsigned after) {
  if (after != ((struct cache *)cache)->lock_byte_page) rise(cache, after);
  plain.xRekey(plain_of(cache), page, before, after);
}

static void drop_from(sqlite3_pcache *cache, unsigned first) {
  struct cache *c = (struct cache *)cache;
  if (first > c->highest) return;
  plain.xTruncate(c->plain, first);
  c->highest = first > 0 ? first - 1 : 0;
}

static void set_size(sqlite3_pcache *cache, int size) { plain.xCachesize(plain_of(cache), size); }
static int page_count(sqlite3_pcache *cache) { return plain.xPagecount(plain_of(cache)); }
static void shrink(sqlite3_pcache *cache) { plain.xShrink(plain_of(cache)); }
static void unpin(sqlite3_pcache *cache, sqlite3_pcache_page *page, int discards) {
  plain.xUnpin(plain_of(cache), page, discards);
}

void sqlite_remember_highest_page(void) {
  if (plain.xCreate || sqlite3_config(SQLITE_CONFIG_GETPCACHE2, &plain) != SQLITE_OK) return;
  sqlite3_pcache_methods2 methods = plain;
  methods.xCreate = create;
  methods.xDestroy = destroy;
  methods.xFetch = fetch;
  methods.xRekey = rekey;
  methods.xTruncate = drop_from;
  methods.xCachesize = set_size;
  methods.xPagecount = page_count;
  methods.xShrink = shrink;
  methods.xUnpin = unpin;
  (void)sqlite3_config(SQLITE_CONFIG_PCACHE2, &methods);
}
