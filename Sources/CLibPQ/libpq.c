#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>

// Our functions of these names must not take the place of libpq's for libpq itself.
#pragma GCC visibility push(hidden)
#include "CLibPQ.h"

#ifdef __APPLE__
static const char *const files[] = {
    "/opt/homebrew/opt/libpq/lib/libpq.5.dylib", "/usr/local/opt/libpq/lib/libpq.5.dylib", "libpq.5.dylib", NULL};
#else
static const char *const files[] = {"libpq.so.5", NULL};
#endif

// What is used of libpq: the type, the name, the parameters, and their names.
#define EACH_FUNCTION(F) \
    F(PGconn *, PQconnectdbParams, (const char *const *k, const char *const *v, int e), (k, v, e)) \
    F(PQconninfoOption *, PQconninfoParse, (const char *t, char **e), (t, e)) \
    F(int, PQsetnonblocking, (PGconn *c, int a), (c, a)) \
    F(PQnoticeProcessor, PQsetNoticeProcessor, (PGconn *c, PQnoticeProcessor p, void *a), (c, p, a)) \
    F(int, PQenterPipelineMode, (PGconn *c), (c)) \
    F(int, PQpipelineSync, (PGconn *c), (c)) \
    F(ConnStatusType, PQstatus, (const PGconn *c), (c)) \
    F(char *, PQerrorMessage, (const PGconn *c), (c)) \
    F(char *, PQdb, (const PGconn *c), (c)) \
    F(char *, PQhost, (const PGconn *c), (c)) \
    F(int, PQsocket, (const PGconn *c), (c)) \
    F(int, PQbackendPID, (const PGconn *c), (c)) \
    F(int, PQconsumeInput, (PGconn *c), (c)) \
    F(int, PQflush, (PGconn *c), (c)) \
    F(int, PQisBusy, (PGconn *c), (c)) \
    F(int, PQsendPrepare, (PGconn *c, const char *s, const char *q, int n, const Oid *t), (c, s, q, n, t)) \
    F(int, PQsendQueryParams, \
      (PGconn *c, const char *q, int n, const Oid *t, const char *const *v, const int *l, const int *f, int r), \
      (c, q, n, t, v, l, f, r)) \
    F(int, PQsendQueryPrepared, \
      (PGconn *c, const char *s, int n, const char *const *v, const int *l, const int *f, int r), \
      (c, s, n, v, l, f, r)) \
    F(PGresult *, PQgetResult, (PGconn *c), (c)) \
    F(ExecStatusType, PQresultStatus, (const PGresult *r), (r)) \
    F(char *, PQresultErrorField, (const PGresult *r, int f), (r, f)) \
    F(char *, PQcmdStatus, (PGresult *r), (r)) \
    F(char *, PQcmdTuples, (PGresult *r), (r)) \
    F(int, PQntuples, (const PGresult *r), (r)) \
    F(int, PQnfields, (const PGresult *r), (r)) \
    F(Oid, PQftype, (const PGresult *r, int n), (r, n)) \
    F(char *, PQgetvalue, (const PGresult *r, int t, int n), (r, t, n)) \
    F(int, PQgetlength, (const PGresult *r, int t, int n), (r, t, n)) \
    F(int, PQgetisnull, (const PGresult *r, int t, int n), (r, t, n))
#define EACH_PROCEDURE(F) \
    F(PQfinish, (PGconn *c), (c)) \
    F(PQclear, (PGresult *r), (r)) \
    F(PQconninfoFree, (PQconninfoOption *o), (o)) \
    F(PQfreemem, (void *p), (p))

#define DEFINE_FUNCTION(type, name, parameters, arguments) \
    static __typeof__(&name) pointer_to_##name; \
    type name parameters { return pointer_to_##name arguments; }
#define DEFINE_PROCEDURE(name, parameters, arguments) \
    static __typeof__(&name) pointer_to_##name; \
    void name parameters { pointer_to_##name arguments; }
EACH_FUNCTION(DEFINE_FUNCTION)
EACH_PROCEDURE(DEFINE_PROCEDURE)

static const char *failure;
// dlerror's own text is gone with the thread that asked for it.
static char reason[512];

static void load(void) {
    void *library = NULL;
    for (size_t index = 0; !library && files[index]; index++) library = dlopen(files[index], RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        const char *error = dlerror();
        snprintf(reason, sizeof reason, "libpq cannot be loaded: %s (install libpq5, or libpq)", error ? error : "for no reason given");
        failure = reason;
        return;
    }
#define FIND(name) \
    if (!(pointer_to_##name = (__typeof__(&name))dlsym(library, #name))) failure = "libpq is older than version 14 (PostgreSQL's): it has no " #name;
#define FIND_FUNCTION(type, name, parameters, arguments) FIND(name)
#define FIND_PROCEDURE(name, parameters, arguments) FIND(name)
    EACH_FUNCTION(FIND_FUNCTION)
    EACH_PROCEDURE(FIND_PROCEDURE)
}

const char *libpq_load(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load);
    return failure;
}
#pragma GCC visibility pop
