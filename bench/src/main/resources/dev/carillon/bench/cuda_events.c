/*
 * What group M of the benchmarks measures from Java, called from C: the same functions of CUDA's
 * driver in the same order. Needs no header of CUDA's and links nothing of it.
 *
 *   cc -O2 -o cuda_events cuda_events.c -ldl -lpthread
 *   ./cuda_events WARMUPS ITERATIONS MILLIS LIBRARY...
 */
#include "measuring.h"

#define GRAPH_NODES 20
#define GRAPHS 32

static int (*init)(unsigned), (*device_get)(int *, int), (*retain)(handle *, int),
    (*set_current)(handle), (*stream_create)(handle *, unsigned, int), (*stream_sync)(handle),
    (*wait_event)(handle, handle, unsigned), (*host_func)(handle, void (*)(void *), void *),
    (*event_create)(handle *, unsigned), (*event_record)(handle, handle), (*event_query)(handle),
    (*alloc)(unsigned long long *, size_t), (*fill)(unsigned long long, unsigned char, size_t, handle),
    (*begin)(handle, int), (*end)(handle, handle *),
    (*instantiate)(handle *, handle, unsigned long long), (*launch)(handle, handle);

static handle stream, other, executable, events[EVENTS];

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

static int polled(double *nanos) {
  double start = now();
  CALL(event_record(events[0], stream));
  while (event_query(events[0]) == 600) {}
  double took = now() - start;
  sample(took);
  *nanos += took;
  return 1;
}

static void call(void *unused) {
  (void)unused;
  wake();
}

static int told(double *nanos) {
  called = 0;
  double start = now();
  CALL(event_record(events[0], stream));
  CALL(host_func(stream, call, NULL));
  sleep_until_called();
  double took = now() - start;
  sample(took);
  *nanos += took;
  return 1;
}

int main(int arguments, char **argument) {
  void *library = open_library(arguments, argument);
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
