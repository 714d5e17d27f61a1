/*
 * A driver of CUDA without a GPU, for tests: it does what the host can see. Copies, fills and two
 * kernels are done at once, in the host's memory; events are pending while a word that their stream
 * waits for is too small, or for as many queries as was set, until 0 are. Each call that changes
 * something is written to a log as a line; a handle that is not valid, and memory that is not there,
 * is logged as BAD, and never touched. Memory that is freed while work behind a gate is to use it is
 * logged as EARLY. Both are counted as bad.
 *
 * Compiled by the tests: cc -shared -fPIC -Wl,-Bsymbolic. NO_GET_PROC leaves out
 * cuGetProcAddress_v2, NO_EVENT_QUERY cuEventQuery, OLD says it is of version 11.8.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SUCCESS 0
#define INVALID_VALUE 1
#define OUT_OF_MEMORY 2
#define NO_DEVICE 100
#define INVALID_CONTEXT 201
#define INVALID_PTX 218
#define INVALID_HANDLE 400
#define NOT_FOUND 500
#define CONTEXT_IS_DESTROYED 709
#define NOT_READY 600
#define NOT_SUPPORTED 801
#define CAPTURE_WRONG 901

#define API __attribute__((visibility("default")))
#define MOST_DEVICES 4

enum kind { STREAM = 1, EVENT, MODULE, FUNCTION, GRAPH, EXEC };

/* What the log calls things: s1, e2 and so on, by kind, in the order of their making. */
static const char LETTER[] = "?semfgx";

struct condition {
  volatile uint32_t *word;
  uint32_t value;
  struct condition *all; /* those of an event */
  struct condition *next;
};

/* Memory that work uses; the work is done when its stream has come past some conditions. */
struct use {
  uint64_t start, bytes;
  int device, is_host;
  struct condition *waits;
  struct use *next;
};

struct thing {
  enum kind kind;
  int number, device;
  struct condition *waits; /* of streams, and of events as they were recorded */
  int recorded, queries, capturing;
  double millis;
  struct use *uses; /* of streams while they capture, and of graphs */
  char name[64];
  struct thing *next;
};

static int has_come(struct condition *waits) {
  for (; waits; waits = waits->next) {
    if (waits->word && (int32_t)(__atomic_load_n(waits->word, __ATOMIC_ACQUIRE) - waits->value) < 0)
      return 0;
    if (waits->all && !has_come(waits->all)) return 0;
  }
  return 1;
}

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct thing *things;
static int numbers[8];
static char *text;
static size_t used, room;
static long quiet;

/* What tests set; see fake_set. */
static long init_result, query_pending, fault, query_needs_context, memory_used, registered;
static long begin_result, launch_result, host_thread, wait_result, reset_result, late;
static long sync_result, parameters_result, record_result, current_result;
static long devices = 1, memory_limit = 1L << 30, mem_ops = 1, pools = 1;
static long bad, *contexts, generation[MOST_DEVICES], epoch, strict;
static double clock_millis;

/* A thread's stack of contexts. A context that was destroyed since it was put there is of no use
   until it is set anew; a stack of before fake_reset is empty. */
static __thread void *current[16];
static __thread long current_generation[16], of_epoch;
static __thread int depth;

struct host_call {
  void (*function)(void *);
  void *data;
  struct host_call *next;
};
static struct host_call *host_calls, **last_host_call = &host_calls;

static void say(const char *format, ...) {
  va_list arguments;
  if (quiet) return;
  pthread_mutex_lock(&lock);
  if (room - used < 256) text = realloc(text, room = room * 2 + 4096);
  va_start(arguments, format);
  used += vsnprintf(text + used, 255, format, arguments);
  va_end(arguments);
  text[used++] = '\n';
  text[used] = 0;
  pthread_mutex_unlock(&lock);
}

static struct thing *make(enum kind kind) {
  struct thing *made = calloc(1, sizeof *made);
  pthread_mutex_lock(&lock);
  made->kind = kind;
  made->number = ++numbers[kind];
  made->next = things;
  if (!quiet) things = made;
  pthread_mutex_unlock(&lock);
  return made;
}

/* The dead are not in the list, and never freed, so that no handle comes twice. */
static void kill_thing(void *handle) {
  if (quiet) {
    free(handle);
    return;
  }
  pthread_mutex_lock(&lock);
  for (struct thing **each = &things; *each; each = &(*each)->next)
    if (*each == handle) {
      *each = (*each)->next;
      break;
    }
  pthread_mutex_unlock(&lock);
}

