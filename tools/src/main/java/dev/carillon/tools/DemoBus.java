package dev.carillon.tools;

import dev.carillon.Carillon;
import dev.carillon.CarillonConfig;
import dev.carillon.bus.Bus;
import dev.carillon.bus.BusConfig;
import dev.carillon.flow.Flow;
import dev.carillon.spi.Durability;
import dev.carillon.spi.MessageStore;
import dev.carillon.spi.StoreException;
import dev.carillon.store.SegmentConfig;
import dev.carillon.store.Stores;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The bus and the flow of one run of the demonstration, and the store that keeps what is published
 * on it.
 */
final class DemoBus implements AutoCloseable {
  /*
   * The store has the messages of the last run only: those of the one before are removed when it
   * begins, with the store's lock held, so that nobody's are who still runs. What else is in the
   * store, or in its directory, is left alone.
   */
  private static final String STREAM = "census";
  private static final int MOST = 100_000; // several times as many as the JDK has classes

  private final Carillon carillon;
  private final @Nullable MessageStore store;

  private DemoBus(Carillon carillon, @Nullable MessageStore store) {
    this.carillon = carillon;
    this.store = store;
  }

  /**
   * {@return a bus that keeps, if that can be} If it cannot, that is told in one line.
   *
   * @param place the directory of the store; null to keep nothing
   * @param configure changes what is opened
   * @param err is told
   */
  static DemoBus open(
      @Nullable Path place, UnaryOperator<CarillonConfig> configure, PrintWriter err) {
    if (place != null) {
      try {
        return keeping(place, configure);
      } catch (StoreException e) {
        Throwable cause = e.getCause();
        err.println(
            "carillon demo: the messages of this run are not kept, %s%s"
                .formatted(e.getMessage(), cause == null ? "" : ": " + cause));
      }
    }
    return new DemoBus(Carillon.open(configure), null);
  }

  private static DemoBus keeping(Path place, UnaryOperator<CarillonConfig> configure) {
    MessageStore store = Stores.segments(place, c -> c.withSync(SegmentConfig.Sync.NONE));
    try {
      store.delete(STREAM);
      return new DemoBus(Carillon.open(c -> configure.apply(c).bus(b -> keeping(b, store))), store);
    } catch (RuntimeException | Error e) {
      store.close();
      throw e;
    }
  }

  private static BusConfig keeping(BusConfig config, MessageStore store) {
    return config
        .withStore(store, new CensusCodec())
        .withHistory("census.>", h -> h.count(MOST).durable(STREAM, Durability.MEMORY));
  }

  Flow flow() {
    return carillon.flow();
  }

  Bus bus() {
    return carillon.bus();
  }

  @Override
  public void close() {
    try {
      carillon.close();
    } finally {
      if (store != null) {
        store.close();
      }
    }
  }
}
