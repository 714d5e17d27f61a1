package dev.carillon.source;

import java.lang.System.Logger.Level;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Ends of processes: a source that says when processes have exited. Safe for use by any thread.
 *
 * {@snippet :
 * Source.open(ProcessExit.of(process), Outlet.handler(end -> log(end.payload().exitCode())));
 *
 * var exits = ProcessExit.watching(); // more are added as they start
 * var source = Source.open(exits, Outlet.to(bus, Topic.of("workers.ended", ProcessEnd.class)));
 * exits.add(builder.start());
 * }
 *
 * <p>One source at a time can have it. It is told by the system, as a parent is; of a process that
 * this one has not started, the JDK has a thread that looks now and then. Each process is told of
 * once. What ends while the source is not running is told when it starts again, and what was not
 * taken care of is told again; all that is in memory only, so there is no position. How many
 * processes are watched, or have ended and were not told of yet, is limited.
 */
public final class ProcessExit implements SourceKind<ProcessEnd> {
  /*
   * A process is in `watched` from its adding until its end has been given to the intake; `ended`
   * holds ends in between. The thread that is told of an end only adds it there and wakes the run.
   * So both are bounded by the limit, and nothing is lost between two runs.
   */
  private static final System.Logger LOG = System.getLogger("dev.carillon.source");

  /** How many processes may be watched at a time, unless set. */
  public static final int DEFAULT_LIMIT = 10_000;

  private static final int MOST = 1_000_000;

  private final int limit;
  private final Kept<ProcessEnd> kept = new Kept<>();
  private final AtomicBoolean isRunning = new AtomicBoolean();

  // guarded by this
  private final Map<ProcessHandle, Watched> watched = new HashMap<>();
  private final ArrayDeque<Ended> ended = new ArrayDeque<>();
  private boolean isComplete;

  /** What is known of a process while it lives: its handle says who it is, whatever its number. */
  private record Watched(
      ProcessHandle handle, @Nullable String command, @Nullable Instant started) {}

  private record Ended(Watched process, @Nullable Integer exitCode, Instant at) {}

  private ProcessExit(int limit) {
    this.limit = limit;
    Checks.range("limit", limit, 1, MOST);
  }

  /**
   * {@return the ends of processes that this one has started, and then nothing more}
   *
   * @param processes alive or not
   */
  public static ProcessExit of(Process... processes) {
    var exits = new ProcessExit(Math.max(processes.length, 1));
    List.of(processes).forEach(exits::add);
    return exits.complete();
  }

  /**
   * {@return the ends of any processes, and then nothing more}
   *
   * @param processes alive or not
   * @throws IllegalArgumentException if one is this process
   */
  public static ProcessExit of(ProcessHandle... processes) {
    var exits = new ProcessExit(Math.max(processes.length, 1));
    List.of(processes).forEach(exits::add);
    return exits.complete();
  }

  /**
   * {@return the end of a process, and then nothing more}
   *
   * @param pid its number
   * @throws IllegalArgumentException if there is no such process, or it is this one
   */
  public static ProcessExit pid(long pid) {
    ProcessHandle handle =
        ProcessHandle.of(pid)
            .orElseThrow(
                () -> new IllegalArgumentException("there is no such process: pid=" + pid));
    return of(handle);
  }

  /** {@return the ends of processes that are added, at most {@value #DEFAULT_LIMIT} at a time} */
  public static ProcessExit watching() {
    return watching(DEFAULT_LIMIT);
  }

  /**
   * {@return the ends of processes that are added}
   *
   * @param limit how many at a time, 1 to 1,000,000
   * @throws IllegalArgumentException if the number is outside its range
   */
  public static ProcessExit watching(int limit) {
    return new ProcessExit(limit);
  }

  /**
   * Adds a process that this one has started. Does nothing if it is watched already.
   *
   * @param process alive or not
   * @throws IllegalStateException if too many are watched, or no more are to be added
   */
  public void add(Process process) {
    add(process.toHandle(), process.onExit().thenApply(Process::exitValue));
  }

