/*
 * A library of OpenCL without a device, for tests: two platforms, of which the first has two devices
 * and no priorities, and the second one that has them. Nothing is computed; what is looked at is how the
 * host calls. An event is complete when what it waits for is, and -14 if some of that has failed,
 * while the rest still runs, as drivers may; in a queue that keeps its order it comes after the one
 * before, however that ended. Objects are counted and never freed, so that one that is used after
 * it was released, or released twice, is counted as bad and harms nobody.
 *
 * Tests set numbers by name. A function fails when the number of its name is 1, or counts down to 1;
 * "hold" keeps commands from finishing, "result" is how the next command ends, and "meet" has who asks
 * for platforms wait a little for others who do.
 */
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define API __attribute__((visibility("default")))
#define MOST 64

enum kind { CONTEXT = 1, QUEUE, BUFFER, PROGRAM, KERNEL, EVENT, USER };

struct thing {
  enum kind kind;
  int count, waits, held, status, set; /* held: 1 by the test, 2 by its user; set: status is known */
  struct thing **wait;
  struct thing *last; /* of queues: the last event; of kernels: their program */
  long properties, priority, ended, asked;
  void (*callback)(struct thing *, int, void *);
  void *token;
  struct thing *next;
};

static pthread_mutex_t lock;
static struct thing *things, *platforms[2], *devices[3];
static char names[MOST][48];
static long numbers[MOST], bad, inside, together, ticks, changes = 1;

__attribute__((constructor)) static void begin(void) {
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_RECURSIVE);
  pthread_mutex_init(&lock, &attributes);
  for (int i = 0; i < 2; i++) platforms[i] = calloc(1, sizeof **platforms);
  for (int i = 0; i < 3; i++) devices[i] = calloc(1, sizeof **devices);
}

static long *number(const char *name) {
  int i = 0;
  while (i < MOST - 1 && names[i][0] && strcmp(names[i], name)) i++;
  snprintf(names[i], sizeof names[i], "%s", name);
  return &numbers[i];
}

/* Whether a function is to fail now. */
static int fails(const char *function) {
  pthread_mutex_lock(&lock);
  long *left = number(function);
  int result = *left > 0 && --*left == 0;
  pthread_mutex_unlock(&lock);
  return result;
}

#define MAY_FAIL if (fails(__func__)) return -5

static struct thing *make(enum kind kind) {
  struct thing *made = calloc(1, sizeof *made);
  made->kind = kind == USER ? EVENT : kind;
  made->held = kind == USER ? 2 : 0;
  made->count = 1;
  pthread_mutex_lock(&lock);
  made->next = things;
  things = made;
  pthread_mutex_unlock(&lock);
  return made;
}

static int is(struct thing *one, enum kind kind) {
  if (one && one->kind == kind && one->count > 0) return 1;
  __atomic_add_fetch(&bad, 1, __ATOMIC_SEQ_CST);
  return 0;
}

static int pending(struct thing *event) {
  event->asked = changes; /* so that nothing is asked twice */
  return 3;
}

/* 0 complete, less failed, 3 submitted. */
static int status(struct thing *event) {
  int waiting = 0, failed = 0;
  if (event->set) return event->status;
  if (event->asked == changes) return 3;
  if (event->last && status(event->last) > 0) return pending(event);
  for (int i = 0; i < event->waits; i++) {
    int each = status(event->wait[i]);
    waiting |= each > 0;
    failed |= each < 0;
  }
  if (!failed && (waiting || event->held)) return pending(event);
  if (failed) event->status = -14;
  event->set = 1;
  event->ended = ++ticks;
  return event->status;
}

/* Calls back for what is complete; like some drivers, not for what has failed. */
static void tell(void) {
  for (struct thing *each = things; each; each = each->next)
    if (each->kind == EVENT && each->callback && status(each) == 0) {
      void (*called)(struct thing *, int, void *) = each->callback;
      each->callback = NULL;
      called(each, 0, each->token);
    }
}

static int enqueue(
    struct thing *queue, int is_work, unsigned waits, struct thing **wait, struct thing **out) {
  if (!is(queue, QUEUE)) return -36;
  pthread_mutex_lock(&lock);
  struct thing *made = make(EVENT);
  made->waits = waits;
  made->wait = calloc(waits + 1, sizeof *wait);
  for (unsigned i = 0; i < waits; i++) made->wait[i] = is(wait[i], EVENT) ? wait[i] : made;
  made->last = queue->properties & 1 ? NULL : queue->last;
  queue->last = made;
  if (is_work) {
    made->held = *number("hold");
    made->status = *number("result");
    *number("result") = 0;
  }
  *out = made;
  pthread_mutex_unlock(&lock);
  return 0;
}