/* A quiet driver, for benchmarks, believes its caller and frees. */
static int is(void *handle, enum kind kind, const char *call) {
  struct thing *each;
  if (quiet) return 1;
  pthread_mutex_lock(&lock);
  for (each = things; each && each != handle; each = each->next) {}
  pthread_mutex_unlock(&lock);
  if (each && each->kind == kind) return 1;
  __atomic_add_fetch(&bad, 1, __ATOMIC_SEQ_CST);
  say("BAD %s", call);
  return 0;
}

static int context_code(void);

#define CHECK(handle, kind)                                      \
  do {                                                           \
    if (!is(handle, kind, __func__)) return INVALID_HANDLE;      \
  } while (0)
#define FAULTY()              \
  do {                        \
    if (fault) return fault;  \
  } while (0)
#define NEEDS_CONTEXT()                      \
  do {                                       \
    int code = context_code();               \
    if (code) return code;                   \
    FAULTY();                                \
  } while (0)
#define T(handle) ((struct thing *)(handle))
#define N(handle) LETTER[T(handle)->kind], T(handle)->number

static void fresh(void) {
  if (of_epoch != epoch) {
    of_epoch = epoch;
    depth = 0;
  }
}
static int device_now(void) { return depth ? (int)((char *)current[depth - 1] - (char *)contexts) / (int)sizeof(long) : -1; }

static int context_code(void) {
  fresh();
  if (!depth || !current[depth - 1]) return INVALID_CONTEXT;
  return current_generation[depth - 1] == generation[device_now()] ? SUCCESS : CONTEXT_IS_DESTROYED;
}

/* FAKE_CUDA_QUIET in the environment has it log and check nothing, for benchmarks. */
__attribute__((constructor)) static void loaded(void) {
  quiet = getenv("FAKE_CUDA_QUIET") != NULL;
  contexts = calloc(MOST_DEVICES, sizeof *contexts);
}

/* For the tests. */

struct range;
static struct range *ranges;
static struct use *under_way;

API void fake_reset(void) {
  pthread_mutex_lock(&lock);
  things = NULL;
  ranges = NULL;
  under_way = NULL;
  pthread_mutex_unlock(&lock);
  epoch++;
  strict = 0;
  memset(numbers, 0, sizeof numbers);
  used = 0;
  quiet = init_result = query_pending = fault = query_needs_context = memory_used = bad = 0;
  begin_result = launch_result = host_thread = wait_result = registered = reset_result = late = 0;
  sync_result = parameters_result = record_result = current_result = 0;
  memory_limit = 1L << 30;
  devices = 1;
  mem_ops = pools = 1;
  contexts = calloc(MOST_DEVICES, sizeof *contexts); /* other handles than before */
  memset(generation, 0, sizeof generation);
  host_calls = NULL;
  last_host_call = &host_calls;
  clock_millis = 0;
  if (text) text[0] = 0;
}

API void fake_set(const char *name, long value) {
  struct { const char *name; long *place; } all[] = {
      {"init", &init_result}, {"devices", &devices}, {"pending", &query_pending}, {"fault", &fault},
      {"queryNeedsContext", &query_needs_context}, {"memory", &memory_limit}, {"memOps", &mem_ops},
      {"pools", &pools}, {"begin", &begin_result}, {"launch", &launch_result},
      {"hostThread", &host_thread}, {"wait", &wait_result}, {"quiet", &quiet}, {"reset", &reset_result},
      {"late", &late}, {"sync", &sync_result}, {"parameters", &parameters_result},
      {"strict", &strict}, {"record", &record_result}, {"setCurrent", &current_result}};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++)
    if (!strcmp(all[i].name, name)) *all[i].place = value;
}

API long fake_get(const char *name) {
  if (!strcmp(name, "bad")) return bad;
  if (!strcmp(name, "memory")) return memory_used;
  if (!strcmp(name, "registered")) return registered;
  fresh();
  if (!strcmp(name, "depth")) return depth;
  if (!strcmp(name, "retained")) return contexts[0];
  long alive = 0;
  struct thing *each;
  pthread_mutex_lock(&lock);
  for (each = things; each; each = each->next)
    alive += LETTER[each->kind] == name[0];
  pthread_mutex_unlock(&lock);
  return alive;
}

API const char *fake_log(void) { return text ? text : ""; }
API void fake_clear_log(void) { used = 0; if (text) text[0] = 0; }
API void fake_advance(double millis) { clock_millis += millis; }

