package dev.carillon.opencl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.FakeDriver;
import dev.carillon.spi.StreamOptions;
import java.util.List;

/**
 * A library of OpenCL without a device, compiled from fake_opencl.c with the machine's compiler.
 */
final class FakeOpenCl {
  private final FakeDriver driver;

  private FakeOpenCl(FakeDriver driver) {
    this.driver = driver;
  }

  /** {@return the library, as it is in the beginning} */
  static FakeOpenCl fresh(String... definitions) {
    return new FakeOpenCl(FakeDriver.fresh(FakeOpenCl.class, "fake_opencl", definitions));
  }

  /**
   * Sets how it behaves: what of it fails when it is called the next time but so many, and others.
   */
  FakeOpenCl with(String what, long value) {
    driver.set(what, value);
    return this;
  }

  /** {@return how many objects of a kind are not released, or another number; see fake_get} */
  long count(String what) {
    return driver.get(what);
  }

  OpenClProvider provider() {
    return new OpenClProvider(List.of(driver.library().toString()));
  }

  ClDriver open() {
    return (ClDriver) provider().open();
  }

  /** {@return a new stream of the first device} */
  static CommandQueue stream(ClDriver driver, boolean isOrdered) {
    var options = StreamOptions.DEFAULT;
    return driver.openStream(0, isOrdered ? options : options.withoutOrder());
  }

  /** {@return a new event, recorded} */
  static MarkerEvent record(ClDriver driver, CommandQueue stream) {
    MarkerEvent event = driver.functions().create().create(0, false);
    stream.record(event);
    return event;
  }

  /** Checks that everything was released, and nothing twice or too early. */
  void checkAllIsReleased() {
    for (String kind : List.of("event", "queue", "kernel", "program", "buffer", "context")) {
      assertThat(count(kind)).as(kind + "s that are left").isZero();
    }
    assertThat(count("bad")).as("uses of what was released").isZero();
  }
}