  /**
   * Adds any process; its exit code will not be known. Does nothing if it is watched already.
   *
   * @param process alive or not
   * @throws IllegalArgumentException if it is this process
   * @throws IllegalStateException if too many are watched, or no more are to be added
   */
  public void add(ProcessHandle process) {
    if (process.equals(ProcessHandle.current())) {
      throw new IllegalArgumentException("a process cannot see its own end: pid=" + process.pid());
    }
    add(process, process.onExit().thenApply(_ -> null));
  }

  private void add(ProcessHandle handle, CompletableFuture<@Nullable Integer> exit) {
    var info = handle.info();
    var process =
        new Watched(handle, info.command().orElse(null), info.startInstant().orElse(null));
    synchronized (this) {
      if (watched.containsKey(handle)) {
        return;
      }
      if (isComplete) {
        throw new IllegalStateException("no more processes are to be added: pid=" + handle.pid());
      }
      if (watched.size() >= limit) {
        throw new IllegalStateException(
            "too many processes are watched: limit=%d, pid=%d".formatted(limit, handle.pid()));
      }
      watched.put(handle, process);
    }
    CompletableFuture<?> _ = exit.whenComplete((code, _) -> ended(process, code));
  }

  /**
   * Says that no more are added: when all have ended, so has the source. Idempotent.
   *
   * @return this
   */
  public ProcessExit complete() {
    synchronized (this) {
      isComplete = true;
      notifyAll();
    }
    return this;
  }

  private synchronized void ended(Watched process, @Nullable Integer exitCode) {
    ended.add(new Ended(process, exitCode, Instant.now()));
    notifyAll();
  }

  @Override
  public String kind() {
    return "process-exit";
  }

  @Override
  public void run(Intake<ProcessEnd> intake) throws InterruptedException {
    if (!isRunning.compareAndSet(false, true)) {
      throw new IllegalStateException("processes can be watched for one source at a time: " + this);
    }
    try {
      intake.ready();
      give(intake);
    } finally {
      isRunning.set(false);
    }
  }

  private void give(Intake<ProcessEnd> intake) throws InterruptedException {
    var turn = new Turn<>(intake);
    kept.putLeft(intake, turn, end -> item(intake, end));
    for (Ended next = await(); next != null; next = await()) {
      Watched process = next.process();
      var end =
          new ProcessEnd(
              process.handle().pid(),
              next.exitCode(),
              process.command(),
              process.started(),
              next.at());
      turn.awaitRoom();
      taken(next);
      kept.put(intake, turn, end, e -> item(intake, e));
    }
  }

  /** {@return the next end, which stays first; null if none will come} */
  private synchronized @Nullable Ended await() throws InterruptedException {
    while (ended.isEmpty()) {
      if (isComplete && watched.isEmpty()) {
        return null;
      }
      wait();
    }
    return ended.peekFirst();
  }

  private synchronized void taken(Ended end) {
    ended.remove(end);
    watched.remove(end.process().handle());
  }

  private static Item<ProcessEnd> item(Intake<ProcessEnd> intake, ProcessEnd end) {
    String resource = resource(end.command());
    Origin origin = intake.origin().withSystem("process:" + end.pid());
    return intake
        .item(end)
        .from(resource == null ? origin : origin.withResource(resource))
        .withTime(end.at());
  }

  /**
   * {@return the URI of a program; null if it is not known, or its path cannot be written in this
   * JVM's encoding of paths}
   */
  static @Nullable String resource(@Nullable String program) {
    try {
      return program == null ? null : Path.of(program).toUri().toString();
    } catch (InvalidPathException e) {
      LOG.log(Level.DEBUG, "a program without a path", e);
      return null;
    }
  }

  @Override
  public String toString() {
    synchronized (this) {
      return "ProcessExit[watched=%d, ended=%d]".formatted(watched.size(), ended.size());
    }
  }
}