static void *call_hosts(void *unused) {
  struct host_call *each = host_calls;
  host_calls = NULL;
  last_host_call = &host_calls;
  for (; each; each = each->next) each->function(each->data);
  return unused;
}

/* Calls the host functions that streams came to; in a thread of its own if that was set. */
API void fake_call_hosts(void) {
  if (host_thread) {
    pthread_t thread;
    pthread_create(&thread, NULL, call_hosts, NULL);
    pthread_join(thread, NULL);
  } else {
    call_hosts(NULL);
  }
}

/* The driver. */

API int cuInit(unsigned flags) { say("cuInit %u", flags); return init_result; }

API int cuDriverGetVersion(int *version) {
#ifdef OLD
  *version = 11080;
#else
  *version = 13000;
#endif
  return SUCCESS;
}

static const char *error_name(int code) {
  switch (code) {
    case 1: return "CUDA_ERROR_INVALID_VALUE";
    case 2: return "CUDA_ERROR_OUT_OF_MEMORY";
    case 100: return "CUDA_ERROR_NO_DEVICE";
    case 201: return "CUDA_ERROR_INVALID_CONTEXT";
    case 218: return "CUDA_ERROR_INVALID_PTX";
    case 400: return "CUDA_ERROR_INVALID_HANDLE";
    case 500: return "CUDA_ERROR_NOT_FOUND";
    case 700: return "CUDA_ERROR_ILLEGAL_ADDRESS";
    case 719: return "CUDA_ERROR_LAUNCH_FAILED";
    case 901: return "CUDA_ERROR_STREAM_CAPTURE_INVALIDATED";
    default: return NULL;
  }
}

API int cuGetErrorName(int code, const char **name) {
  *name = error_name(code);
  return *name ? SUCCESS : INVALID_VALUE;
}

API int cuGetErrorString(int code, const char **said) {
  *said = code == 700 ? "an illegal memory access was encountered"
          : code == 100 ? "no CUDA-capable device is detected"
          : error_name(code) ? "the text of this error" : NULL;
  return *said ? SUCCESS : INVALID_VALUE;
}

API int cuDeviceGetCount(int *count) { *count = devices; return SUCCESS; }
API int cuDeviceGet(int *device, int index) { *device = index; return SUCCESS; }
API int cuDeviceGetName(char *name, int bytes, int device) {
  snprintf(name, bytes, "Fake GPU %d", device);
  return SUCCESS;
}
API int cuDeviceTotalMem_v2(size_t *bytes, int device) {
  (void)device;
  *bytes = memory_limit;
  return SUCCESS;
}
API int cuDeviceGetAttribute(int *value, int attribute, int device) {
  (void)device;
  switch (attribute) {
    case 16: *value = 132; break;
    case 75: *value = 9; break;
    case 76: *value = 0; break;
    case 92: *value = 0; break;
    case 115: *value = pools; break;
    case 122: *value = mem_ops; break;
    default: return INVALID_VALUE;
  }
  return SUCCESS;
}

/* A context is the place that counts how often it is retained. */
API int cuDevicePrimaryCtxRetain(void **context, int device) {
  contexts[device]++;
  *context = &contexts[device];
  say("cuDevicePrimaryCtxRetain %d", device);
  return SUCCESS;
}

static void forget_ranges(int device);

static void kill_all(int device) {
  forget_ranges(device);
  pthread_mutex_lock(&lock);
  for (struct thing **each = &things; *each;)
    if ((*each)->device == device)
      *each = (*each)->next;
    else
      each = &(*each)->next;
  pthread_mutex_unlock(&lock);
  generation[device]++;
}

API int cuDevicePrimaryCtxRelease_v2(int device) {
  say("cuDevicePrimaryCtxRelease %d", device);
  if (--contexts[device] == 0) {
    kill_all(device);
    fault = 0;
  }
  return SUCCESS;
}

API int cuDevicePrimaryCtxReset_v2(int device) {
  say("cuDevicePrimaryCtxReset %d", device);
  kill_all(device);
  fault = 0;
  host_calls = NULL;
  last_host_call = &host_calls;
  return reset_result;
}

