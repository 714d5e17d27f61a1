package dev.carillon.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Covers;
import dev.carillon.build.Workers;
import dev.carillon.spi.DeviceException;
import dev.carillon.spi.DeviceGate;
import dev.carillon.spi.DeviceKind;
import dev.carillon.spi.StreamOptions;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A device that is renewed, and in the end closed, while threads use it, on the fake driver. */
@Timeout(120)
@Covers("C11")
final class CudaRenewTest {
  private static final int RENEWALS = 30;
  private static final int USERS = 6;

  private final FakeCuda fake = FakeCuda.fresh();

  @Test
  void renewAndClose_whileThreadsUseTheDevice_passNoHandleThatIsGone() {
    CudaDriver driver = fake.open();
    var rounds = new AtomicInteger();
    var isOver = new AtomicBoolean();
    try (var workers = new Workers()) {
      for (int i = 0; i < USERS; i++) {
        Workers.Kind kind = i % 2 == 0 ? Workers.Kind.PLATFORM : Workers.Kind.VIRTUAL;
        workers.start(
            kind,
            "user " + i,
            () -> {
              while (!isOver.get()) {
                try {
                  round(driver);
                } catch (DeviceException e) {
                  assertThat(e.getMessage()).containsAnyOf("renewed", "closed");
                  Thread.yield(); // lets whoever renews it have the processor
                }
                rounds.incrementAndGet();
              }
            });
      }
      workers.start(() -> {
        for (int i = 0; i < RENEWALS; i++) {
          int before = rounds.get();
          while (rounds.get() < before + USERS) {
            Thread.yield();
          }
          driver.renew(0);
        }
        driver.close();
        isOver.set(true);
      });
    }
    assertThat(fake.count("bad")).isZero();
    assertThat(fake.count("memory")).isZero();
    assertThat(fake.count("registered")).isZero();
    assertThat(fake.count("retained")).isZero();
    assertThat(fake.count("e")).isZero();
    assertThat(fake.count("s")).isZero();
  }

  @Test
  void sharedMemory_usedByManyStreamsOfManyThreads_locksNobodyOut() {
    try (CudaDriver driver = fake.with("devices", 2).open();
        CudaBuffer here = driver.device(0).allocate(64);
        CudaBuffer there = driver.device(1).allocate(64)) {
      try (var workers = new Workers()) {
        for (int i = 0; i < USERS; i++) {
          int device = i % 2;
          workers.start(() -> {
            for (int round = 0; round < 150; round++) {
              LocalCudaStream stream = driver.openStream(device, StreamOptions.DEFAULT);
              CudaBuffer mine = device == 0 ? here : there;
              stream.copy(here, there);
              try (CudaBuffer own = driver.device(device).allocate(8);
                  CudaGraph graph =
                      stream.capture(s -> {
                        s.fill(mine, (byte) 1);
                        s.fill(own, (byte) 2);
                      })) {
                stream.launch(graph);
              }
              driver.closeStream(stream);
            }
          });
        }
      }
    }
    assertThat(fake.count("bad")).isZero();
    assertThat(fake.count("memory")).isZero();
  }

  private static void round(CudaDriver driver) {
    var table = driver.functions();
    LocalCudaStream stream = driver.openStream(0, StreamOptions.DEFAULT);
    LocalCudaStream other = driver.openStream(0, StreamOptions.DEFAULT);
    CudaEvent event = table.create().create(0, false);
    CudaEvent timed = table.create().create(0, true);
    try (CudaBuffer buffer = driver.device(0).allocate(64);
        CudaHostBuffer host = driver.device(0).allocateHost(64)) {
      DeviceGate gate = table.gate().gate(stream);
      stream.copy(host, buffer);
      try (CudaGraph graph = other.capture(s -> s.fill(buffer, (byte) 1))) {
        other.launch(graph);
      }
      table.record().record(event, stream);
      table.record().record(timed, stream);
      table.waits().get(DeviceKind.CUDA).wait(other, event);
      gate.open(true);
      var _ = table.query().query(event);
      var _ = table.time().nanos(timed);
    } finally {
      table.release().release(event);
      table.release().release(timed);
      stream.close();
      other.close();
    }
  }
}
