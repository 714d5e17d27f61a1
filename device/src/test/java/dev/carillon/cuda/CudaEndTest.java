package dev.carillon.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import dev.carillon.spi.DeviceException;
import dev.carillon.spi.DeviceGate;
import dev.carillon.spi.DriverStatus;
import dev.carillon.spi.StreamOptions;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is left of things that end, in whatever order, on the fake driver. */
@Timeout(60)
@Covers("C11")
@SuppressWarnings("restricted")
final class CudaEndTest {
  private static final long FOR_EVER = 1_000_000_000;

  private final FakeCuda fake = FakeCuda.fresh().with("strict", 1);
  private final CudaDriver driver = fake.open();
  private final CudaDevice device = driver.device(0);
  private final LocalCudaStream stream = driver.openStream(0, StreamOptions.DEFAULT);

  @AfterEach
  void nothingWasUsedAfterItsEnd() {
    driver.close();
    assertThat(fake.count("bad")).isZero();
    assertThat(fake.count("memory")).isZero();
    assertThat(fake.count("e")).isZero();
  }

  @Test
  void streamsClosed_andGraphsCaptured_leaveNoEventsOfTheDriver() {
    for (int i = 0; i < 50; i++) {
      LocalCudaStream other = driver.openStream(0, StreamOptions.DEFAULT);
      other.capture(s -> {}).close();
      driver.closeStream(other);
    }
    assertThat(fake.count("e")).isLessThan(3);
  }

  @Test
  void allocation_thatFailsInItsSecondCall_isGivenBack() {
    fake.with("sync", 700);
    assertThatThrownBy(() -> device.allocate(64))
        .isInstanceOf(DeviceException.class)
        .hasMessageContainingAll("bytes=64", "cuStreamSynchronize", "CUDA_ERROR_ILLEGAL_ADDRESS");
    assertThat(fake.count("memory")).isZero();
  }

  @Test
  void allocation_ofMoreThanThereCanBe_isRefused() {
    assertThatThrownBy(() -> device.allocate(Long.MAX_VALUE)).isInstanceOf(DeviceException.class);
    assertThatThrownBy(() -> device.allocateHost(Long.MAX_VALUE))
        .isInstanceOf(DeviceException.class)
        .hasMessageContainingAll("bytes=9223372036854775807", "cuda:0");
  }

  @Test
  void timedRecord_thatFails_leavesNoEventsOfTheDriver() {
    var table = driver.functions();
    CudaEvent event = table.create().create(0, true);
    fake.with("record", 700);
    assertThatThrownBy(() -> table.record().record(event, stream))
        .isInstanceOf(DeviceException.class)
        .hasMessageContaining("cuEventRecord");
    fake.with("record", 0);
    assertThat(fake.count("e")).isEqualTo(1);
    table.record().record(event, stream);
    table.release().release(event);
  }

  @Test
  void close_whileACallUsesTheSegment_isRefused() throws Throwable {
    CudaHostBuffer host = device.allocateHost(8);
    sorting(
        host.segment(),
        () ->
            assertThatIllegalStateException()
                .isThrownBy(host::close)
                .withMessageContainingAll("native call", "a buffer of 8 bytes"));
    assertThat(host.segment().get(JAVA_INT, 0)).isEqualTo(1);
    host.close();
    assertThatIllegalStateException().isThrownBy(() -> host.segment().get(JAVA_INT, 0));
    assertThat(fake.count("registered")).isZero();
  }

  @Test
  void closeOfTheDriver_whileACallUsesASegment_leavesItAndEndsTheRest() throws Throwable {
    CudaHostBuffer host = device.allocateHost(8);
    CudaHostBuffer other = device.allocateHost(8);
    sorting(host.segment(), driver::close);
    assertThat(host.segment().get(JAVA_INT, 0)).isEqualTo(1);
    assertThatIllegalStateException().isThrownBy(() -> other.segment().get(JAVA_INT, 0));
    assertThat(fake.count("retained")).isZero();
  }