API int cuCtxGetCurrent(void **context) {
  fresh();
  *context = depth ? current[depth - 1] : NULL;
  return SUCCESS;
}
API int cuCtxSetCurrent(void *context) {
  fresh();
  if (current_result) return current_result;
  if (!depth && context) depth = 1;
  if (depth) current[depth - 1] = context;
  if (context) current_generation[depth - 1] = generation[device_now()];
  if (!context && depth) depth--;
  return SUCCESS;
}
API int cuCtxPushCurrent_v2(void *context) {
  fresh();
  if (current_result) return current_result;
  current[depth++] = context;
  current_generation[depth - 1] = generation[device_now()];
  return SUCCESS;
}
API int cuCtxPopCurrent_v2(void **context) {
  fresh();
  if (!depth) return INVALID_CONTEXT;
  *context = current[--depth];
  return SUCCESS;
}
API int cuCtxGetStreamPriorityRange(int *least, int *greatest) {
  NEEDS_CONTEXT();
  *least = 0;
  *greatest = -5;
  return SUCCESS;
}

API int cuStreamCreateWithPriority(void **stream, unsigned flags, int priority) {
  NEEDS_CONTEXT();
  struct thing *made = make(STREAM);
  made->device = device_now();
  *stream = made;
  say("cuStreamCreateWithPriority %c%d flags=%u priority=%d", N(made), flags, priority);
  return SUCCESS;
}
API int cuStreamDestroy_v2(void *stream) {
  CHECK(stream, STREAM);
  say("cuStreamDestroy %c%d", N(stream));
  kill_thing(stream);
  return SUCCESS;
}
API int cuStreamSynchronize(void *stream) {
  CHECK(stream, STREAM);
  FAULTY();
  if (sync_result) return sync_result;
  say("cuStreamSynchronize %c%d", N(stream));
  return SUCCESS;
}

static void wait_for(struct thing *stream, struct condition what) {
  struct condition *made = malloc(sizeof *made);
  *made = what;
  made->next = stream->waits;
  stream->waits = made;
}

API int cuStreamWaitEvent(void *stream, void *event, unsigned flags) {
  CHECK(stream, STREAM);
  CHECK(event, EVENT);
  NEEDS_CONTEXT();
  if (wait_result) return wait_result;
  say("cuStreamWaitEvent %c%d %c%d %u", N(stream), N(event), flags);
  if (!quiet && T(event)->waits)
    wait_for(T(stream), (struct condition){.all = T(event)->waits});
  return SUCCESS;
}
API int cuStreamWaitValue32_v2(void *stream, uint64_t address, uint32_t value, unsigned flags) {
  CHECK(stream, STREAM);
  NEEDS_CONTEXT();
  if (!mem_ops) return NOT_SUPPORTED;
  say("cuStreamWaitValue32 %c%d value=%u flags=%u", N(stream), value, flags);
  wait_for(T(stream), (struct condition){.word = (uint32_t *)(address - 0x1000000000), .value = value});
  return SUCCESS;
}
API int cuLaunchHostFunc(void *stream, void (*function)(void *), void *data) {
  CHECK(stream, STREAM);
  NEEDS_CONTEXT();
  say("cuLaunchHostFunc %c%d", N(stream));
  if (quiet) {
    function(data);
    return SUCCESS;
  }
  struct host_call *made = calloc(1, sizeof *made);
  made->function = function;
  made->data = data;
  *last_host_call = made;
  last_host_call = &made->next;
  return SUCCESS;
}

API int cuEventCreate(void **event, unsigned flags) {
  NEEDS_CONTEXT();
  struct thing *made = make(EVENT);
  made->device = device_now();
  *event = made;
  say("cuEventCreate %c%d flags=%u", N(made), flags);
  return SUCCESS;
}
API int cuEventRecord(void *event, void *stream) {
  CHECK(event, EVENT);
  CHECK(stream, STREAM);
  NEEDS_CONTEXT();
  if (record_result) return record_result;
  say("cuEventRecord %c%d %c%d", N(event), N(stream));
  T(event)->recorded = 1;
  T(event)->waits = T(stream)->waits;
  T(event)->queries = query_pending;
  T(event)->millis = clock_millis;
  return SUCCESS;
}
#ifndef NO_EVENT_QUERY
API int cuEventQuery(void *event) {
  CHECK(event, EVENT);
  if (query_needs_context && context_code()) return context_code();
  FAULTY();
  if (!T(event)->recorded) return SUCCESS;
  if (T(event)->queries > 0 && query_pending) {
    T(event)->queries--;
    return NOT_READY;
  }
  return has_come(T(event)->waits) ? SUCCESS : NOT_READY;
}
#endif
API int cuEventDestroy_v2(void *event) {
  CHECK(event, EVENT);
  say("cuEventDestroy %c%d", N(event));
  kill_thing(event);
  return SUCCESS;
}
static int elapsed(float *millis, void *start, void *end) {
  CHECK(start, EVENT);
  CHECK(end, EVENT);
  FAULTY();
  if (late > 0) {
    late--;
    return NOT_READY;
  }
  *millis = T(end)->millis - T(start)->millis;
  return SUCCESS;
}
API int cuEventElapsedTime(float *m, void *a, void *b) { return elapsed(m, a, b); }
API int cuEventElapsedTime_v2(float *m, void *a, void *b) { return elapsed(m, a, b); }

