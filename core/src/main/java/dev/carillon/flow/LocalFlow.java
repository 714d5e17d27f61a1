package dev.carillon.flow;

import dev.carillon.event.EventSystem;
import dev.carillon.schedule.Scheduler;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Runs cycles in this process. */
final class LocalFlow implements Flow {
  private final Scheduler scheduler;
  private final FlowConfig config;

  LocalFlow(Scheduler scheduler, FlowConfig config) {
    this.scheduler = scheduler;
    this.config = config;
  }

  @Override
  public FlowConfig config() {
    return config;
  }

  @Override
  public Scheduler scheduler() {
    return scheduler;
  }

  @Override
  public EventSystem events() {
    return scheduler.events();
  }

  @Override
  public <I, O> Run<O> start(Cycle<I, O> cycle, I input, UnaryOperator<RunOptions> configure) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<Run<?>> runs() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Optional<Run<?>> run(String name) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {}
}
