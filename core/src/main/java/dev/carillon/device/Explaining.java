package dev.carillon.device;

import java.time.Duration;
import java.util.List;

/** Devices, streams and events as text for people. */
final class Explaining {
  private Explaining() {}

  static String event(LocalDeviceEvent event, Occurrence asked) {
    var text = new StringBuilder(event.describe()).append(": ").append(asked.known());
    LocalStream stream = asked.stream();
    if (stream != null) {
      text.append(", recorded on ").append(stream.describe());
    }
    Throwable failure = asked.failure();
    if (failure != null) {
      text.append(", failed: ").append(Failures.text(failure));
    }
    if (!asked.isFinished() && stream != null) {
      for (StreamGate gate : stream.waits()) {
        text.append("\n  ").append(wait(event.device(), gate));
      }
    }
    return text.toString();
  }

  static String stream(LocalStream stream, List<StreamGate> gates) {
    var text = new StringBuilder(stream.describe());
    stream.failure().ifPresent(e -> text.append(", failed: ").append(Failures.text(e)));
    for (StreamGate gate : gates) {
      text.append("\n  ").append(wait(stream.device(), gate));
    }
    return text.toString();
  }

  private static String wait(LocalDevice device, StreamGate gate) {
    Duration since = Duration.ofNanos(Math.max(0, device.now() - gate.since()));
    return "waits for %s by a gate, for %d ms".formatted(gate.describe(), since.toMillis());
  }

  static String devices(LocalDevices devices) {
    var text = new StringBuilder();
    for (DeviceSupport kind : devices.support()) {
      text.append(kind.kind()).append(' ').append(kind.version());
      String missing = kind.missing();
      if (missing != null) {
        text.append("not available: ").append(missing);
      }
      text.append('\n');
    }
    for (LocalDevice device : devices.open()) {
      text.append(device).append('\n');
      for (LocalStream stream : device.streams()) {
        text.append(stream(stream, stream.waits()).indent(2));
      }
    }
    for (OpenDriver waiter : devices.drivers()) {
      for (OpenDriver event : devices.drivers()) {
        text.append(
            "streams of %s wait for events of %s: %s\n"
                .formatted(waiter.kind(), event.kind(), waiter.path(event.kind())));
      }
    }
    return text.toString();
  }
}