/* Memory of devices, and of the host as far as it is registered: whoever uses other is told off. */
struct range {
  uint64_t start, bytes;
  int device, is_host;
  struct range *next;
};

static void add_range(uint64_t start, uint64_t bytes, int is_host) {
  struct range *made = malloc(sizeof *made);
  pthread_mutex_lock(&lock);
  *made = (struct range){start, bytes, device_now(), is_host, ranges};
  if (!quiet) ranges = made;
  pthread_mutex_unlock(&lock);
}

static int remove_range(uint64_t start, int is_host) {
  int was = quiet;
  pthread_mutex_lock(&lock);
  for (struct range **each = &ranges; *each && !was; )
    if ((*each)->start == start && (*each)->is_host == is_host) {
      *each = (*each)->next;
      was = 1;
    } else {
      each = &(*each)->next;
    }
  pthread_mutex_unlock(&lock);
  return was;
}

static int is_there(uint64_t start, uint64_t bytes, int is_host, const char *call) {
  int was = quiet;
  pthread_mutex_lock(&lock);
  for (struct range *each = ranges; each && !was; each = each->next)
    was = each->is_host == is_host && start >= each->start && bytes <= each->bytes &&
          start - each->start <= each->bytes - bytes;
  pthread_mutex_unlock(&lock);
  if (!was) {
    __atomic_add_fetch(&bad, 1, __ATOMIC_SEQ_CST);
    say("BAD memory %s", call);
  }
  return was;
}

static struct use *use_of(uint64_t start, uint64_t bytes, int is_host, struct use *next) {
  struct use *made = malloc(sizeof *made);
  *made = (struct use){start, bytes, device_now(), is_host, NULL, next};
  return made;
}

static void uses(struct thing *stream, uint64_t start, uint64_t bytes, int is_host) {
  if (quiet) return;
  if (stream->capturing) {
    stream->uses = use_of(start, bytes, is_host, stream->uses);
  } else if (!has_come(stream->waits)) {
    pthread_mutex_lock(&lock);
    under_way = use_of(start, bytes, is_host, under_way);
    under_way->waits = stream->waits;
    pthread_mutex_unlock(&lock);
  }
}

/* Tells off who frees what work uses that has not been done. */
static void check_unused(uint64_t start, int is_host, const char *call) {
  int used = 0;
  if (quiet) return;
  pthread_mutex_lock(&lock);
  for (struct use **each = &under_way; *each;)
    if (has_come((*each)->waits)) {
      *each = (*each)->next;
    } else {
      struct range *in = ranges;
      while (in && (in->start != start || in->is_host != is_host)) in = in->next;
      used |= in && (*each)->is_host == is_host && (*each)->start >= start &&
              (*each)->start < start + in->bytes;
      each = &(*each)->next;
    }
  pthread_mutex_unlock(&lock);
  if (used) {
    __atomic_add_fetch(&bad, 1, __ATOMIC_SEQ_CST);
    say("EARLY %s", call);
  }
}

#define USES(stream, start, bytes, is_host)                                \
  do {                                                                     \
    CHECK(stream, STREAM);                                                 \
    uses(stream, (uint64_t)(start), bytes, is_host);                       \
  } while (0)
#define ON_DEVICE(start, bytes)                                            \
  do {                                                                     \
    if (!is_there(start, bytes, 0, __func__)) return INVALID_VALUE;        \
  } while (0)
#define ON_HOST(start, bytes)                                              \
  do {                                                                     \
    if (!is_there((uint64_t)(start), bytes, 1, __func__)) return INVALID_VALUE; \
  } while (0)

static void forget_ranges(int device) {
  pthread_mutex_lock(&lock);
  for (struct range **each = &ranges; *each;)
    if ((*each)->device == device) {
      if ((*each)->is_host)
        registered--;
      else
        memory_used -= (*each)->bytes;
      *each = (*each)->next;
    } else
      each = &(*each)->next;
  for (struct use **each = &under_way; *each;)
    if ((*each)->device == device)
      *each = (*each)->next;
    else
      each = &(*each)->next;
  pthread_mutex_unlock(&lock);
}

