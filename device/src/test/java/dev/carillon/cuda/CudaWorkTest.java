package dev.carillon.cuda;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.build.Covers;
import dev.carillon.spi.DeviceException;
import dev.carillon.spi.DeviceGate;
import dev.carillon.spi.StreamOptions;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Memory, programs and graphs, on the fake driver. */
@Covers("C11")
final class CudaWorkTest {
  private final FakeCuda fake = FakeCuda.fresh().with("devices", 2);
  private final CudaDriver driver = fake.open();
  private final CudaDevice device = driver.device(0);
  private final LocalCudaStream stream = driver.openStream(0, StreamOptions.DEFAULT);

  @AfterEach
  void nothingWasUsedAfterItsEnd_andNothingIsLeft() {
    driver.close();
    assertThat(fake.count("bad")).isZero();
    assertThat(fake.count("memory")).isZero();
    assertThat(fake.count("registered")).isZero();
    assertThat(fake.count("m")).isZero();
    assertThat(fake.count("x")).isZero();
  }

  @Test
  void copies_therePassingThroughAnother_comeBack() {
    try (var in = device.allocateHost(16);
        var out = device.allocateHost(16);
        var first = device.allocate(16);
        var second = device.allocate(32)) {
      in.segment().set(JAVA_INT, 4, 42);
      stream.copy(in, first);
      stream.copy(first, second);
      stream.fill(second, 8, 1, 7);
      stream.copy(second, 0, out, 0, 16);
      assertThat(out.segment().get(JAVA_INT, 4)).isEqualTo(42);
      assertThat(out.segment().get(JAVA_INT, 8)).isEqualTo(7);
      stream.fill(first, (byte) -1);
      stream.copy(first, out);
      assertThat(out.segment().get(JAVA_BYTE, 15)).isEqualTo((byte) -1);
    }
  }

  @Test
  void copy_betweenDevices_namesBothContexts() {
    LocalCudaStream second = driver.openStream(1, StreamOptions.DEFAULT);
    try (var here = device.allocate(16);
        var there = driver.device(1).allocate(16)) {
      fake.calls();
      stream.copy(here, there);
      second.copy(there, here);
      assertThat(fake.calls())
          .containsExactly(
              "cuMemcpyPeerAsync 16 s2 to=1 from=0", "cuMemcpyPeerAsync 16 s4 to=0 from=1");
      assertThatThrownBy(() -> second.fill(here, (byte) 0))
          .isInstanceOf(DeviceException.class)
          .hasMessageContainingAll("cuda:0", "cuda:1");
    }
  }

