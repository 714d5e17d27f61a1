package dev.carillon.testkit;

import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.carillon.store.SegmentConfig;
import dev.carillon.store.SegmentConfig.Sync;
import dev.carillon.store.Stores;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The stores of the core keep the contract. */
class MessageStoresTest {
  @TempDir private Path directory;

  private static Stream<DynamicTest> tests(MessageStoreContract contract) {
    return contract.checks().stream().map(check -> dynamicTest(check.name(), check::run));
  }

  @TestFactory
  Stream<DynamicTest> inMemory() {
    return tests(
        new MessageStoreContract() {
          @Override
          protected Place newPlace() {
            return Stores::inMemory;
          }

          @Override
          protected boolean outlivesClosing() {
            return false;
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> segments() {
    return tests(segments(c -> c));
  }

  @TestFactory
  Stream<DynamicTest> segmentsNeverForced() {
    return tests(segments(c -> c.withSync(Sync.NONE).withSegmentBytes(1 << 18)));
  }

  private MessageStoreContract segments(UnaryOperator<SegmentConfig> configure) {
    var places = new AtomicInteger();
    return new MessageStoreContract() {
      @Override
      protected Place newPlace() {
        Path place = directory.resolve("store-" + places.incrementAndGet());
        return clock -> Stores.segments(place, c -> configure.apply(c.withClock(clock)));
      }

      @Override
      protected boolean outlivesClosing() {
        return true;
      }

      @Override
      protected long slack() {
        return 1024; // the least number of messages in a file that is dropped as a whole
      }
    };
  }
}