static int allocate(uint64_t *address, size_t bytes) {
  NEEDS_CONTEXT();
  if (memory_used + (long)bytes > memory_limit) return OUT_OF_MEMORY;
  size_t *block = calloc(1, bytes + 16);
  __atomic_add_fetch(&memory_used, bytes, __ATOMIC_SEQ_CST);
  *block = bytes;
  *address = (uint64_t)(block + 2);
  add_range(*address, bytes, 0);
  return SUCCESS;
}
/* Whoever is strict takes it for a fault that memory is freed before all streams have finished. */
static void check_idle(const char *call) {
  int waits = 0;
  if (!strict) return;
  pthread_mutex_lock(&lock);
  for (struct thing *each = things; each; each = each->next)
    waits |= each->kind == EVENT && each->recorded && each->queries > 0 && query_pending;
  pthread_mutex_unlock(&lock);
  if (waits) {
    __atomic_add_fetch(&bad, 1, __ATOMIC_SEQ_CST);
    say("EARLY %s", call);
  }
}

static int give_back(uint64_t address) {
  size_t *block = (size_t *)address - 2;
  FAULTY();
  check_unused(address, 0, "free");
  if (!remove_range(address, 0)) {
    __atomic_add_fetch(&bad, 1, __ATOMIC_SEQ_CST);
    say("BAD free");
    return INVALID_VALUE;
  }
  check_idle("free");
  __atomic_sub_fetch(&memory_used, *block, __ATOMIC_SEQ_CST);
  free(block);
  return SUCCESS;
}
API int cuMemAlloc_v2(uint64_t *address, size_t bytes) {
  say("cuMemAlloc %zu", bytes);
  return allocate(address, bytes);
}
API int cuMemFree_v2(uint64_t address) {
  say("cuMemFree");
  return give_back(address);
}
API int cuMemAllocAsync(uint64_t *address, size_t bytes, void *stream) {
  CHECK(stream, STREAM);
  say("cuMemAllocAsync %zu %c%d", bytes, N(stream));
  return allocate(address, bytes);
}
API int cuMemFreeAsync(uint64_t address, void *stream) {
  CHECK(stream, STREAM);
  say("cuMemFreeAsync %c%d", N(stream));
  return give_back(address);
}
API int cuMemHostRegister_v2(void *host, size_t bytes, unsigned flags) {
  NEEDS_CONTEXT();
  add_range((uint64_t)host, bytes, 1);
  say("cuMemHostRegister %zu flags=%u", bytes, flags);
  __atomic_add_fetch(&registered, 1, __ATOMIC_SEQ_CST);
  return SUCCESS;
}
API int cuMemHostUnregister(void *host) {
  NEEDS_CONTEXT();
  check_unused((uint64_t)host, 1, "cuMemHostUnregister");
  if (!remove_range((uint64_t)host, 1)) {
    __atomic_add_fetch(&bad, 1, __ATOMIC_SEQ_CST);
    say("BAD cuMemHostUnregister");
    return INVALID_VALUE;
  }
  check_idle("cuMemHostUnregister");
  say("cuMemHostUnregister");
  __atomic_sub_fetch(&registered, 1, __ATOMIC_SEQ_CST);
  return SUCCESS;
}
/* Not the host's own address, so that mixing them up shows. */
API int cuMemHostGetDevicePointer_v2(uint64_t *address, void *host, unsigned flags) {
  (void)flags;
  *address = (uint64_t)host + 0x1000000000;
  return SUCCESS;
}

static int capturing(void *stream, const char *what) {
  if (T(stream)->capturing) {
    say("captured %s", what);
    return 1;
  }
  return 0;
}
#define GIVEN(stream, what)                        \
  do {                                             \
    CHECK(stream, STREAM);                         \
    NEEDS_CONTEXT();                               \
    if (capturing(stream, what)) return SUCCESS;   \
  } while (0)

