/*
 * What the half of group M for OpenCL measures from Java, called from C: markers, barriers and
 * callbacks of two in-order queues of the first device. Needs no header of OpenCL's and links
 * nothing of it.
 *
 *   cc -O2 -o opencl_events opencl_events.c -ldl -lpthread
 *   ./opencl_events WARMUPS ITERATIONS MILLIS LIBRARY...
 */
#include "measuring.h"

#define ALL_DEVICES 0xFFFFFFFFL
#define EXECUTION_STATUS 0x11D3

static int (*platforms)(unsigned, handle *, unsigned *),
    (*devices)(handle, unsigned long, unsigned, handle *, unsigned *),
    (*marker)(handle, unsigned, const handle *, handle *),
    (*barrier)(handle, unsigned, const handle *, handle *), (*flush)(handle), (*finish)(handle),
    (*info)(handle, unsigned, size_t, void *, size_t *), (*release)(handle),
    (*set_callback)(handle, int, void (*)(handle, int, void *), void *);
static handle (*new_context)(const void *, unsigned, const handle *, void *, void *, int *),
    (*new_queue)(handle, handle, const void *, int *);

static handle stream, other, events[EVENTS];

static int is_complete(handle event) {
  int status = 1;
  CALL(info(event, EXECUTION_STATUS, sizeof status, &status, NULL));
  return status == 0;
}

static void put_marker(handle *event) {
  CALL(marker(stream, 0, NULL, event));
  CALL(flush(stream));
}

static void release_all(void) {
  CALL(finish(stream));
  for (int i = 0; i < EVENTS; i++) CALL(release(events[i]));
}

/* Each does its operation as often as it returns, and adds to the time what that took. */

static int record(double *nanos) {
  double start = now();
  for (int i = 0; i < EVENTS; i++) put_marker(&events[i]);
  *nanos += now() - start;
  release_all();
  return EVENTS;
}

static int record_query(double *nanos) {
  double start = now();
  for (int i = 0; i < EVENTS; i++) {
    put_marker(&events[i]);
    is_complete(events[i]);
  }
  *nanos += now() - start;
  release_all();
  return EVENTS;
}

static int wait_for(double *nanos) {
  handle last = NULL;
  for (int i = 0; i < EVENTS; i++) put_marker(&events[i]);
  double start = now();
  for (int i = 0; i < EVENTS; i++) {
    if (!is_complete(events[i])) CALL(barrier(other, 1, &events[i], NULL));
  }
  *nanos += now() - start;
  CALL(marker(other, 0, NULL, &last));
  CALL(finish(other));
  CALL(release(last));
  release_all();
  return EVENTS;
}

static void call(handle event, int status, void *unused) {
  (void)event;
  (void)status;
  (void)unused;
  wake();
}

static int told(double *nanos) {
  handle event;
  called = 0;
  double start = now();
  put_marker(&event);
  CALL(set_callback(event, 0, call, NULL));
  sleep_until_called();
  double took = now() - start;
  sample(took);
  *nanos += took;
  CALL(release(event));
  return 1;
}

int main(int arguments, char **argument) {
  void *library = open_library(arguments, argument);
  *(void **)&platforms = find(library, "clGetPlatformIDs");
  *(void **)&devices = find(library, "clGetDeviceIDs");
  *(void **)&new_context = find(library, "clCreateContext");
  *(void **)&new_queue = find(library, "clCreateCommandQueueWithProperties");
  *(void **)&marker = find(library, "clEnqueueMarkerWithWaitList");
  *(void **)&barrier = find(library, "clEnqueueBarrierWithWaitList");
  *(void **)&flush = find(library, "clFlush");
  *(void **)&finish = find(library, "clFinish");
  *(void **)&info = find(library, "clGetEventInfo");
  *(void **)&release = find(library, "clReleaseEvent");
  *(void **)&set_callback = find(library, "clSetEventCallback");

  handle platform, device;
  int code;
  CALL(platforms(1, &platform, NULL));
  CALL(devices(platform, ALL_DEVICES, 1, &device, NULL));
  handle context = new_context(NULL, 1, &device, NULL, NULL, &code);
  CALL(code);
  stream = new_queue(context, device, NULL, &code);
  CALL(code);
  other = new_queue(context, device, NULL, &code);
  CALL(code);

  int warmups = atoi(argument[1]), iterations = atoi(argument[2]);
  double millis = atof(argument[3]);
  measure("record", record, warmups, iterations, millis);
  measure("record + query", record_query, warmups, iterations, millis);
  measure("stream wait", wait_for, warmups, iterations, millis);
  measure("to waiter, by callback", told, warmups, iterations, millis);
  return 0;
}
