package dev.carillon.device;

import dev.carillon.spi.Site;
import dev.carillon.spi.SiteCall;

/** A stream as a place where parts of cycles run. */
record StreamSite(LocalStream stream) implements Site {

  @Override
  public String name() {
    return stream.describe();
  }

  /**
   * The work gives the stream what it has to do; the attempt is over when the stream has done it.
   */
  @Override
  public void start(SiteCall call) {
    Object value;
    try {
      value = call.call();
    } catch (Exception e) {
      call.fail(e);
      return;
    }
    DeviceEvent done = stream.record();
    done.setCallback(status -> {
      if (status == DeviceEventStatus.SUCCESS) {
        call.succeed(value);
      } else {
        if (stream.isOpen()) {
          stream.recover(); // or another attempt would be skipped
        }
        call.fail(done.failure().orElseThrow());
      }
    });
  }
}
