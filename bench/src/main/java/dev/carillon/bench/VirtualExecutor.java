package dev.carillon.bench;

import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** Runs benchmark methods on virtual threads; JMH's own way would yield after every call. */
public final class VirtualExecutor extends AbstractExecutorService {
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /**
   * Called by JMH.
   *
   * @param most how many threads are wanted
   * @param prefix of the threads' names
   */
  public VirtualExecutor(int most, String prefix) {}

  @Override
  public void execute(Runnable command) {
    threads.execute(command);
  }

  @Override
  public void shutdown() {
    threads.shutdown();
  }

  @Override
  public List<Runnable> shutdownNow() {
    return threads.shutdownNow();
  }

  @Override
  public boolean isShutdown() {
    return threads.isShutdown();
  }

  @Override
  public boolean isTerminated() {
    return threads.isTerminated();
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
    return threads.awaitTermination(timeout, unit);
  }
}
