package dev.carillon.tools;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;

/** A process that was started, and those that it has started itself. */
final class Child {
  /*
   * To end it, all that descend from it are asked to (SIGTERM), itself first, so that a shell does
   * not go on to its next command when the one before is gone. Those that live after the grace are
   * ended (SIGKILL), with what they have started meanwhile. Who has left the family before, as a
   * daemon does, is not found.
   *
   * Those below it are nobody's children when it is gone. The JDK looks whether they are there a few
   * times a second, and takes a zombie for alive, of which there may be some for ever in a container
   * without an init. So this looks for itself; a zombie has no command any more.
   */
  private static final Duration REST = Duration.ofSeconds(1); // of the output, after the end
  private static final Duration LOOK = Duration.ofMillis(5);

  private final Process process;
  private volatile List<Thread> readers = List.of();

  private Child(Process process) {
    this.process = process;
  }

  /**
   * {@return the process, started}
   *
   * @param builder says what
   * @param input what it can read; nothing more comes
   * @throws IOException if it cannot be started
   */
  static Child start(ProcessBuilder builder, byte[] input) throws IOException {
    Process process = builder.start();
    if (input.length == 0) {
      process.getOutputStream().close();
    } else {
      Thread.ofVirtual().name("input of " + process.pid()).start(() -> feed(process, input));
    }
    return new Child(process);
  }

  private static void feed(Process process, byte[] input) {
    try (OutputStream out = process.getOutputStream()) {
      out.write(input);
    } catch (IOException e) {
      return; // it does not read all of it, as it may
    }
  }

  Process process() {
    return process;
  }

  /** Names those who read what it prints, for whom {@link #await} waits. */
  void readBy(List<Thread> newReaders) {
    readers = List.copyOf(newReaders);
  }

  /**
   * Waits for its end.
   *
   * @return false if the time passed first
   * @throws InterruptedException if the thread is interrupted first
   */
  boolean await(Duration timeout) throws InterruptedException {
    boolean hasEnded = process.waitFor(timeout);
    if (hasEnded) {
      awaitOutput();
    }
    return hasEnded;
  }

  /**
   * Waits for its end, however long that takes.
   *
   * @throws InterruptedException if the thread is interrupted first
   */
  void awaitEnd() throws InterruptedException {
    process.waitFor();
    awaitOutput();
  }

  /* What it has left in the background may keep its output open for long. */
  private void awaitOutput() throws InterruptedException {
    long deadline = System.nanoTime() + REST.toNanos();
    for (Thread reader : readers) {
      reader.join(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
    }
  }

  /** {@return its exit code, once it has ended: 128 and a number if that was by a signal} */
  int exitCode() {
    return process.exitValue();
  }

  /**
   * Ends it and all that it has started, and returns when they are gone, or cannot be ended. An
   * interrupt does not keep it from that.
   *
   * @param grace how long they have for it
   */
  void end(Duration grace) {
    Set<ProcessHandle> family = new LinkedHashSet<>();
    family.add(process.toHandle());
    process.descendants().forEach(family::add);
    family.forEach(ProcessHandle::destroy);
    boolean interrupted = await(() -> isGone(family), grace);
    if (!isGone(family)) {
      Set<ProcessHandle> left = new LinkedHashSet<>();
      for (ProcessHandle each : family) {
        left.add(each);
        each.descendants().forEach(left::add);
      }
      left.forEach(ProcessHandle::destroyForcibly);
      interrupted |= await(() -> isGone(left), REST);
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean isGone(Collection<ProcessHandle> processes) {
    return processes.stream()
        .noneMatch(each -> each.isAlive() && each.info().command().isPresent());
  }

  /** {@return whether it was interrupted while it waited} */
  private static boolean await(BooleanSupplier condition, Duration atMost) {
    long deadline = System.nanoTime() + atMost.toNanos();
    boolean interrupted = false;
    while (!condition.getAsBoolean() && deadline - System.nanoTime() > 0) {
      try {
        Thread.sleep(LOOK);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    return interrupted;
  }
}
