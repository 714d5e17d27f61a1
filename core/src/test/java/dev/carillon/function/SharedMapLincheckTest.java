package dev.carillon.function;

import dev.carillon.build.Covers;
import dev.carillon.spi.MapRecord;
import dev.carillon.spi.MapSnapshot;
import dev.carillon.spi.MapStore;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Test;

/** The store of shared maps of a process, against a sequential specification. */
@Covers("S4")
@Param(name = "key", gen = IntGen.class, conf = "1:2")
@Param(name = "value", gen = IntGen.class, conf = "1:3")
@Param(name = "revision", gen = IntGen.class, conf = "0:3")
public class SharedMapLincheckTest {
  private static final int FACTOR = Integer.getInteger("carillon.cases.factor", 1);

  private final MapStore store =
      SharedMaps.storeInMemory("x", c -> c.withClock(new StandingClock()).withHistory(2));

  /** Its time does not pass, and nobody waits for it to. */
  private static final class StandingClock implements dev.carillon.time.Clock {
    @Override
    public long nanos() {
      return 0;
    }

    @Override
    public Instant now() {
      return Instant.EPOCH;
    }

    @Override
    public Alarm alarm(String name, Runnable ring) {
      throw new UnsupportedOperationException("nobody waits here: name=" + name);
    }
  }

  private static byte[] bytes(int number) {
    return new byte[] {(byte) number};
  }

  private static long of(OptionalLong revision) {
    return revision.orElse(-1);
  }

  @Operation
  public long put(@Param(name = "key") int key, @Param(name = "value") int value) {
    return of(store.put(bytes(key), bytes(value), null, MapStore.ANY));
  }

  @Operation
  public long replace(
      @Param(name = "key") int key,
      @Param(name = "value") int value,
      @Param(name = "revision") int expected) {
    return of(store.put(bytes(key), bytes(value), null, expected));
  }

  @Operation
  public long delete(@Param(name = "key") int key) {
    return of(store.delete(bytes(key), MapStore.ANY));
  }

  @Operation
  public long get(@Param(name = "key") int key) {
    return store.get(bytes(key)).map(entry -> entry.revision() * 10 + entry.value()[0]).orElse(0L);
  }

  @Operation
  public long all() {
    MapSnapshot all = store.snapshot(null);
    return all.entries().stream().mapToLong(MapRecord::revision).sum() * 100 + all.revision();
  }

  @Operation
  public long revision() {
    return store.revision();
  }

  @Test
  void operations_inAnyInterleaving_areLinearizable() {
    System.setProperty("lincheck.logLevel", "ERROR");
    new ModelCheckingOptions()
        .iterations(3 * FACTOR)
        .invocationsPerIteration(50)
        .threads(2)
        .actorsPerThread(2)
        .actorsBefore(1)
        .actorsAfter(0)
        .sequentialSpecification(Specification.class)
        .check(SharedMapLincheckTest.class);
    new StressOptions()
        .iterations(5 * FACTOR)
        .invocationsPerIteration(200)
        .threads(3)
        .actorsPerThread(2)
        .actorsBefore(1)
        .actorsAfter(1)
        .sequentialSpecification(Specification.class)
        .check(SharedMapLincheckTest.class);
  }

  /** What the operations mean, one after another. */
  public static class Specification {
    private final Map<Integer, long[]> entries = new HashMap<>(); // revision, value
    private long revision;

    public long put(int key, int value) {
      entries.put(key, new long[] {++revision, value});
      return revision;
    }

    public long replace(int key, int value, int expected) {
      long found = entries.containsKey(key) ? entries.get(key)[0] : 0;
      return found == expected ? put(key, value) : -1;
    }

    public long delete(int key) {
      return entries.remove(key) == null ? -1 : ++revision;
    }

    public long get(int key) {
      long[] entry = entries.get(key);
      return entry == null ? 0 : entry[0] * 10 + entry[1];
    }

    public long revision() {
      return revision;
    }

    public long all() {
      return entries.values().stream().mapToLong(entry -> entry[0]).sum() * 100 + revision;
    }
  }
}
