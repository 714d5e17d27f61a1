package dev.carillon.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Covers;
import dev.carillon.build.Gen;
import dev.carillon.build.Property;
import dev.carillon.build.Workers;
import dev.carillon.spi.DeviceException;
import dev.carillon.spi.DeviceGate;
import dev.carillon.spi.DeviceKind;
import dev.carillon.spi.StreamOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/**
 * Threads that give work to streams and close streams, memory, programs and graphs in any order,
 * twice and within captures, behind gates that are closed, on the fake driver: it knows what is
 * used after its end, and what is freed under work that is not done.
 */
@Timeout(120)
@Covers("C11")
final class CudaStormTest {
  private static final int CASES = 12;
  private static final int ROUNDS = 400;
  private static final int PLACES = 4;
  private static final int DEVICES = 2;
  private static final long BYTES = 64;

  @TestFactory
  Stream<DynamicTest> closing_inAnyOrder_freesEverythingOnce() {
    return Property.check("closing", CASES, CudaStormTest::check);
  }

  private static int below(Gen gen, int end) {
    return gen.intBetween(0, end - 1);
  }

  private static void check(Gen gen) {
    FakeCuda fake = FakeCuda.fresh().with("devices", DEVICES);
    CudaDriver driver = fake.open();
    var storm = new Storm(driver);
    List<Gen> each = IntStream.range(0, PLACES).mapToObj(_ -> gen.split()).toList();
    boolean isRenewed = below(gen, 2) == 0;
    try (var workers = new Workers()) {
      for (int i = 0; i < PLACES; i++) {
        Gen mine = each.get(i);
        Workers.Kind kind = i % 2 == 0 ? Workers.Kind.VIRTUAL : Workers.Kind.PLATFORM;
        boolean isRenewing = isRenewed && i == 0;
        workers.start(kind, "user " + i, () -> storm.run(mine, isRenewing));
      }
    }
    storm.end();
    driver.close();
    for (String what :
        List.of("bad", "memory", "registered", "retained", "s", "e", "m", "g", "x")) {
      assertThat(fake.count(what)).as(what).isZero();
    }
  }

  private static final class Storm {
    private final CudaDriver driver;
    private final AtomicReferenceArray<LocalCudaStream> streams =
        new AtomicReferenceArray<>(PLACES);
    private final AtomicReferenceArray<CudaBuffer> buffers = new AtomicReferenceArray<>(PLACES);
    private final AtomicReferenceArray<CudaHostBuffer> hosts = new AtomicReferenceArray<>(PLACES);
    private final AtomicReferenceArray<CudaModule> modules = new AtomicReferenceArray<>(PLACES);
    private final AtomicReferenceArray<CudaGraph> graphs = new AtomicReferenceArray<>(PLACES);

    Storm(CudaDriver driver) {
      this.driver = driver;
      for (int i = 0; i < PLACES; i++) {
        streams.set(i, driver.openStream(i % DEVICES, StreamOptions.DEFAULT));
        buffers.set(i, driver.device(i % DEVICES).allocate(BYTES));
        hosts.set(i, driver.device(i % DEVICES).allocateHost(BYTES));
        modules.set(i, driver.device(i % DEVICES).load(Kernels.ptx()));
      }
    }

    void run(Gen gen, boolean isRenewing) {
      var gates = new ArrayList<DeviceGate>();
      for (int round = 0; round < ROUNDS; round++) {
        try {
          act(gen, gates);
          if (isRenewing && below(gen, 100) == 0) {
            driver.renew(below(gen, DEVICES));
          }
        } catch (DeviceException e) {
          assertThat(e.getMessage())
              .containsAnyOf(
                  "closed", "renewed", "of the stream's device", "captured", "in a graph");
        }
      }
      gates.forEach(gate -> gate.open(true));
    }

    private void act(Gen gen, List<DeviceGate> gates) {
      int to = below(gen, PLACES);
      LocalCudaStream stream = streams.get(below(gen, PLACES));
      switch (below(gen, 10)) {
        case 0 -> gates.add(driver.functions().gate().gate(stream));
        case 1 -> {
          if (!gates.isEmpty()) {
            gates.remove(below(gen, gates.size())).open(true);
          }
        }
        case 2 -> replace(gen, to);
        case 3 -> graph(gen, stream, to);
        case 4 -> {
          CudaGraph graph = graphs.get(to);
          if (graph != null) {
            stream.launch(graph);
          }
        }
        case 5 -> event(stream, below(gen, 2) == 0);
        default -> work(gen, stream);
      }
    }

    private void work(Gen gen, CudaStream stream) {
      CudaBuffer one = buffers.get(below(gen, PLACES));
      CudaBuffer two = buffers.get(below(gen, PLACES));
      CudaHostBuffer host = hosts.get(below(gen, PLACES));
      switch (below(gen, 5)) {
        case 0 -> stream.copy(host, one);
        case 1 -> stream.copy(one, host);
        case 2 -> stream.copy(one, two);
        case 3 -> stream.fill(one, (byte) 1);
        default ->
            stream.launch(
                modules.get(below(gen, PLACES)).function("vector_add"),
                LaunchShape.of(1, 1),
                one,
                two,
                one,
                4);
      }
    }

    private void graph(Gen gen, LocalCudaStream stream, int to) {
      int trick = below(gen, 6);
      CudaGraph made =
          stream.capture(s -> {
            work(gen, s);
            if (trick == 0) {
              driver.closeStream(stream);
            }
            if (trick == 1) {
              buffers.get(to).close();
            }
            work(gen, s);
          });
      CudaGraph before = graphs.getAndSet(to, made);
      if (before != null) {
        before.close();
      }
    }

    private void event(LocalCudaStream stream, boolean isTimed) {
      var table = driver.functions();
      CudaEvent event = table.create().create(stream.context().gpu().info().index(), isTimed);
      try {
        table.record().record(event, stream);
        LocalCudaStream other = streams.get(0);
        table.waits().get(DeviceKind.CUDA).wait(other, event);
        var _ = table.query().query(event);
      } finally {
        table.release().release(event);
      }
    }

    private void replace(Gen gen, int at) {
      CudaGpu gpu = (CudaGpu) driver.device(at % DEVICES);
      switch (below(gen, 4)) {
        case 0 -> {
          LocalCudaStream next = gpu.openStream(StreamOptions.DEFAULT);
          driver.closeStream(streams.getAndSet(at, next));
        }
        case 1 -> closeTwice(buffers.getAndSet(at, gpu.allocate(BYTES)));
        case 2 -> closeTwice(hosts.getAndSet(at, gpu.allocateHost(BYTES)));
        default -> closeTwice(modules.getAndSet(at, gpu.load(Kernels.ptx())));
      }
    }

    private static void closeTwice(AutoCloseable one) {
      try {
        one.close();
        one.close();
      } catch (Exception e) {
        throw new AssertionError("closing must not fail", e);
      }
    }

    /** Closes the streams, and leaves the rest to the driver. */
    void end() {
      for (int i = 0; i < PLACES; i++) {
        driver.closeStream(streams.get(i));
      }
    }
  }
}
