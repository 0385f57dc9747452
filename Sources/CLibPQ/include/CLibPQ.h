// libpq, loaded when it is first wanted: linked, it and the twenty libraries that it brings would take a third of the time
// in which `vmfa code` starts and ends, and of those who run that few have a PostgreSQL server.
#ifndef CLIBPQ_H
#define CLIBPQ_H

#if __has_include(<libpq-fe.h>)
#include <libpq-fe.h>
#elif __has_include(<postgresql/libpq-fe.h>)
#include <postgresql/libpq-fe.h>
#elif __has_include("/opt/homebrew/opt/libpq/include/libpq-fe.h")
#include "/opt/homebrew/opt/libpq/include/libpq-fe.h"
#elif __has_include("/usr/local/opt/libpq/include/libpq-fe.h")
#include "/usr/local/opt/libpq/include/libpq-fe.h"
#else
#error "the headers of libpq are missing: run Scripts/bootstrap build (libpq-dev, libpq-devel, or brew's libpq)"
#endif

/// Loads libpq. Nothing else of it may be called before this has returned NULL once; it may be called again, by any thread.
/// Returns why that did not work otherwise and what to do, as text that stays.
const char *libpq_load(void);

#endif