static int give(const void *value, size_t size, size_t room, void *to, size_t *actual) {
  if (actual) *actual = size;
  if (to && room < size) return -30;
  if (to) memcpy(to, value, size);
  return 0;
}

#define GIVE(type, ...) \
  do { type value = __VA_ARGS__; return give(&value, sizeof value, room, to, actual); } while (0)
#define GIVE_TEXT(text) return give(text, strlen(text) + 1, room, to, actual)
#define INFO int what, size_t room, void *to, size_t *actual

/* ── for tests ── */

API void fake_reset(void) {
  memset(names, 0, sizeof names);
  memset(numbers, 0, sizeof numbers);
  things = NULL;
  bad = together = 0;
}

API void fake_set(const char *name, long value) {
  pthread_mutex_lock(&lock);
  *number(name) = value;
  changes++;
  if (!strcmp(name, "hold") && !value)
    for (struct thing *each = things; each; each = each->next) each->held &= 2;
  tell();
  pthread_mutex_unlock(&lock);
}

/* "bad", "together", "priority" and "properties" of the newest queue, or how many of a kind are left. */
API long fake_get(const char *name) {
  static const char *const KINDS[] = {"", "context", "queue", "buffer", "program", "kernel", "event"};
  long found = 0;
  if (!strcmp(name, "bad")) return bad;
  if (!strcmp(name, "together")) return together;
  for (struct thing *each = things; each; each = each->next) {
    if (each->kind == QUEUE && !strcmp(name, "priority")) return each->priority;
    if (each->kind == QUEUE && !strcmp(name, "properties")) return each->properties;
    found += each->count > 0 && !strcmp(name, KINDS[each->kind]);
  }
  return found;
}

/* ── what the host calls ── */

API int clGetPlatformIDs(unsigned room, struct thing **out, unsigned *found) {
  MAY_FAIL;
  *found = 2;
  if (room) memcpy(out, platforms, sizeof platforms);
  long with = __atomic_add_fetch(&inside, 1, __ATOMIC_SEQ_CST);
  for (int i = 0; *number("meet") && i < 10000 && with < 2; i++) {
    sched_yield();
    with = __atomic_load_n(&inside, __ATOMIC_SEQ_CST);
  }
  if (with > together) together = with;
  __atomic_sub_fetch(&inside, 1, __ATOMIC_SEQ_CST);
  return 0;
}

API int clGetPlatformInfo(struct thing *platform, INFO) {
  MAY_FAIL;
  int first = platform == platforms[0];
  GIVE_TEXT(what == 0x0902 ? (first ? "One" : "Two") : (first ? "OpenCL 1.2" : "OpenCL 3.0 x"));
}

API int clGetDeviceIDs(struct thing *of, long type, unsigned room, struct thing **out, unsigned *found) {
  MAY_FAIL;
  int first = of == platforms[0];
  *found = first ? 2 : 1;
  if (room) memcpy(out, first ? devices : devices + 2, *found * sizeof *out);
  return type ? 0 : -31;
}

API int clGetDeviceInfo(struct thing *device, INFO) {
  MAY_FAIL;
  switch (what) {
    case 0x1000: case 0x1010: case 0x101F: case 0x1023: GIVE(long, 4);
    case 0x1004: GIVE(size_t, 1024);
    case 0x1002: case 0x100C: GIVE(int, 8);
    case 0x102A: GIVE(long, device == devices[1] ? 2 : 3);
    case 0x1030: GIVE_TEXT(device == devices[2] ? "cl_khr_fp64 cl_khr_priority_hints" : "");
    default: GIVE_TEXT(device == devices[0] ? "a" : device == devices[1] ? "b" : "c");
  }
}

API int clGetProgramBuildInfo(void *program, void *device, INFO) {
  MAY_FAIL;
  GIVE_TEXT("built");
}

API int clGetKernelInfo(void *kernel, INFO) {
  MAY_FAIL;
  GIVE(int, is(kernel, KERNEL) ? 1 : 0);
}

API int clGetKernelArgInfo(void *kernel, int index, INFO) {
  return is(kernel, KERNEL) ? -19 : -48;
}

API int clGetEventInfo(struct thing *event, INFO) {
  MAY_FAIL;
  if (!is(event, EVENT)) return -58;
  pthread_mutex_lock(&lock);
  int now = status(event);
  pthread_mutex_unlock(&lock);
  GIVE(int, now);
}

API int clGetEventProfilingInfo(struct thing *event, INFO) {
  MAY_FAIL;
  GIVE(long, is(event, EVENT) ? event->ended : 0);
}

