package dev.carillon.tools;

import dev.carillon.bus.Bus;
import dev.carillon.bus.Emitter;
import dev.carillon.bus.Topic;
import dev.carillon.event.Poison;
import java.util.List;
import java.util.Locale;

/** Publishes how a census goes on a bus. */
final class PublishedNews implements CensusNews, AutoCloseable {
  /*
   * What is said of single classes is said by the threads that measure them, so it is made only if
   * somebody hears it, or the bus keeps it. A subscriber that blocks when it is full slows the census down to its pace.
   * When the census is stopped, all that is pending is poisoned, which is no news: silence() comes
   * first.
   */
  private final Outlet<CensusMessage.Started> started;
  private final Outlet<CensusMessage.Progress> progress;
  private final Outlet<CensusMessage.Finished> finished;
  private final Outlet<CensusMessage.Failed> failed;
  private final Outlet<CensusMessage.Measured> measured;
  private final Outlet<CensusMessage.Poisoned> poisoned;
  private volatile boolean silent;

  /** Where messages of one kind go. */
  private record Outlet<T extends CensusMessage>(Emitter<T> emitter, boolean isKept) {
    static <T extends CensusMessage> Outlet<T> of(Bus bus, Class<T> kind) {
      Topic<T> topic = CensusMessage.CATALOGUE.topic(kind);
      boolean isKept =
          bus.config().history().keySet().stream().anyMatch(kept -> kept.matches(topic.name()));
      return new Outlet<>(bus.emitter(topic), isKept);
    }

    boolean isHeard() {
      return isKept || emitter.hasSubscribers();
    }
  }

  PublishedNews(Bus bus) {
    started = Outlet.of(bus, CensusMessage.Started.class);
    progress = Outlet.of(bus, CensusMessage.Progress.class);
    finished = Outlet.of(bus, CensusMessage.Finished.class);
    failed = Outlet.of(bus, CensusMessage.Failed.class);
    measured = Outlet.of(bus, CensusMessage.Measured.class);
    poisoned = Outlet.of(bus, CensusMessage.Poisoned.class);
  }

  void started(Fault fault) {
    String kind = fault.kind().name().toLowerCase(Locale.ROOT);
    tell(
        started,
        new CensusMessage.Started(
            Runtime.version().toString(),
            Runtime.getRuntime().availableProcessors(),
            fault.className().isEmpty() ? kind : kind + " " + fault.className()));
  }

  void finished(CensusSummary summary, double seconds) {
    tell(
        finished,
        new CensusMessage.Finished(
            summary.digest(),
            summary.classes(),
            summary.modules(),
            summary.edges(),
            summary.maxDepth(),
            summary.missing(),
            seconds));
  }

  void failed(Exception failure) {
    tell(failed, new CensusMessage.Failed(String.valueOf(failure.getMessage())));
  }

  @Override
  public void progress(long read, long pending) {
    if (!silent && progress.isHeard()) {
      progress.emitter.emit(new CensusMessage.Progress(read, pending));
    }
  }

  @Override
  public void measured(ClassNode<?> node) {
    if (!silent && measured.isHeard()) {
      measured.emitter.emit(
          new CensusMessage.Measured(node.name(), node.depth(), node.ancestors()));
    }
  }

  @Override
  public void poisoned(ClassNode<?> node, Poison poison) {
    if (!silent && poisoned.isHeard()) {
      List<Poison> roots = poison.rootCauses();
      String reason = roots.isEmpty() ? poison.reason() : roots.getFirst().message();
      poisoned.emitter.emit(new CensusMessage.Poisoned(node.name(), reason));
    }
  }

  private <T extends CensusMessage> void tell(Outlet<T> outlet, T message) {
    if (!silent) {
      outlet.emitter.emit(message);
    }
  }

  /** Publishes nothing more. */
  void silence() {
    silent = true;
  }

  /** To be called when the threads of the census have ended. */
  @Override
  public void close() {
    started.emitter.close();
    progress.emitter.close();
    finished.emitter.close();
    failed.emitter.close();
    measured.emitter.close();
    poisoned.emitter.close();
  }
}