API int cuMemcpyHtoDAsync_v2(uint64_t to, void *from, size_t bytes, void *stream) {
  USES(stream, from, bytes, 1);
  USES(stream, to, bytes, 0);
  GIVEN(stream, "cuMemcpyHtoDAsync");
  say("cuMemcpyHtoDAsync %zu %c%d", bytes, N(stream));
  ON_HOST(from, bytes);
  ON_DEVICE(to, bytes);
  memcpy((void *)to, from, bytes);
  return SUCCESS;
}
API int cuMemcpyDtoHAsync_v2(void *to, uint64_t from, size_t bytes, void *stream) {
  USES(stream, to, bytes, 1);
  USES(stream, from, bytes, 0);
  GIVEN(stream, "cuMemcpyDtoHAsync");
  say("cuMemcpyDtoHAsync %zu %c%d", bytes, N(stream));
  ON_HOST(to, bytes);
  ON_DEVICE(from, bytes);
  memcpy(to, (void *)from, bytes);
  return SUCCESS;
}
API int cuMemcpyDtoDAsync_v2(uint64_t to, uint64_t from, size_t bytes, void *stream) {
  USES(stream, to, bytes, 0);
  USES(stream, from, bytes, 0);
  GIVEN(stream, "cuMemcpyDtoDAsync");
  say("cuMemcpyDtoDAsync %zu %c%d", bytes, N(stream));
  ON_DEVICE(to, bytes);
  ON_DEVICE(from, bytes);
  memcpy((void *)to, (void *)from, bytes);
  return SUCCESS;
}
API int cuMemcpyPeerAsync(uint64_t to, void *tc, uint64_t from, void *fc, size_t bytes, void *stream) {
  USES(stream, to, bytes, 0);
  USES(stream, from, bytes, 0);
  GIVEN(stream, "cuMemcpyPeerAsync");
  say("cuMemcpyPeerAsync %zu %c%d to=%d from=%d", bytes, N(stream),
      (int)((long *)tc - contexts), (int)((long *)fc - contexts));
  ON_DEVICE(to, bytes);
  ON_DEVICE(from, bytes);
  memcpy((void *)to, (void *)from, bytes);
  return SUCCESS;
}
API int cuMemsetD8Async(uint64_t to, unsigned char value, size_t count, void *stream) {
  USES(stream, to, count, 0);
  GIVEN(stream, "cuMemsetD8Async");
  say("cuMemsetD8Async %d %zu %c%d", value, count, N(stream));
  ON_DEVICE(to, count);
  memset((void *)to, value, count);
  return SUCCESS;
}
API int cuMemsetD32Async(uint64_t to, unsigned value, size_t count, void *stream) {
  USES(stream, to, count * 4, 0);
  GIVEN(stream, "cuMemsetD32Async");
  say("cuMemsetD32Async %u %zu %c%d", value, count, N(stream));
  ON_DEVICE(to, count * 4);
  for (size_t i = 0; i < count; i++) ((unsigned *)to)[i] = value;
  return SUCCESS;
}
API int cuMemGetInfo_v2(size_t *free_bytes, size_t *total) {
  NEEDS_CONTEXT();
  *free_bytes = memory_limit - memory_used;
  *total = memory_limit;
  return SUCCESS;
}

API int cuModuleLoadDataEx(void **module, const char *image, unsigned count, int *options, void **values) {
  NEEDS_CONTEXT();
  say("cuModuleLoadDataEx options=%u", count);
  if (strncmp(image, "//", 2) && strncmp(image, ".version", 8)) {
    for (unsigned i = 0; i < count; i++)
      if (options[i] == 5) strcpy(values[i], "ptxas fatal : Unexpected text in line 1");
    return INVALID_PTX;
  }
  struct thing *made = make(MODULE);
  made->device = device_now();
  *module = made;
  return SUCCESS;
}
API int cuModuleUnload(void *module) {
  CHECK(module, MODULE);
  say("cuModuleUnload %c%d", N(module));
  kill_thing(module);
  return SUCCESS;
}
API int cuModuleGetFunction(void **function, void *module, const char *name) {
  CHECK(module, MODULE);
  FAULTY();
  if (strcmp(name, "vector_add") && strcmp(name, "read_nowhere") && strcmp(name, "spin")) return NOT_FOUND;
  struct thing *made = make(FUNCTION);
  made->device = T(module)->device;
  strcpy(made->name, name);
  *function = made;
  return SUCCESS;
}
API int cuFuncLoad(void *function) {
  CHECK(function, FUNCTION);
  NEEDS_CONTEXT();
  say("cuFuncLoad %s", T(function)->name);
  return SUCCESS;
}
API int cuFuncGetParamInfo(void *function, size_t index, size_t *offset, size_t *size) {
  CHECK(function, FUNCTION);
  if (parameters_result) return parameters_result;
  size_t count = strcmp(T(function)->name, "vector_add") ? 1 : 4;
  if (index >= count) return INVALID_VALUE;
  *offset = index * 8;
  *size = index == 3 ? 4 : 8;
  return SUCCESS;
}
API int cuLaunchKernel(void *function, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by,
                   unsigned bz, unsigned shared, void *stream, void **parameters, void **extra) {
  CHECK(function, FUNCTION);
  GIVEN(stream, T(function)->name);
  if (launch_result) return launch_result;
  if (parameters || (uint64_t)extra[0] != 1 || (uint64_t)extra[2] != 2 || extra[4]) return INVALID_VALUE;
  char *block = extra[1];
  size_t bytes = *(size_t *)extra[3];
  say("cuLaunchKernel %s grid=%u,%u,%u block=%u,%u,%u shared=%u bytes=%zu %c%d", T(function)->name, gx,
      gy, gz, bx, by, bz, shared, bytes, N(stream));
  if (!strcmp(T(function)->name, "vector_add")) {
    float **in = (float **)block;
    int count = *(int *)(block + 24);
    for (int i = 0; i < 3; i++) ON_DEVICE((uint64_t)in[i], count * 4);
    for (int i = 0; i < count; i++) in[2][i] = in[0][i] + in[1][i];
  } else if (strcmp(T(function)->name, "spin")) {
    fault = 700;
  }
  return SUCCESS;
}

