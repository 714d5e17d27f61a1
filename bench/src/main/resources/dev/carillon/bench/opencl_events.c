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
    (*set_callback)(handle, int, void (*)(handle, int, void *), void *), (*set_status)(handle, int);
static handle (*user_event)(handle, int *),
    (*new_context)(const void *, unsigned, const handle *, void *, void *, int *),
    (*new_queue)(handle, handle, const void *, int *);

static handle context, stream, other, events[EVENTS];

static int is_complete(handle event) {
  int status = 1;
  CALL(info(event, EXECUTION_STATUS, sizeof status, &status, NULL));
  return status == 0;
}

static void put_marker(handle *event) {
  CALL(marker(stream, 0, NULL, event));
  CALL(flush(stream));
}

/* Records an event again: OpenCL has a new one for each marker. */
static void put_again(handle *event) {
  if (*event) CALL(release(*event));
  put_marker(event);
}

/*
 * The stream is held while calls are measured: a device that is a processor would work beside them,
 * and would have to be woken by those who call more slowly.
 */
static handle hold(void) {
  int code;
  handle gate = user_event(context, &code);
  CALL(code);
  CALL(barrier(stream, 1, &gate, NULL));
  CALL(flush(stream));
  return gate;
}

static void let_go(handle gate, handle waiting) {
  CALL(set_status(gate, 0));
  CALL(release(gate));
  CALL(finish(waiting));
}

/* Each does its operation as often as it returns, and adds to the time what that took. */

static int record(double *nanos) {
  handle gate = hold();
  double start = now();
  for (int i = 0; i < EVENTS; i++) put_again(&events[i]);
  *nanos += now() - start;
  let_go(gate, stream);
  return EVENTS;
}

static int record_query(double *nanos) {
  handle gate = hold();
  double start = now();
  for (int i = 0; i < EVENTS; i++) {
    put_again(&events[i]);
    is_complete(events[i]);
  }
  *nanos += now() - start;
  let_go(gate, stream);
  return EVENTS;
}

static int wait_for(double *nanos) {
  handle gate = hold();
  for (int i = 0; i < EVENTS; i++) put_again(&events[i]);
  double start = now();
  for (int i = 0; i < EVENTS; i++) CALL(barrier(other, 1, &events[i], NULL));
  *nanos += now() - start;
  let_go(gate, other);
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
  *(void **)&user_event = find(library, "clCreateUserEvent");
  *(void **)&set_status = find(library, "clSetUserEventStatus");

  handle platform, device;
  int code;
  CALL(platforms(1, &platform, NULL));
  CALL(devices(platform, ALL_DEVICES, 1, &device, NULL));
  context = new_context(NULL, 1, &device, NULL, NULL, &code);
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
