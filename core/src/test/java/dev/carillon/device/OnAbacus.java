package dev.carillon.device;

import dev.carillon.device.Abacus.Rod;
import dev.carillon.event.EventSystem;
import dev.carillon.spi.DeviceFunctions;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;

/** What tests on an {@link Abacus} have: it is open, and closed after each. */
abstract class OnAbacus {
  final EventSystem events = EventSystem.create();
  final Abacus abacus = new Abacus();
  Devices devices = Devices.open(events, this::with);

  final DevicesConfig with(DevicesConfig config) {
    return config.withoutDiscovery().withProvider(abacus).withClosePatience(Duration.ZERO);
  }

  /** Opens it with some functions changed. */
  final void reopen(UnaryOperator<DeviceFunctions<Object, Object>> change) {
    devices.close();
    devices = Devices.open(events, c -> with(c).withFunctions(Abacus.KIND, change));
  }

  final Device device() {
    return devices.device(Abacus.KIND, 0);
  }

  static Rod rod(DeviceStream stream) {
    return stream.as(Rod.class);
  }

  @AfterEach
  void close() {
    abacus.isStuck = false;
    devices.close();
    events.close();
  }
}
