package dev.carillon.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import dev.carillon.spi.StreamOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Threads that wait for each other within a call, on the fake driver: they must not have made a
 * context current by then, since a virtual one may go on with another carrier. Whoever has, holds
 * the context, so that it cannot end meanwhile.
 */
@Timeout(60)
@Covers("C11")
final class CudaMonitorsTest {
  private final FakeCuda fake = FakeCuda.fresh();
  private final CudaDriver driver = fake.open();
  private final LocalCudaStream stream = driver.openStream(0, StreamOptions.DEFAULT);
  private final CudaContext context = stream.context();

  @AfterEach
  void nothingWasUsedAfterItsEnd() {
    driver.close();
    assertThat(fake.count("bad")).isZero();
    assertThat(fake.count("registered")).isZero();
  }

  private void waitsWithoutTheContext(Object monitor, Runnable call) throws InterruptedException {
    Thread user;
    synchronized (monitor) {
      user = Thread.ofPlatform().start(call);
      while (user.getState() != Thread.State.BLOCKED && user.isAlive()) {
        Thread.onSpinWait();
      }
      assertThat(user.isAlive()).isTrue();
      Thread closing = Thread.ofPlatform().daemon().start(driver::close);
      assertThat(closing.join(Patience.LONG)).isTrue();
    }
    assertThat(user.join(Patience.LONG)).isTrue();
  }

  private static void ignoringTheEnd(Runnable call) {
    try {
      call.run();
    } catch (dev.carillon.spi.DeviceException e) {
      assertThat(e).hasMessageContaining("closed");
    }
  }

  @Test
  void gate_whileAnotherThreadTakesAWord_waitsWithoutTheContext() throws Exception {
    waitsWithoutTheContext(
        context.gateWords(), () -> ignoringTheEnd(() -> driver.functions().gate().gate(stream)));
  }

  @Test
  void timedRecord_whileAnotherThreadUsesTheClock_waitsWithoutTheContext() throws Exception {
    var table = driver.functions();
    CudaEvent event = table.create().create(0, true);
    waitsWithoutTheContext(
        context.clock(), () -> ignoringTheEnd(() -> table.record().record(event, stream)));
  }

  @Test
  void time_whileAnotherThreadUsesTheClock_waitsWithoutTheContext() throws Exception {
    var table = driver.functions();
    CudaEvent event = table.create().create(0, true);
    table.record().record(event, stream);
    waitsWithoutTheContext(context.clock(), () -> ignoringTheEnd(() -> table.time().nanos(event)));
  }

  @Test
  void release_whileAnotherThreadUsesTheClock_waitsWithoutTheContext() throws Exception {
    var table = driver.functions();
    CudaEvent event = table.create().create(0, true);
    table.record().record(event, stream);
    waitsWithoutTheContext(context.clock(), () -> table.release().release(event));
  }
}