  /** Sorts two ints by a native function, which calls back meanwhile. */
  private static void sorting(MemorySegment ints, Runnable meanwhile) throws Throwable {
    ints.set(JAVA_INT, 0, 2);
    ints.set(JAVA_INT, 4, 1);
    Linker linker = Linker.nativeLinker();
    var thrown = new AtomicReference<Throwable>(); // must not escape to what calls back
    Runnable caught =
        () -> {
          try {
            meanwhile.run();
          } catch (Throwable e) {
            thrown.set(e);
          }
        };
    try (Arena arena = Arena.ofConfined()) {
      var compare =
          MethodHandles.lookup()
              .findStatic(
                  CudaEndTest.class,
                  "greater",
                  MethodType.methodType(int.class, Runnable.class, long.class, long.class))
              .bindTo(caught);
      MemorySegment stub =
          linker.upcallStub(compare, FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG), arena);
      linker
          .downcallHandle(
              linker.defaultLookup().find("qsort").orElseThrow(),
              FunctionDescriptor.ofVoid(ADDRESS, JAVA_LONG, JAVA_LONG, ADDRESS))
          .invoke(ints, 2L, 4L, stub);
    }
    if (thrown.get() != null) {
      throw thrown.get();
    }
  }

  @SuppressWarnings("UnusedVariable") // called by name
  private static int greater(Runnable meanwhile, long a, long b) {
    meanwhile.run();
    return 1;
  }

  @Test
  void closeOfTheDriver_whileWorkIsUnderWay_freesWhatThatUsesBehindIt() {
    fake.with("pending", 100);
    CudaHostBuffer host = device.allocateHost(64);
    CudaBuffer open = device.allocate(64);
    stream.copy(host, open);
    CudaBuffer closed = device.allocate(64);
    stream.fill(closed, (byte) 1);
    closed.close();
    driver.closeStream(stream);
    driver.close();
    assertThat(fake.count("registered")).isZero();
  }

  @Test
  void closeOfTheDriver_whileWorkDoesNotEnd_leavesWhatThatUses() {
    CudaHostBuffer host = device.allocateHost(64);
    CudaBuffer inGraph = device.allocate(64);
    CudaGraph graph = stream.capture(s -> s.copy(host, inGraph));
    driver.functions().gate().gate(stream);
    fake.with("pending", FOR_EVER);
    stream.launch(graph);
    driver.closeStream(stream);
    driver.close();
    assertThat(host.segment().get(JAVA_INT, 0)).isZero(); // is there
    assertThat(fake.calls()).doesNotContain("cuMemHostUnregister"); // nor the gates' page
    assertThat(fake.count("retained")).isZero();
  }

  @Test
  void closeOfTheDriver_afterAFault_waitsForNothing() {
    CudaHostBuffer host = device.allocateHost(64);
    CudaBuffer buffer = device.allocate(64);
    stream.copy(host, buffer);
    fake.with("fault", 700);
    long began = System.nanoTime();
    driver.closeStream(stream);
    driver.close();
    assertThat(System.nanoTime() - began).isLessThan(1_000_000_000);
    assertThatIllegalStateException().isThrownBy(() -> host.segment().get(JAVA_INT, 0));
  }

  @Test
  void event_askedForByAThreadWithAContextThatIsGone_isAskedForOnceMore() throws Exception {
    try (var thread = Executors.newSingleThreadExecutor()) {
      thread.submit(() -> device.allocate(8).close()).get();
      driver.close();
      fake.with("queryNeedsContext", 1);
      try (CudaDriver next = fake.open()) {
        var table = next.functions();
        CudaEvent event = table.create().create(0, false);
        table.record().record(event, next.openStream(0, StreamOptions.DEFAULT));
        DriverStatus status = thread.submit(() -> table.query().query(event)).get();
        assertThat(status).isEqualTo(DriverStatus.COMPLETE);
        table.release().release(event);
      }
    }
  }

  @Test
  void closeOfTheDriver_whenItsContextCannotBeMadeCurrent_endsAllTheSame() {
    CudaHostBuffer host = device.allocateHost(64);
    CudaBuffer buffer = device.allocate(64);
    stream.copy(host, buffer);
    fake.with("setCurrent", 709);
    Thread closing = Thread.ofPlatform().start(driver::close); // on which nothing is current
    assertThat(joined(closing)).isTrue();
    fake.with("setCurrent", 0);
    assertThat(fake.count("retained")).isZero();
    assertThatThrownBy(() -> device.allocate(8)).hasMessageContaining("closed");
  }

  private static boolean joined(Thread thread) {
    try {
      return thread.join(Patience.LONG);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void renew_ofWhatAnotherDevicesStreamUses_dropsItBehindThat() {
    driver.close();
    try (CudaDriver two = fake.with("devices", 2).open()) {
      LocalCudaStream here = two.openStream(0, StreamOptions.DEFAULT);
      CudaContext there = two.openStream(1, StreamOptions.DEFAULT).context();
      DeviceGate gate = two.functions().gate().gate(here);
      var drops = new AtomicInteger();
      var used =
          new Resource(there, "a probe") {
            @Override
            int free() {
              return CudaApi.SUCCESS;
            }

            @Override
            void drop() {
              drops.incrementAndGet();
            }
          };
      there.add(used);
      used.isUsedBy(here);
      two.renew(1);
      here.context().sweep();
      assertThat(drops).hasValue(0);
      gate.open(true);
      here.context().sweep();
      assertThat(drops).hasValue(1);
    }
  }

  @Test
  void renew_ofTheDeviceOfAHostBuffer_takesTheSegmentAtOnce() {
    driver.close();
    try (CudaDriver two = fake.with("devices", 2).open()) {
      LocalCudaStream here = two.openStream(0, StreamOptions.DEFAULT);
      DeviceGate gate = two.functions().gate().gate(here);
      CudaBuffer buffer = two.device(0).allocate(8);
      CudaHostBuffer host = two.device(1).allocateHost(8);
      here.copy(host, buffer);
      two.renew(1);
      assertThatIllegalStateException().isThrownBy(() -> host.segment().get(JAVA_INT, 0));
      assertThatThrownBy(() -> here.copy(host, buffer)).hasMessageContaining("renewed");
      gate.open(true);
      here.context().sweep();
    }
  }

  @Test
  void secondDriver_onAThreadWithTheFirstOnesContext_works() throws Exception {
    try (var thread = Executors.newSingleThreadExecutor()) {
      thread.submit(() -> device.allocate(8).close()).get();
      driver.close();
      try (CudaDriver next = fake.open()) {
        LocalCudaStream there = next.openStream(0, StreamOptions.DEFAULT);
        DriverStatus status =
            thread
                .submit(() -> {
                  var table = next.functions();
                  CudaEvent event = table.create().create(0, false);
                  table.record().record(event, there);
                  DriverStatus said = table.query().query(event);
                  table.release().release(event);
                  return said;
                })
                .get();
        assertThat(status).isEqualTo(DriverStatus.COMPLETE);
      }
    }
  }
}
