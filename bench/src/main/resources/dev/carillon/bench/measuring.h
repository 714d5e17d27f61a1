/*
 * How the programs in C measure, for group M: whole loops, or one thing at a time.
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
#define SAMPLES 100000

typedef void *handle;

static double samples[SAMPLES];
static int count;

static void check(int code, const char *what) {
  if (code) {
    fprintf(stderr, "%s answered %d\n", what, code);
    exit(1);
  }
}
#define CALL(call) check(call, #call)

static void *find(void *library, const char *name) {
  void *found = dlsym(library, name);
  if (!found) {
    fprintf(stderr, "the driver has no %s\n", name);
    exit(1);
  }
  return found;
}

/* The first of the libraries that are named behind the three numbers. */
static void *open_library(int arguments, char **argument) {
  void *library = NULL;
  for (int i = 4; i < arguments && !library; i++) library = dlopen(argument[i], RTLD_NOW);
  if (!library) {
    fprintf(stderr, "no driver: %s\n", arguments < 5 ? "WARMUPS ITERATIONS MILLIS LIBRARY..." : dlerror());
    exit(2);
  }
  return library;
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1e9 + time.tv_nsec;
}

/* Notes one that is timed by itself. */
static void sample(double nanos) {
  if (count < SAMPLES) samples[count++] = nanos;
}

/* A thread sleeps until it is told. */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int called;

static void wake(void) {
  pthread_mutex_lock(&lock);
  called = 1;
  pthread_cond_signal(&changed);
  pthread_mutex_unlock(&lock);
}

static void sleep_until_called(void) {
  pthread_mutex_lock(&lock);
  while (!called) pthread_cond_wait(&changed, &lock);
  pthread_mutex_unlock(&lock);
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
