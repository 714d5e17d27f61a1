package dev.carillon.source;

import dev.carillon.bus.Bus;
import dev.carillon.bus.Topic;
import dev.carillon.spi.Durability;
import dev.carillon.spi.MessageStore;
import dev.carillon.store.Stores;
import java.nio.file.Path;

/** Publishes the lines of a file on a durable topic, and prints them, until it is killed. */
final class LineKillProgram {
  static final Topic<String> LINES = Topic.of("kill.lines", String.class);

  private LineKillProgram() {}

  static Bus open(MessageStore store) {
    return Bus.open(c ->
        c.withStore(store, Stores.basicCodec())
            .withHistory("kill.>", h -> h.count(1 << 24).durable("lines", Durability.MEMORY)));
  }

  /** Follows the file that is the second argument, with a store in the first. */
  public static void main(String[] args) throws InterruptedException {
    Bus bus = open(Stores.segments(Path.of(args[0])));
    bus.subscribe(LINES, m -> Killing.print(m.payload()));
    var source =
        Source.open(
            LineFile.of(Path.of(args[1])),
            Outlet.to(bus, LINES),
            s -> s.named("lines").withPositions(Positions.inHistory(bus, LINES)));
    source.start();
    Thread.currentThread().join();
  }
}