/* Those that make something of something else. */
#define MAKE(name, from, made, ...)                                  \
  API void *name(void *parent, ##__VA_ARGS__, int *code) {           \
    if (fails(#name)) return *code = -5, NULL;                       \
    return *code = 0, is(parent, from) ? make(made) : (*code = -30, NULL); \
  }
MAKE(clCreateBuffer, CONTEXT, BUFFER, long flags, size_t size, void *host)
MAKE(clCreateProgramWithSource, CONTEXT, PROGRAM, unsigned n, void *texts, void *sizes)
MAKE(clCreateKernel, PROGRAM, KERNEL, char *name)
MAKE(clCreateUserEvent, CONTEXT, USER)
MAKE(new_queue, CONTEXT, QUEUE)

API void *clCreateContext(const void *p, unsigned n, void *ids, void *f, void *user, int *code) {
  return *code = fails(__func__) ? -5 : 0, *code ? NULL : make(CONTEXT);
}

API void *clCreateCommandQueue(void *context, void *device, long properties, int *code) {
  struct thing *made = fails(__func__) ? (*code = -5, NULL) : new_queue(context, code);
  if (made) made->properties = properties;
  return made;
}

#ifndef NO_PROPERTIES
API void *clCreateCommandQueueWithProperties(void *context, void *device, long *list, int *code) {
  struct thing *made = new_queue(context, code);
  for (; made && *list; list += 2)
    *(list[0] == 0x1096 ? &made->priority : &made->properties) = list[1];
  return made;
}
#endif

/* Those that only answer a code. */
#define CHECKED(name, kind, ...)                                     \
  API int name(struct thing *one, ##__VA_ARGS__) {                   \
    MAY_FAIL;                                                        \
    return is(one, kind) ? 0 : -30;                                  \
  }
CHECKED(clFlush, QUEUE)
CHECKED(clBuildProgram, PROGRAM, unsigned n, void *ids, char *options, void *f, void *user)
CHECKED(clSetKernelArg, KERNEL, int index, size_t size, void *value)

/* It is released also if it is to fail, so that it is seen what is not even tried. */
#define RELEASE(name, kind)                                          \
  API int name(struct thing *one) {                                  \
    if (!is(one, kind)) return -30;                                  \
    __atomic_sub_fetch(&one->count, 1, __ATOMIC_SEQ_CST);            \
    MAY_FAIL;                                                        \
    return 0;                                                        \
  }
RELEASE(clReleaseContext, CONTEXT)
RELEASE(clReleaseCommandQueue, QUEUE)
RELEASE(clReleaseMemObject, BUFFER)
RELEASE(clReleaseProgram, PROGRAM)
RELEASE(clReleaseKernel, KERNEL)
RELEASE(clReleaseEvent, EVENT)

API int clSetUserEventStatus(struct thing *event, int to) {
  if (!is(event, EVENT)) return -58;
  pthread_mutex_lock(&lock);
  event->set = 1;
  event->status = to;
  changes++;
  tell();
  pthread_mutex_unlock(&lock);
  MAY_FAIL; /* too late, so that what waits goes on */
  return 0;
}

API int clSetEventCallback(struct thing *event, int type, void *function, void *token) {
  MAY_FAIL;
  if (!is(event, EVENT)) return -58;
  pthread_mutex_lock(&lock);
  event->callback = function;
  event->token = token;
  tell();
  pthread_mutex_unlock(&lock);
  return 0;
}

#define ENQUEUE(name, is_work, is_valid, ...)                        \
  API int name(struct thing *queue, ##__VA_ARGS__,                   \
               unsigned waits, struct thing **wait, struct thing **out) { \
    MAY_FAIL;                                                        \
    return is_valid ? enqueue(queue, is_work, waits, wait, out) : -30; \
  }
ENQUEUE(clEnqueueMarkerWithWaitList, 0, 1)
ENQUEUE(clEnqueueBarrierWithWaitList, 0, 1)
ENQUEUE(clEnqueueReadBuffer, 1, is(b, BUFFER), void *b, int blocks, size_t at, size_t n, void *to)
ENQUEUE(clEnqueueWriteBuffer, 1, is(b, BUFFER), void *b, int blocks, size_t at, size_t n, void *from)
ENQUEUE(clEnqueueCopyBuffer, 1, is(a, BUFFER) && is(b, BUFFER), void *a, void *b, long p, long q, long n)
ENQUEUE(clEnqueueFillBuffer, 1, is(b, BUFFER), void *b, void *pattern, long n, long at, long size)
ENQUEUE(clEnqueueNDRangeKernel, 1, is(k, KERNEL), void *k, int n, void *at, void *global, void *local)
