package dev.carillon.opencl;

import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import dev.carillon.device.Device;
import dev.carillon.device.DeviceStream;
import dev.carillon.device.DevicesConfig;
import dev.carillon.spi.DeviceKind;
import dev.carillon.testkit.DeviceContract;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** OpenCL keeps the contract of devices. */
@Covers({"C1", "C2", "C3", "C4", "C5", "C6", "C7", "C8"})
final class OpenClContractTest {

  @TestFactory
  Stream<DynamicTest> contract() {
    OpenClHere.open().close(); // says so if there is no driver
    return tests(new OpenClContract(new OpenClProvider(), null));
  }

  @TestFactory
  Stream<DynamicTest> contract_whereEventsMayFail_isKeptToo() {
    FakeOpenCl fake = FakeOpenCl.fresh();
    return tests(new OpenClContract(fake.provider(), fake));
  }

  private static Stream<DynamicTest> tests(DeviceContract contract) {
    return contract.checks().stream().map(check -> dynamicTest(check.name(), check::run));
  }

  private static final class OpenClContract extends DeviceContract {
    private final OpenClProvider provider;
    private final @Nullable FakeOpenCl fake;

    OpenClContract(OpenClProvider provider, @Nullable FakeOpenCl fake) {
      this.provider = provider;
      this.fake = fake;
    }

    @Override
    protected DeviceKind kind() {
      return DeviceKind.OPENCL;
    }

    @Override
    protected DevicesConfig configure(DevicesConfig config) {
      return config.withProvider(provider);
    }

    @Override
    protected boolean isDoneAtOnce() {
      return fake != null;
    }

    @Override
    protected boolean giveFailingWork(DeviceStream stream) {
      if (fake == null) {
        return false;
      }
      try (OpenClBuffer buffer = stream.device().as(OpenClDevice.class).newBuffer(4)) {
        fake.with("result", -5);
        stream.as(OpenClStream.class).fill(buffer, 0, 4, 1);
      }
      return true;
    }

    @Override
    protected Duration patience() {
      return Patience.LONG;
    }

    @Override
    protected Cell newCell(Device device) {
      OpenClBuffer buffer = device.as(OpenClDevice.class).newBuffer(Integer.BYTES);
      MemorySegment host = Arena.ofAuto().allocate(ValueLayout.JAVA_INT);
      return new Cell() {
        @Override
        public void set(DeviceStream stream, int value) {
          OpenClStream commands = stream.as(OpenClStream.class);
          commands.fill(buffer, 0, Integer.BYTES, value);
          commands.read(buffer, 0, host);
          if (fake != null) { // which computes nothing
            host.set(ValueLayout.JAVA_INT, 0, value);
          }
        }

        @Override
        public int value() {
          return host.get(ValueLayout.JAVA_INT, 0);
        }

        @Override
        public void close() {
          buffer.close();
        }
      };
    }
  }
}
