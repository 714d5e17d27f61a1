package dev.carillon.testkit;

import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.carillon.build.Covers;
import dev.carillon.function.SharedMapConfig;
import dev.carillon.function.SharedMaps;
import dev.carillon.time.Clock;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The shared maps of the core keep the contract. */
@Covers("S4")
class SharedMapsTest {
  @TempDir private Path directory;

  private static Stream<DynamicTest> tests(SharedMapContract contract) {
    return contract.checks().stream().map(check -> dynamicTest(check.name(), check::run));
  }

  private static SharedMapConfig configured(
      SharedMapConfig config, Clock clock, SharedMapContract.Settings settings) {
    return config
        .withClock(clock)
        .withTtl(settings.ttl())
        .withMaxEntries(settings.maxEntries())
        .withMaxBytes(settings.maxKeyBytes(), settings.maxValueBytes(), 1 << 20);
  }

  @TestFactory
  Stream<DynamicTest> inMemory() {
    return tests(
        new SharedMapContract() {
          @Override
          protected Place newPlace() {
            return (clock, settings) ->
                SharedMaps.storeInMemory("map", c -> configured(c, clock, settings));
          }

          @Override
          protected boolean outlivesClosing() {
            return false;
          }
        });
  }

  /** A store that knows nothing of the past has watchers read what is there. */
  @TestFactory
  Stream<DynamicTest> inMemoryWithoutHistory() {
    return tests(
        new SharedMapContract() {
          @Override
          protected Place newPlace() {
            return (clock, settings) ->
                SharedMaps.storeInMemory("map", c -> configured(c, clock, settings).withHistory(0));
          }

          @Override
          protected boolean outlivesClosing() {
            return false;
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> inFile() {
    return tests(inFile(false));
  }

  @TestFactory
  Stream<DynamicTest> inFileForced() {
    return tests(inFile(true));
  }

  private SharedMapContract inFile(boolean forced) {
    var places = new AtomicInteger();
    return new SharedMapContract() {
      @Override
      protected Place newPlace() {
        Path place = directory.resolve("map-" + places.incrementAndGet());
        return (clock, settings) ->
            SharedMaps.storeInFile(place, c -> configured(c, clock, settings).forced(forced));
      }

      @Override
      protected boolean outlivesClosing() {
        return true;
      }
    };
  }
}
