package dev.carillon.device;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.Carillon;
import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import dev.carillon.flow.Cycle;
import dev.carillon.flow.OnError;
import dev.carillon.flow.Run;
import dev.carillon.flow.RunStatus;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Parts of cycles whose work a stream does. */
final class StreamSiteTest {
  private final Carillon carillon = Carillon.open(c -> c.devices(d -> d.withoutDiscovery()));
  private final DeviceStream stream = carillon.devices().cpu().newStream();
  private final CpuStream work = stream.as(CpuStream.class);

  @AfterEach
  void close() {
    carillon.close();
  }

  @Test
  @Covers("C12")
  void part_atAStream_handsItsValueOnWhenTheStreamHasDoneTheWork() throws Exception {
    var mayGo = new CountDownLatch(1);
    Cycle<Integer, Integer> cycle =
        Cycle.define(
            "cycle",
            Integer.class,
            c -> {
              var squared =
                  c.part(
                          "square",
                          n -> {
                            int[] result = new int[1];
                            work.run(() -> {
                              Patience.await(mayGo);
                              result[0] = n * n;
                            });
                            return result;
                          },
                          c.input())
                      .at(stream.asSite());
              return c.part("read", result -> result[0], squared);
            });
    Run<Integer> run = carillon.flow().start(cycle, 12);
    assertThat(run.await(Duration.ofMillis(20))).isEmpty();
    mayGo.countDown();
    assertThat(run.await()).isEqualTo(RunStatus.OK);
    assertThat(run.output()).contains(144);
  }

  @Test
  void part_whoseStreamFails_isTriedAgainOnIt() throws Exception {
    var attempts = new AtomicInteger();
    Cycle<Integer, String> cycle =
        Cycle.define(
            "cycle",
            Integer.class,
            c ->
                c.part(
                        "part",
                        n -> {
                          work.run(() -> {
                            if (attempts.incrementAndGet() < n) {
                              throw new IllegalStateException("boiler");
                            }
                          });
                          return "done";
                        },
                        c.input())
                    .at(stream.asSite())
                    .onError(OnError.retry(r -> r.withMaxAttempts(3))));
    assertThat(carillon.flow().start(cycle, 3).await()).isEqualTo(RunStatus.OK);
    attempts.set(0);
    Run<String> failing = carillon.flow().start(cycle, 9);
    assertThat(failing.await()).isEqualTo(RunStatus.ERROR);
    assertThat(failing.failures().toString()).contains("boiler");
    assertThat(attempts).hasValue(3);
  }
}
