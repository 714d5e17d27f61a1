// Runs graphs of tasks that do nothing on Taskflow: what the groups G1 and G2 of our benchmarks do.
// Prints their tables. Arguments: milliseconds of an iteration, and the most tasks of a graph.

#include <malloc.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <taskflow/taskflow.hpp>

namespace {

constexpr int kWarmups = 3;
constexpr int kIterations = 10;
constexpr int kLoop = 20;
constexpr std::size_t kRandomInputs = 3;

enum class Shape { kGrid, kRandom, kChain };

const char* name(Shape shape) {
  switch (shape) {
    case Shape::kGrid: return "grid";
    case Shape::kRandom: return "random";
    default: return "chain";
  }
}

using Inputs = std::vector<std::vector<std::size_t>>;

std::uint64_t next(std::uint64_t& state) {  // SplitMix64
  std::uint64_t z = (state += 0x9e3779b97f4a7c15ULL);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

// For each task those before it: as in PartGraph.
Inputs graph(Shape shape, std::size_t tasks) {
  Inputs inputs(tasks);
  auto width = static_cast<std::size_t>(std::sqrt(static_cast<double>(tasks)));
  while (tasks % width != 0) {
    width--;
  }
  std::uint64_t random = 42;
  for (std::size_t task = 1; task < tasks; task++) {
    auto& into = inputs[task];
    if (shape == Shape::kChain) {
      into.push_back(task - 1);
    } else if (shape == Shape::kGrid) {
      if (task % width != 0) into.push_back(task - 1);
      if (task >= width) into.push_back(task - width);
    } else {
      while (into.size() < std::min(kRandomInputs, task)) {
        std::size_t input = next(random) % task;
        if (std::find(into.begin(), into.end(), input) == into.end()) into.push_back(input);
      }
    }
  }
  return inputs;
}

std::unique_ptr<tf::Taskflow> build(const Inputs& inputs) {
  auto flow = std::make_unique<tf::Taskflow>();
  std::vector<tf::Task> tasks;
  tasks.reserve(inputs.size());
  for (const auto& from : inputs) {
    tf::Task task = flow->emplace([] {});
    for (std::size_t input : from) {
      tasks[input].precede(task);
    }
    tasks.push_back(task);
  }
  return flow;
}

using Clock = std::chrono::steady_clock;

double nanos(Clock::duration time) {
  return static_cast<double>(std::chrono::duration_cast<std::chrono::nanoseconds>(time).count());
}

double quantile(const std::vector<double>& sorted, double q) {
  double place = q * static_cast<double>(sorted.size() - 1);
  auto below = static_cast<std::size_t>(place);
  auto above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (place - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

std::string figure(double value) {  // three figures, and no more than two after the point
  char text[32];
  std::snprintf(text, sizeof text, value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%.0f", value);
  return text;
}

void row(const char* subject, Shape shape, std::size_t size, const std::string& time, double bytes) {
  char held[32] = "";
  if (bytes >= 0) std::snprintf(held, sizeof held, "%.1f", bytes);
  std::string label = std::string(subject) + ", " + name(shape);
  std::printf("    %-46s %10zu %17s %8s %13s\n", label.c_str(), size, time.c_str(), "", held);
  std::fflush(stdout);
}

// Prints the median of a call's times by task, and the notch of a box plot.
void measure(const char* subject, Shape shape, std::size_t size, int millis, double tasks,
             const std::function<void()>& call) {
  std::vector<double> samples;
  for (int i = 0; i < kWarmups + kIterations; i++) {
    auto start = Clock::now();
    auto end = start;
    std::size_t calls = 0;
    do {
      call();
      calls++;
      end = Clock::now();
    } while (end - start < std::chrono::milliseconds(millis));
    if (i >= kWarmups) samples.push_back(nanos(end - start) / (static_cast<double>(calls) * tasks));
  }
  std::sort(samples.begin(), samples.end());
  double spread = quantile(samples, 0.75) - quantile(samples, 0.25);
  double error = 1.57 * spread / std::sqrt(static_cast<double>(samples.size()));
  row(subject, shape, size, figure(quantile(samples, 0.5)) + " ± " + figure(error), -1);
}

void header(const char* id, const char* title) {
  std::printf("\n%-3s %s; per part\n    %-46s %10s %17s %8s %13s\n", id, title, "subject", "size",
              "ns", "p99", "B");
}

double heap() {
  auto info = mallinfo2();
  return static_cast<double>(info.uordblks) + static_cast<double>(info.hblkhd);
}

}  // namespace

int main(int argc, char** argv) {
  int millis = argc > 1 ? std::atoi(argv[1]) : 400;
  std::size_t most = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1'000'000;
  const std::vector<Shape> shapes{Shape::kGrid, Shape::kRandom, Shape::kChain};
  tf::Executor executor;
  std::printf("taskflow %s, %zu threads, %d warm-ups and %d iterations of %d ms each\n",
              tf::version(), executor.num_workers(), kWarmups, kIterations, millis);

  header("G1", "run tasks that do nothing");
  for (Shape shape : shapes) {
    for (std::size_t size = 1'000; size <= std::min<std::size_t>(most, 100'000); size *= 10) {
      auto flow = build(graph(shape, size));
      auto tasks = static_cast<double>(size);
      measure("Taskflow, loop", shape, size, millis, tasks * kLoop,
              [&] { executor.run_n(*flow, kLoop).wait(); });
      measure("Taskflow, a run each", shape, size, millis, tasks,
              [&] { executor.run(*flow).wait(); });
    }
  }

  header("G2", "create tasks and edges");
  for (Shape shape : {Shape::kGrid, Shape::kRandom}) {
    for (std::size_t size = 10'000; size <= most; size *= 10) {
      Inputs inputs = graph(shape, size);
      std::unique_ptr<tf::Taskflow> flow;
      measure("Taskflow", shape, size, millis, static_cast<double>(size),
              [&] { flow = build(inputs); });
    }
  }

  header("G2R", "one more run");
  for (Shape shape : {Shape::kGrid, Shape::kRandom}) {
    for (std::size_t size = 10'000; size <= most; size *= 10) {
      auto flow = build(graph(shape, size));
      measure("Taskflow", shape, size, millis, static_cast<double>(size),
              [&] { executor.run(*flow).wait(); });
    }
  }

  header("G2M", "memory held by tasks and edges");
  for (Shape shape : {Shape::kGrid, Shape::kRandom}) {
    for (std::size_t size = 10'000; size <= most; size *= 10) {
      Inputs inputs = graph(shape, size);
      double before = heap();
      auto flow = build(inputs);
      row("Taskflow", shape, size, "", (heap() - before) / static_cast<double>(size));
    }
  }
  return 0;
}
