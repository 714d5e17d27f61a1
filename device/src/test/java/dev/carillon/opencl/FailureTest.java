package dev.carillon.opencl;

import static dev.carillon.device.DeviceEventStatus.FAILED;
import static dev.carillon.device.DeviceEventStatus.SUCCESS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Covers;
import dev.carillon.device.Device;
import dev.carillon.device.DeviceEvent;
import dev.carillon.device.DeviceStream;
import dev.carillon.device.Devices;
import dev.carillon.event.Event;
import dev.carillon.event.EventSystem;
import dev.carillon.spi.DeviceKind;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What failures do to streams, by a driver that has events fail. */
final class FailureTest {
  private final FakeOpenCl fake = FakeOpenCl.fresh();
  private final EventSystem events = EventSystem.create();
  private final Devices devices =
      Devices.open(events, c -> c.withoutDiscovery().withProvider(fake.provider()));
  private final Device device = devices.device(DeviceKind.OPENCL, 0);
  private final OpenClBuffer buffer = device.as(OpenClDevice.class).newBuffer(4);

  @AfterEach
  void close() {
    buffer.close();
    devices.close();
    events.close();
    fake.checkAllIsReleased();
  }

  private DeviceEvent work(DeviceStream stream, int result) {
    fake.with("result", result);
    stream.as(OpenClStream.class).fill(buffer, 0, 4, 1);
    return stream.record();
  }

  @Test
  @Covers({"C4", "C7"})
  void record_afterWorkOfTheStreamHasFailed_failsUntilItRecovers() throws Exception {
    DeviceStream stream = device.newStream();
    DeviceEvent first = work(stream, -5);
    assertThat(first.finish()).isEqualTo(FAILED);
    assertThat(stream.failure()).isPresent();
    DeviceEvent second = work(stream, 0);
    assertThat(second.finish()).isEqualTo(FAILED);
    assertThat(second.errorMessage()).contains("CL_OUT_OF_RESOURCES");
    stream.recover();
    assertThat(stream.failure()).isEmpty();
    assertThat(work(stream, 0).finish()).isEqualTo(SUCCESS);
  }

  @Test
  @Covers({"C4", "C7"})
  void record_beforeItIsKnownThatEarlierWorkHasFailed_failsToo() throws Exception {
    DeviceStream stream = device.newStream();
    work(stream, -5);
    DeviceEvent second = work(stream, 0);
    assertThat(second.finish()).isEqualTo(FAILED);
  }

  @Test
  @Covers("C4")
  void recover_whileAWaitIsPending_forgetsThatItWillFail() throws Exception {
    for (boolean isOrdered : new boolean[] {true, false}) {
      DeviceStream stream = device.newStream(o -> isOrdered ? o : o.withoutOrder());
      Event never = events.newEvent();
      stream.waitFor(never);
      DeviceEvent before = work(stream, 0);
      stream.recover();
      DeviceEvent after = work(stream, 0);
      never.poison("cut");
      assertThat(before.finish()).isEqualTo(FAILED);
      assertThat(before.errorMessage()).contains("cut");
      assertThat(after.finish()).isEqualTo(SUCCESS);
    }
  }
}