  @Test
  void parts_outsideABuffer_areRefused() {
    try (var host = device.allocateHost(16);
        var buffer = device.allocate(8)) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> stream.copy(host, buffer))
          .withMessageContaining("bytes=16, buffer's bytes=8");
      assertThatIllegalArgumentException().isThrownBy(() -> stream.copy(host, -1, buffer, 0, 4));
      assertThatIllegalArgumentException().isThrownBy(() -> stream.copy(host, 0, buffer, 0, 0));
      assertThatIllegalArgumentException().isThrownBy(() -> stream.fill(buffer, 2, 1, 0));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> stream.fill(buffer, 0, Long.MAX_VALUE, 0));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> stream.fill(buffer, 0, (1L << 63) + (1L << 62) + 1, 0))
          .withMessageContaining("count=-4611686018427387903");
      assertThatIllegalArgumentException().isThrownBy(() -> stream.fill(buffer, 0, 0, 0));
    }
    assertThatIllegalArgumentException().isThrownBy(() -> device.allocate(0));
    assertThatIllegalArgumentException().isThrownBy(() -> device.allocateHost(0));
  }

  @Test
  void allocation_thatFails_saysHowMuchAndWhy() {
    fake.with("memory", 100);
    assertThat(device.memory()).isEqualTo(new CudaMemory(100, 100));
    assertThatThrownBy(() -> device.allocate(101))
        .isInstanceOf(DeviceException.class)
        .hasMessageContainingAll("bytes=101", "cuda:0", "CUDA_ERROR_OUT_OF_MEMORY");
  }

  @Test
  void close_whileAStreamIsNotPastIt_freesLater() {
    DeviceGate gate = driver.functions().gate().gate(stream);
    CudaBuffer buffer = device.allocate(64);
    stream.fill(buffer, (byte) 1);
    CudaHostBuffer host = device.allocateHost(64);
    MemorySegment segment = host.segment();
    stream.copy(host, buffer);
    buffer.close();
    host.close();
    host.close();
    assertThat(fake.count("memory")).isEqualTo(64);
    assertThatThrownBy(() -> segment.get(JAVA_INT, 0)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> stream.fill(buffer, (byte) 2))
        .isInstanceOf(DeviceException.class)
        .hasMessageContaining("after it was closed");
    assertThatThrownBy(buffer::address).isInstanceOf(DeviceException.class);
    assertThatThrownBy(() -> stream.copy(host, buffer)).isInstanceOf(DeviceException.class);
    gate.open(true);
    device.allocate(1).close();
    assertThat(fake.count("memory")).isZero();
    assertThat(fake.count("registered")).isEqualTo(1); // the gates' page
  }

  @Test
  void close_afterItsStreamWasClosed_freesWhenThatIsPast() {
    DeviceGate gate = driver.functions().gate().gate(stream);
    CudaBuffer buffer = device.allocate(64);
    stream.fill(buffer, (byte) 1);
    driver.closeStream(stream); // opens the gate
    assertThatThrownBy(() -> stream.fill(buffer, (byte) 1)).hasMessageContaining("stream");
    assertThatThrownBy(stream::handle).isInstanceOf(DeviceException.class);
    buffer.close();
    assertThat(fake.count("memory")).isZero();
    gate.open(true);
  }

  @Test
  void memory_withoutPools_isAllocatedTheOldWay() {
    fake.with("pools", 0);
    try (CudaDriver old = fake.open()) {
      fake.calls();
      old.device(0).allocate(64).close();
      assertThat(fake.calls()).contains("cuMemAlloc 64", "cuMemFree");
    }
  }

  @Test
  void kernel_withItsArguments_runs() {
    try (var program = device.load(Kernels.ptx());
        var a = device.allocateHost(16);
        var b = device.allocateHost(16);
        var sum = device.allocateHost(16);
        var onA = device.allocate(16);
        var onB = device.allocate(16);
        var onSum = device.allocate(16)) {
      for (int i = 0; i < 4; i++) {
        a.segment().setAtIndex(JAVA_FLOAT, i, i);
        b.segment().setAtIndex(JAVA_FLOAT, i, 10 * i);
      }
      stream.copy(a, onA);
      stream.copy(b, onB);
      fake.calls();
      stream.launch(
          program.function("vector_add"),
          LaunchShape.covering(4, 256).withSharedBytes(8),
          onA,
          onB,
          onSum,
          4);
      assertThat(fake.calls())
          .containsExactly(
              "cuFuncLoad vector_add",
              "cuLaunchKernel vector_add grid=1,1,1 block=256,1,1 shared=8 bytes=28 s2");
      stream.copy(onSum, sum);
      assertThat(sum.segment().toArray(JAVA_FLOAT)).containsExactly(0, 11, 22, 33);
    }
  }

  @Test
  void kernel_withOtherArguments_isRefused() {
    try (var program = device.load(Kernels.ptx());
        var buffer = device.allocate(16)) {
      CudaFunction add = program.function("vector_add");
      assertThat(add.name()).isEqualTo("vector_add");
      LaunchShape one = LaunchShape.of(1, 1);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> stream.launch(add, one, buffer, buffer, buffer))
          .withMessageContaining("parameters=4, arguments=3");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> stream.launch(add, one, buffer, buffer, buffer, 4L))
          .withMessageContaining("number=3, argument=Long of 8 bytes, parameter's bytes=4");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> stream.launch(add, one, buffer, buffer, buffer, "4"))
          .withMessageContaining("type=java.lang.String");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> stream.launch(add, one, buffer, buffer, buffer, null))
          .withMessageContaining("kernel=vector_add, number=3, type=null");
    }
  }

  @Test
  void kernel_whoseParametersTheDriverDoesNotTell_takesWhatItIsGiven() {
    fake.with("parameters", 801);
    try (var program = device.load(Kernels.ptx());
        var buffer = device.allocate(16)) {
      CudaFunction add = program.function("vector_add");
      stream.launch(add, LaunchShape.of(1, 1), buffer, buffer, buffer, 4);
    }
  }

  @Test
  void program_thatDoesNotCompile_saysWhatTheCompilerSays() {
    assertThatThrownBy(() -> device.load("this is no program"))
        .isInstanceOf(DeviceException.class)
        .hasMessageContainingAll(
            "Fake GPU 0", "CUDA_ERROR_INVALID_PTX", "ptxas fatal : Unexpected text in line 1");
    assertThatThrownBy(() -> device.load("nor this".getBytes(StandardCharsets.US_ASCII)))
        .isInstanceOf(DeviceException.class);
  }

  @Test
  void program_withoutTheFunction_saysWhich() {
    try (var program = device.load(Kernels.ptx().getBytes(StandardCharsets.US_ASCII))) {
      assertThatThrownBy(() -> program.function("none"))
          .isInstanceOf(DeviceException.class)
          .hasMessageContainingAll("function=none", "CUDA_ERROR_NOT_FOUND");
    }
  }

  @Test
  void program_closed_isUnloadedWhenStreamsArePastIt() {
    CudaModule program = device.load(Kernels.ptx());
    CudaFunction read = program.function("vector_add");
    DeviceGate gate = driver.functions().gate().gate(stream);
    try (var buffer = device.allocate(16)) {
      stream.launch(read, LaunchShape.of(1, 1), buffer, buffer, buffer, 4);
      program.close();
      assertThat(fake.count("m")).isEqualTo(1);
      assertThatThrownBy(() -> program.function("vector_add")).hasMessageContaining("closed");
      assertThatThrownBy(() -> stream.launch(read, LaunchShape.of(1, 1), buffer, buffer, buffer, 4))
          .hasMessageContaining("closed");
    }
    gate.open(true);
    device.allocate(1).close();
    assertThat(fake.count("m")).isZero();
  }

  @Test
  void graph_captured_isLaunchedAsOneOperation_andKeepsItsMemory() {
    CudaBuffer buffer = device.allocate(64);
    fake.calls();
    CudaGraph graph =
        stream.capture(s -> {
          s.fill(buffer, (byte) 1);
          s.fill(buffer, 0, 2, 3);
        });
    assertThat(fake.calls())
        .containsExactly(
            "cuEventCreate e1 flags=2",
            "cuEventRecord e1 s2",
            "cuStreamBeginCapture s2 mode=2",
            "captured cuMemsetD8Async",
            "captured cuMemsetD32Async",
            "cuStreamEndCapture s2",
            "cuGraphInstantiateWithFlags x1 g1 flags=0",
            "cuGraphDestroy g1");
    buffer.close();
    stream.launch(graph);
    stream.launch(graph);
    assertThat(fake.calls()).containsExactly("cuGraphLaunch x1 s2", "cuGraphLaunch x1 s2");
    assertThat(fake.count("memory")).isEqualTo(64);
    graph.close();
    device.allocate(1).close();
    assertThat(fake.count("memory")).isZero();
    assertThat(fake.count("x")).isZero();
    assertThatThrownBy(() -> stream.launch(graph)).hasMessageContaining("closed");
  }

  @Test
  void capture_ofEventsGatesAndGraphs_isRefused() {
    try (var buffer = device.allocate(64);
        var graph = stream.capture(s -> s.fill(buffer, (byte) 1))) {
      var event = driver.functions().create().create(0, false);
      try (var none =
          stream.capture(s -> {
            assertThatThrownBy(() -> driver.functions().record().record(event, stream))
                .hasMessageContaining("an event must not be in a graph");
            assertThatThrownBy(() -> driver.functions().gate().gate(stream))
                .hasMessageContaining("a gate must not be in a graph");
            assertThatThrownBy(() -> s.launch(graph))
                .hasMessageContaining("a graph must not be in a graph");
            assertThatThrownBy(() -> s.capture(nobody -> {}))
                .hasMessageContaining("a graph must not be in a graph");
            Thread other =
                Thread.ofPlatform()
                    .start(() ->
                        assertThatThrownBy(() -> s.fill(buffer, (byte) 2))
                            .hasMessageContaining("by other threads"));
            join(other);
          })) {
        stream.launch(none);
      }
    }
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void capture_ofWhatIsOfAnotherDevice_isRefused() {
    try (var mine = device.allocate(64);
        var buffer = driver.device(1).allocate(64);
        var host = driver.device(1).allocateHost(64);
        var none =
            stream.capture(s -> {
              assertThatThrownBy(() -> s.copy(mine, buffer))
                  .hasMessageContaining("what is of two devices must not be in a graph");
              assertThatThrownBy(() -> s.copy(host, mine))
                  .hasMessageContaining("what is of two devices must not be in a graph");
            })) {
      stream.launch(none);
      stream.copy(host, mine);
    }
  }

  @Test
  void capture_ofWorkThatThrows_leavesTheStreamAsItWas() {
    try (var buffer = device.allocate(64)) {
      assertThatThrownBy(() ->
              stream.capture(s -> {
                s.fill(buffer, (byte) 1);
                throw new IllegalStateException("of the test");
              }))
          .hasMessage("of the test");
      assertThat(fake.count("g")).isZero();
      fake.calls();
      stream.fill(buffer, (byte) 1);
      assertThat(fake.calls()).containsExactly("cuMemsetD8Async 1 64 s2");
    }
    assertThat(fake.count("memory")).isZero();
  }

  @Test
  void capture_thatTheDriverRefuses_saysWhy() {
    fake.with("begin", 901);
    assertThatThrownBy(() -> stream.capture(s -> {}))
        .hasMessageContainingAll("cuStreamBeginCapture", "STREAM_CAPTURE_INVALIDATED");
  }

  @Test
  void kernel_thatFaults_failsTheRest_untilTheDeviceIsRenewed() {
    CudaModule program = device.load(Kernels.ptx());
    CudaHostBuffer host = device.allocateHost(16);
    CudaBuffer buffer = device.allocate(16);
    stream.launch(program.function("read_nowhere"), LaunchShape.of(1, 1), buffer);
    assertThatThrownBy(() -> stream.copy(host, buffer))
        .hasMessageContaining("an illegal memory access was encountered");
    buffer.close();
    driver.renew(0);
    assertThatThrownBy(() -> host.segment().get(JAVA_INT, 0))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> program.function("vector_add")).hasMessageContaining("renewed");
    host.close();
    program.close();
    try (var next = device.allocate(16)) {
      driver.openStream(0, StreamOptions.DEFAULT).fill(next, (byte) 1);
    }
  }

  @Test
  void close_ofTheDriver_endsWhatIsLeft() {
    CudaHostBuffer host = device.allocateHost(16);
    CudaBuffer buffer = device.allocate(16);
    CudaGraph graph = stream.capture(s -> s.fill(buffer, (byte) 1));
    driver.closeStream(stream);
    driver.close();
    assertThat(fake.count("memory")).isZero();
    assertThatThrownBy(() -> host.segment().get(JAVA_INT, 0))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> device.allocate(1)).isInstanceOf(DeviceException.class);
    graph.close();
    buffer.close();
    host.close();
  }
}