API int cuStreamBeginCapture_v2(void *stream, int mode) {
  CHECK(stream, STREAM);
  NEEDS_CONTEXT();
  say("cuStreamBeginCapture %c%d mode=%d", N(stream), mode);
  if (begin_result) return begin_result;
  T(stream)->capturing = 1;
  T(stream)->uses = NULL;
  return SUCCESS;
}
API int cuStreamEndCapture(void *stream, void **graph) {
  CHECK(stream, STREAM);
  say("cuStreamEndCapture %c%d", N(stream));
  if (!T(stream)->capturing) return CAPTURE_WRONG;
  T(stream)->capturing = 0;
  *graph = make(GRAPH);
  T(*graph)->device = T(stream)->device;
  T(*graph)->uses = T(stream)->uses;
  return SUCCESS;
}
API int cuGraphInstantiateWithFlags(void **executable, void *graph, unsigned long long flags) {
  CHECK(graph, GRAPH);
  NEEDS_CONTEXT();
  *executable = make(EXEC);
  T(*executable)->device = T(graph)->device;
  T(*executable)->uses = T(graph)->uses;
  say("cuGraphInstantiateWithFlags %c%d %c%d flags=%llu", N(*executable), N(graph), flags);
  return SUCCESS;
}
API int cuGraphLaunch(void *executable, void *stream) {
  CHECK(executable, EXEC);
  GIVEN(stream, "cuGraphLaunch");
  for (struct use *each = T(executable)->uses; each && !quiet; each = each->next) {
    uses(stream, each->start, each->bytes, each->is_host);
    if (!is_there(each->start, each->bytes, each->is_host, "cuGraphLaunch")) return INVALID_VALUE;
  }
  say("cuGraphLaunch %c%d %c%d", N(executable), N(stream));
  return SUCCESS;
}
API int cuGraphExecDestroy(void *executable) {
  CHECK(executable, EXEC);
  say("cuGraphExecDestroy %c%d", N(executable));
  kill_thing(executable);
  return SUCCESS;
}
API int cuGraphDestroy(void *graph) {
  CHECK(graph, GRAPH);
  say("cuGraphDestroy %c%d", N(graph));
  kill_thing(graph);
  return SUCCESS;
}

#ifndef NO_GET_PROC
/* Gives the functions by their plain names, and nothing for what it was told to hide. */
API int cuGetProcAddress_v2(const char *name, void **function, int version, uint64_t flags, int *status) {
  char versioned[80];
  (void)flags;
  *function = NULL;
  *status = 1;
  for (int v = 2; v >= 1 && !*function; v--) {
    if (v == 2 && !strcmp(name, "cuEventElapsedTime") && version < 12080) continue;
    snprintf(versioned, sizeof versioned, v == 2 ? "%s_v2" : "%s", name);
    Dl_info here;
    if (dladdr((void *)cuInit, &here)) {
      void *self = dlopen(here.dli_fname, RTLD_NOW | RTLD_NOLOAD);
      if (self) *function = dlsym(self, versioned);
    }
  }
  *status = *function ? 0 : 1;
  return *function ? SUCCESS : NOT_FOUND;
}
#endif
