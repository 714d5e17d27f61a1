package dev.carillon.flow;

import dev.carillon.event.Event;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** One run in this process. */
final class LocalRun<O> implements Run<O> {
  @Override
  public String name() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Plan plan() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Event ended() {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean isOver() {
    throw new UnsupportedOperationException();
  }

  @Override
  public RunStatus status() {
    throw new UnsupportedOperationException();
  }

  @Override
  public long iteration() {
    throw new UnsupportedOperationException();
  }

  @Override
  public RunStatus await() throws InterruptedException {
    throw new UnsupportedOperationException();
  }

  @Override
  public Optional<RunStatus> await(Duration timeout) throws InterruptedException {
    throw new UnsupportedOperationException();
  }

  @Override
  public Optional<O> output() {
    throw new UnsupportedOperationException();
  }

  @Override
  public <T> Optional<Outcome<T>> outcome(Out<T> part) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Optional<Outcome<?>> outcome(String part) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<PartFailure> failures() {
    throw new UnsupportedOperationException();
  }

  @Override
  public long failureCount() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void stop() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void cancel() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Progress progress() {
    throw new UnsupportedOperationException();
  }

  @Override
  public RunExplanation explain() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Timeline timeline() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }
}
