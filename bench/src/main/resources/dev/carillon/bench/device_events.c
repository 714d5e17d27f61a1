/*
 * What group M of the benchmarks measures from Java, called from C: the same functions of CUDA's
 * driver in the same order. Needs no header of CUDA's and links nothing of it.
 *
 *   cc -O2 -o device_events device_events.c -ldl -lpthread
 *   ./device_events WARMUPS ITERATIONS MILLIS LIBRARY...
 *
 * Prints a line for each iteration: the operation, nanoseconds of one, and for those that are timed
 * one by one the 99th percentile as well.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define EVENTS 256
#define GRAPH_NODES 20
#define GRAPHS 32
#define SAMPLES 100000

typedef void *handle;

static int (*init)(unsigned), (*device_get)(int *, int), (*retain)(handle *, int),
    (*set_current)(handle), (*stream_create)(handle *, unsigned, int), (*stream_sync)(handle),
    (*wait_event)(handle, handle, unsigned), (*host_func)(handle, void (*)(void *), void *),
    (*event_create)(handle *, unsigned), (*event_record)(handle, handle), (*event_query)(handle),
    (*alloc)(unsigned long long *, size_t), (*fill)(unsigned long long, unsigned char, size_t, handle),
    (*begin)(handle, int), (*end)(handle, handle *),
    (*instantiate)(handle *, handle, unsigned long long), (*launch)(handle, handle);

static handle stream, other, executable, events[EVENTS];
static double samples[SAMPLES];
static int count;

static void check(int code, const char *what) {
  if (code) {
    fprintf(stderr, "device_events: %s answered %d\n", what, code);
    exit(1);
  }
}
#define CALL(call) check(call, #call)

static void *find(void *library, const char *name) {
  void *found = dlsym(library, name);
  if (!found) {
    fprintf(stderr, "device_events: no %s\n", name);
    exit(1);
  }
  return found;
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1e9 + time.tv_nsec;
}

/* Each does its operation as often as it returns, and adds to the time what that took. */

static int record(double *nanos) {
  double start = now();
  for (int i = 0; i < EVENTS; i++) CALL(event_record(events[i], stream));
  *nanos += now() - start;
  CALL(stream_sync(stream));
  return EVENTS;
}

static int record_query(double *nanos) {
  double start = now();
  for (int i = 0; i < EVENTS; i++) {
    CALL(event_record(events[i], stream));
    event_query(events[i]);
  }
  *nanos += now() - start;
  CALL(stream_sync(stream));
  return EVENTS;
}

static int wait_for(double *nanos) {
  for (int i = 0; i < EVENTS; i++) CALL(event_record(events[i], stream));
  double start = now();
  for (int i = 0; i < EVENTS; i++) CALL(wait_event(other, events[i], 0));
  *nanos += now() - start;
  CALL(stream_sync(other));
  return EVENTS;
}

static int replay(double *nanos) {
  double start = now();
  for (int i = 0; i < GRAPHS; i++) CALL(launch(executable, stream));
  *nanos += now() - start;
  CALL(stream_sync(stream));
  return GRAPHS;
}

static void sample(double nanos) {
  if (count < SAMPLES) samples[count++] = nanos;
}

static int polled(double *nanos) {
  double start = now();
  CALL(event_record(events[0], stream));
  while (event_query(events[0]) == 600) {}
  double took = now() - start;
  sample(took);
  *nanos += took;
  return 1;
}

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int called;

static void call(void *unused) {
  (void)unused;
  pthread_mutex_lock(&lock);
  called = 1;
  pthread_cond_signal(&changed);
  pthread_mutex_unlock(&lock);
}

static int told(double *nanos) {
  called = 0;
  double start = now();
  CALL(event_record(events[0], stream));
  CALL(host_func(stream, call, NULL));
  pthread_mutex_lock(&lock);
  while (!called) pthread_cond_wait(&changed, &lock);
  pthread_mutex_unlock(&lock);
  double took = now() - start;
  sample(took);
  *nanos += took;
  return 1;
}

static int by_size(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static void measure(const char *name, int (*operation)(double *), int warmups, int iterations, double millis) {
  for (int i = 0; i < warmups + iterations; i++) {
    double nanos = 0, until = now() + millis * 1e6;
    long operations = 0;
    count = 0;
    while (now() < until) operations += operation(&nanos);
    if (i < warmups) continue;
    if (count) {
      qsort(samples, count, sizeof *samples, by_size);
      printf("%s\t%f\t%f\n", name, samples[count / 2], samples[(int)(count * 0.99)]);
    } else {
      printf("%s\t%f\n", name, nanos / operations);
    }
  }
}

int main(int arguments, char **argument) {
  void *library = NULL;
  if (arguments < 5) return 2;
  for (int i = 4; i < arguments && !library; i++) library = dlopen(argument[i], RTLD_NOW);
  if (!library) {
    fprintf(stderr, "device_events: %s\n", dlerror());
    return 1;
  }
  *(void **)&init = find(library, "cuInit");
  *(void **)&device_get = find(library, "cuDeviceGet");
  *(void **)&retain = find(library, "cuDevicePrimaryCtxRetain");
  *(void **)&set_current = find(library, "cuCtxSetCurrent");
  *(void **)&stream_create = find(library, "cuStreamCreateWithPriority");
  *(void **)&stream_sync = find(library, "cuStreamSynchronize");
  *(void **)&wait_event = find(library, "cuStreamWaitEvent");
  *(void **)&host_func = find(library, "cuLaunchHostFunc");
  *(void **)&event_create = find(library, "cuEventCreate");
  *(void **)&event_record = find(library, "cuEventRecord");
  *(void **)&event_query = find(library, "cuEventQuery");
  *(void **)&alloc = find(library, "cuMemAlloc_v2");
  *(void **)&fill = find(library, "cuMemsetD8Async");
  *(void **)&begin = find(library, "cuStreamBeginCapture_v2");
  *(void **)&end = find(library, "cuStreamEndCapture");
  *(void **)&instantiate = find(library, "cuGraphInstantiateWithFlags");
  *(void **)&launch = find(library, "cuGraphLaunch");

  int device;
  handle context, graph;
  unsigned long long memory;
  CALL(init(0));
  CALL(device_get(&device, 0));
  CALL(retain(&context, device));
  CALL(set_current(context));
  CALL(stream_create(&stream, 1, 0));
  CALL(stream_create(&other, 1, 0));
  for (int i = 0; i < EVENTS; i++) CALL(event_create(&events[i], 2));
  CALL(alloc(&memory, 4096));
  CALL(begin(stream, 2));
  for (int i = 0; i < GRAPH_NODES; i++) CALL(fill(memory, i, 4096, stream));
  CALL(end(stream, &graph));
  CALL(instantiate(&executable, graph, 0));

  int warmups = atoi(argument[1]), iterations = atoi(argument[2]);
  double millis = atof(argument[3]);
  measure("record", record, warmups, iterations, millis);
  measure("record + query", record_query, warmups, iterations, millis);
  measure("stream wait", wait_for, warmups, iterations, millis);
  measure("graph of 20 fills", replay, warmups, iterations, millis);
  measure("to waiter, by polling", polled, warmups, iterations, millis);
  measure("to waiter, by host function", told, warmups, iterations, millis);
  return 0;
}
