// Records what a program does to the files of one folder, and what it writes to standard output, in one order: loaded first
// (LD_PRELOAD), it takes the place of the calls below and passes them on. See cuts.py, which reads the record.
//
//   POWER_LOSS_FOLDER   the folder, as an absolute path
//   POWER_LOSS_RECORD   the file that the record is appended to
//
// An event is a header and its bytes. A sync is two events: it covers what was written before it began, once it has ended.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

struct header {
  char kind;
  int32_t handle;
  int64_t offset;
  int32_t count;
} __attribute__((packed));

enum { descriptors = 4096 };

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static const char *folder;
static int record_file = -1;
// The handle of a descriptor, from 1 on; 0 for a file that is not recorded.
static int32_t handles[descriptors];
static int32_t newest_handle, newest_sync;

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static void put(const void *bytes, size_t count) {
  if (syscall(SYS_write, record_file, bytes, count) != (long)count) abort();
}

// Called with the mutex held.
static void record(char kind, int32_t handle, int64_t offset, const void *bytes, size_t count) {
  struct header header = {kind, handle, offset, (int32_t)count};
  put(&header, sizeof header);
  if (count) put(bytes, count);
}

__attribute__((constructor)) static void start(void) {
  folder = getenv("POWER_LOSS_FOLDER");
  const char *path = getenv("POWER_LOSS_RECORD");
  if (!folder || !path) return;
  record_file = NEXT(open)(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  if (record_file < 0) abort();
  record('P', 0, 0, 0, 0);
}

static int ends_with(const char *path, const char *end) {
  size_t length = strlen(path), count = strlen(end);
  return length >= count && !strcmp(path + length - count, end);
}

// Memory that is shared and locks are lost with the power anyway.
static int is_recorded(const char *path) {
  if (record_file < 0 || strncmp(path, folder, strlen(folder)) != 0) return 0;
  char next = path[strlen(folder)];
  return (next == 0 || next == '/') && !ends_with(path, "-shm") && !ends_with(path, ".lock");
}

static int32_t handle_of(int file) { return file >= 0 && file < descriptors ? handles[file] : 0; }

static int opened(const char *path, int flags, mode_t mode) {
  if (!is_recorded(path)) return NEXT(open)(path, flags, mode);
  pthread_mutex_lock(&mutex);
  int is_new = access(path, F_OK) != 0;
  int file = NEXT(open)(path, flags, mode), error = errno;
  if (file >= descriptors) abort();
  if (file >= 0) {
    handles[file] = ++newest_handle;
    record(is_new ? 'C' : 'O', handles[file], 0, path, strlen(path));
    if (flags & O_TRUNC) record('T', handles[file], 0, 0, 0);
  }
  pthread_mutex_unlock(&mutex);
  errno = error;
  return file;
}

static mode_t mode_of(int flags, va_list arguments) {
  return flags & (O_CREAT | O_TMPFILE) ? va_arg(arguments, mode_t) : 0;
}

#define OPEN(name)                                   \
  int name(const char *path, int flags, ...) {       \
    va_list arguments;                               \
    va_start(arguments, flags);                      \
    mode_t mode = mode_of(flags, arguments);         \
    va_end(arguments);                               \
    return opened(path, flags, mode);                \
  }
OPEN(open)
OPEN(open64)

int close(int file) {
  pthread_mutex_lock(&mutex);
  if (handle_of(file)) handles[file] = 0;
  int code = NEXT(close)(file), error = errno;
  pthread_mutex_unlock(&mutex);
  errno = error;
  return code;
}

static ssize_t written(int file, const void *bytes, size_t count, off_t offset, int is_positioned) {
  int is_answer = file == STDOUT_FILENO && record_file >= 0;
  if (!is_answer && !handle_of(file))
    return is_positioned ? NEXT(pwrite)(file, bytes, count, offset) : NEXT(write)(file, bytes, count);
  pthread_mutex_lock(&mutex);
  if (!is_positioned && !is_answer) offset = lseek(file, 0, SEEK_CUR);
  // An answer is given from the moment on in which it is written.
  if (is_answer) record('A', 0, 0, bytes, count);
  ssize_t done = is_positioned ? NEXT(pwrite)(file, bytes, count, offset) : NEXT(write)(file, bytes, count);
  int error = errno;
  if (!is_answer && done > 0) record('W', handle_of(file), offset, bytes, (size_t)done);
  pthread_mutex_unlock(&mutex);
  errno = error;
  return done;
}

ssize_t write(int file, const void *bytes, size_t count) { return written(file, bytes, count, 0, 0); }
ssize_t pwrite(int file, const void *bytes, size_t count, off_t offset) { return written(file, bytes, count, offset, 1); }
ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t offset) {
  return written(file, bytes, count, offset, 1);
}

static int truncated(int file, off_t size) {
  pthread_mutex_lock(&mutex);
  int code = NEXT(ftruncate)(file, size), error = errno;
  if (!code && handle_of(file)) record('T', handle_of(file), size, 0, 0);
  pthread_mutex_unlock(&mutex);
  errno = error;
  return code;
}

int ftruncate(int file, off_t size) { return truncated(file, size); }
int ftruncate64(int file, off64_t size) { return truncated(file, size); }

static int synchronized(int file, int (*synchronize)(int)) {
  int32_t handle = handle_of(file), number = 0;
  if (handle) {
    pthread_mutex_lock(&mutex);
    number = ++newest_sync;
    record('B', handle, number, 0, 0);
    pthread_mutex_unlock(&mutex);
  }
  int code = synchronize(file), error = errno;
  if (handle && !code) {
    pthread_mutex_lock(&mutex);
    record('E', handle, number, 0, 0);
    pthread_mutex_unlock(&mutex);
  }
  errno = error;
  return code;
}

int fsync(int file) { return synchronized(file, NEXT(fsync)); }
int fdatasync(int file) { return synchronized(file, NEXT(fdatasync)); }

int unlink(const char *path) {
  if (!is_recorded(path)) return NEXT(unlink)(path);
  pthread_mutex_lock(&mutex);
  int code = NEXT(unlink)(path), error = errno;
  if (!code) record('U', 0, 0, path, strlen(path));
  pthread_mutex_unlock(&mutex);
  errno = error;
  return code;
}
