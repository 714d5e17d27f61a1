package dev.carillon.testkit;

import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import dev.carillon.device.CpuStream;
import dev.carillon.device.Device;
import dev.carillon.device.DeviceStream;
import dev.carillon.device.DevicesConfig;
import dev.carillon.spi.DeviceKind;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The CPU keeps the contract of devices. */
@Covers({"C1", "C2", "C3", "C4", "C5", "C6", "C7", "C8", "C10"})
final class DevicesTest {

  @TestFactory
  Stream<DynamicTest> cpu() {
    return tests(new Cpu(2));
  }

  /** What waits must keep no thread, or one would not be enough. */
  @TestFactory
  Stream<DynamicTest> cpuOfOneThread() {
    return tests(new Cpu(1));
  }

  private static Stream<DynamicTest> tests(DeviceContract contract) {
    return contract.checks().stream().map(check -> dynamicTest(check.name(), check::run));
  }

  private static final class Cpu extends DeviceContract {
    private final int threads;

    Cpu(int threads) {
      this.threads = threads;
    }

    @Override
    protected DeviceKind kind() {
      return DeviceKind.CPU;
    }

    @Override
    protected DevicesConfig configure(DevicesConfig config) {
      return config.withCpuThreads(threads);
    }

    @Override
    protected boolean isFinishedByHost() {
      return true;
    }

    @Override
    protected boolean isReusing() {
      return false; // they are objects like others
    }

    @Override
    protected boolean giveFailingWork(DeviceStream stream) throws InterruptedException {
      stream
          .as(CpuStream.class)
          .run(() -> {
            throw new IllegalStateException("boiler");
          });
      return true;
    }

    @Override
    protected Duration patience() {
      return Patience.LONG;
    }

    @Override
    protected Cell newCell(Device device) {
      var number = new AtomicInteger();
      return new Cell() {
        @Override
        public void set(DeviceStream stream, int value) throws InterruptedException {
          stream.as(CpuStream.class).run(() -> number.set(value));
        }

        @Override
        public int value() {
          return number.get();
        }

        @Override
        public void close() {}
      };
    }
  }
}
