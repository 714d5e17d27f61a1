package dev.carillon.tools;

import dev.carillon.bus.Bus;
import dev.carillon.bus.Emitter;
import dev.carillon.event.Poison;
import java.util.List;
import java.util.Locale;

/** Publishes how a census goes on a bus. */
final class PublishedNews implements CensusNews, AutoCloseable {
  /*
   * What is said of single classes is said by the threads that measure them, so it is made only if
   * somebody hears it. A subscriber that blocks when it is full slows the census down to its pace.
   * When the census is stopped, all that is pending is poisoned, which is no news: silence() comes
   * first.
   */
  private final Emitter<CensusMessage.Started> started;
  private final Emitter<CensusMessage.Progress> progress;
  private final Emitter<CensusMessage.Finished> finished;
  private final Emitter<CensusMessage.Failed> failed;
  private final Emitter<CensusMessage.Measured> measured;
  private final Emitter<CensusMessage.Poisoned> poisoned;
  private volatile boolean silent;

  PublishedNews(Bus bus) {
    started = emitter(bus, CensusMessage.Started.class);
    progress = emitter(bus, CensusMessage.Progress.class);
    finished = emitter(bus, CensusMessage.Finished.class);
    failed = emitter(bus, CensusMessage.Failed.class);
    measured = emitter(bus, CensusMessage.Measured.class);
    poisoned = emitter(bus, CensusMessage.Poisoned.class);
  }

  private static <T extends CensusMessage> Emitter<T> emitter(Bus bus, Class<T> kind) {
    return bus.emitter(CensusMessage.CATALOGUE.topic(kind));
  }

  void started(Fault fault) {
    String kind = fault.kind().name().toLowerCase(Locale.ROOT);
    started.emit(
        new CensusMessage.Started(
            Runtime.version().toString(),
            Runtime.getRuntime().availableProcessors(),
            fault.className().isEmpty() ? kind : kind + " " + fault.className()));
  }

  void finished(CensusSummary summary, double seconds) {
    finished.emit(
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
    failed.emit(new CensusMessage.Failed(String.valueOf(failure.getMessage())));
  }

  @Override
  public void progress(long read, long pending) {
    if (isHeard(progress)) {
      progress.emit(new CensusMessage.Progress(read, pending));
    }
  }

  @Override
  public void measured(ClassNode<?> node) {
    if (isHeard(measured)) {
      measured.emit(new CensusMessage.Measured(node.name(), node.depth(), node.ancestors()));
    }
  }

  @Override
  public void poisoned(ClassNode<?> node, Poison poison) {
    if (isHeard(poisoned)) {
      List<Poison> roots = poison.rootCauses();
      String reason = roots.isEmpty() ? poison.reason() : roots.getFirst().message();
      poisoned.emit(new CensusMessage.Poisoned(node.name(), reason));
    }
  }

  private boolean isHeard(Emitter<?> emitter) {
    return !silent && emitter.hasSubscribers();
  }

  /** Publishes nothing more of what the threads of a census say. */
  void silence() {
    silent = true;
  }

  /** To be called when the threads of the census have ended. */
  @Override
  public void close() {
    started.close();
    progress.close();
    finished.close();
    failed.close();
    measured.close();
    poisoned.close();
  }
}
