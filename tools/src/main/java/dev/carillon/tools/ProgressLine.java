package dev.carillon.tools;

import static dev.carillon.tools.Terminal.count;

import dev.carillon.bus.Bus;
import dev.carillon.bus.Message;
import dev.carillon.bus.Subscription;

/** The line on a terminal that tells how far a census is: a subscriber of its progress. */
final class ProgressLine implements AutoCloseable {
  private final Terminal terminal;
  private final Subscription subscription;
  private boolean ended; // guarded by this

  ProgressLine(Bus bus, Terminal terminal) {
    this.terminal = terminal;
    this.subscription =
        bus.subscribe(
            CensusMessage.CATALOGUE.topic(CensusMessage.Progress.class),
            message -> show(message.payload()),
            s -> s.named("progress line").latest(Message::topic)); // old progress is of no use
  }

  private synchronized void show(CensusMessage.Progress progress) {
    if (!ended) {
      terminal.status(
          "%s class files read, %s events pending"
              .formatted(count(progress.read()), count(progress.pending())));
    }
  }

  /** Shows nothing more, also of what was published before. */
  @Override
  public void close() {
    subscription.close();
    synchronized (this) {
      ended = true;
    }
  }
}
