package dev.carillon.opencl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.spi.DeviceException;
import dev.carillon.spi.DriverStatus;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Memory, programs and kernels: results, and what is said of mistakes. */
final class KernelTest {
  private static final String MATRICES =
      """
      #define TILE 8
      kernel void multiply(global const float *a, global const float *b, global float *c, int n,
                           local float *tileA, local float *tileB) {
        int row = get_global_id(1), column = get_global_id(0);
        int y = get_local_id(1), x = get_local_id(0);
        float sum = 0;
        for (int t = 0; t < n; t += TILE) {
          tileA[y * TILE + x] = a[row * n + t + x];
          tileB[y * TILE + x] = b[(t + y) * n + column];
          barrier(CLK_LOCAL_MEM_FENCE);
          for (int k = 0; k < TILE; k++) {
            sum += tileA[y * TILE + k] * tileB[k * TILE + x];
          }
          barrier(CLK_LOCAL_MEM_FENCE);
        }
        c[row * n + column] = sum;
      }
      """;
  private static final String KINDS =
      """
      kernel void kinds(global long *to, char b, short s, int i, long l, float f, double d, int2 v) {
        to[0] = b; to[1] = s; to[2] = i; to[3] = l; to[4] = f; to[5] = d; to[6] = v.x; to[7] = v.y;
      }
      """;

  private final OpenClHere here = OpenClHere.open();

  @AfterEach
  void close() {
    here.close();
  }

  @Test
  void launch_vectorAdd_addsThem() throws Exception {
    int n = 10_000;
    int[] a = new Random(1).ints(n).toArray();
    int[] b = new Random(2).ints(n).toArray();
    String source =
        "kernel void add(global const int *a, global const int *b, global int *c)"
            + " { int i = get_global_id(0); c[i] = a[i] + b[i]; }";
    try (Arena arena = Arena.ofShared();
        OpenClProgram program = here.device.build(source);
        OpenClKernel add = program.newKernel("add");
        OpenClBuffer bufferA = here.device.newBuffer(4L * n);
        OpenClBuffer bufferB = here.device.newBuffer(4L * n);
        OpenClBuffer bufferC = here.device.newBuffer(4L * n)) {
      assertThat(add.parameters()).isEqualTo(3);
      OpenClStream stream = here.ordered();
      MemorySegment result = arena.allocate(4L * n, 8);
      stream.write(bufferA, 0, MemorySegment.ofArray(a.clone()));
      stream.write(bufferB, 0, arena.allocateFrom(ValueLayout.JAVA_INT, b));
      stream.launch(add, OpenClRange.of(n), bufferA, bufferB, bufferC);
      stream.read(bufferC, 0, result);
      assertThat(here.finish((CommandQueue) stream)).isEqualTo(DriverStatus.COMPLETE);
      assertThat(result.toArray(ValueLayout.JAVA_INT))
          .isEqualTo(IntStream.range(0, n).map(i -> a[i] + b[i]).toArray());
    }
  }

  @Test
  void launch_matrixMultiplyInGroups_multipliesThem() throws Exception {
    int n = 64;
    var random = new Random(3);
    float[] a = new float[n * n];
    float[] b = new float[n * n];
    for (int i = 0; i < n * n; i++) {
      a[i] = random.nextInt(100); // whole numbers, so that the order of sums is of no matter
      b[i] = random.nextInt(100);
    }
    float[] expected = new float[n * n];
    for (int i = 0; i < n * n; i++) {
      for (int k = 0; k < n; k++) {
        expected[i] += a[i / n * n + k] * b[k * n + i % n];
      }
    }
    try (Arena arena = Arena.ofShared();
        OpenClProgram program = here.device.build(MATRICES, "-cl-std=CL1.2");
        OpenClKernel multiply = program.newKernel("multiply");
        OpenClBuffer bufferA = here.device.newBuffer(4L * n * n);
        OpenClBuffer bufferB = here.device.newBuffer(4L * n * n);
        OpenClBuffer bufferC = here.device.newBuffer(4L * n * n)) {
      CommandQueue stream = here.ordered();
      stream.write(bufferA, 0, MemorySegment.ofArray(a));
      stream.write(bufferB, 0, MemorySegment.ofArray(b));
      var tile = new OpenClLocal(8 * 8 * 4);
      var range = OpenClRange.of(n, n).inGroupsOf(8, 8);
      stream.launch(multiply, range, bufferA, bufferB, bufferC, n, tile, tile);
      MemorySegment result = arena.allocate(4L * n * n, 8);
      stream.read(bufferC, 0, result);
      assertThat(here.finish(stream)).isEqualTo(DriverStatus.COMPLETE);
      assertThat(result.toArray(ValueLayout.JAVA_FLOAT)).isEqualTo(expected);
    }
  }

  @Test
  void launch_argumentsOfAllTypes_arriveAsTheyAre() throws Exception {
    try (OpenClProgram program = here.device.build(KINDS);
        OpenClKernel kinds = program.newKernel("kinds");
        OpenClBuffer buffer = here.device.newBuffer(64)) {
      CommandQueue stream = here.ordered();
      MemorySegment pair = MemorySegment.ofArray(new int[] {8, 9});
      stream.launch(
          kinds, OpenClRange.of(1), buffer, (byte) -1, (short) 2, 3, 1L << 40, 5f, 6d, pair);
      assertThat(longs(stream, buffer, 8)).containsExactly(-1, 2, 3, 1L << 40, 5, 6, 8, 9);
    }
  }

  @Test
  void copyAndFill_ofParts_moveThose() throws Exception {
    try (OpenClBuffer one = here.device.newBuffer(64);
        OpenClBuffer other = here.device.newBuffer(64)) {
      CommandQueue stream = here.ordered();
      stream.fill(one, 0, 64, 0);
      stream.fill(other, 0, 64, 0);
      stream.fill(one, 16, 8, 0x01020304);
      stream.copy(one, 16, other, 40, 8);
      stream.copy(other, 40, other, 0, 8);
      long filled = 0x0102030401020304L;
      assertThat(longs(stream, one, 8)).containsExactly(0, 0, filled, 0, 0, 0, 0, 0);
      assertThat(longs(stream, other, 8)).containsExactly(filled, 0, 0, 0, 0, filled, 0, 0);
    }
  }

  @Test
  void write_array_isCopiedAtOnce() throws Exception {
    try (OpenClBuffer buffer = here.device.newBuffer(8)) {
      CommandQueue stream = here.ordered();
      var gate = stream.gate();
      long[] content = {42};
      stream.write(buffer, 0, MemorySegment.ofArray(content));
      content[0] = 7;
      gate.open(true);
      assertThat(longs(stream, buffer, 1)).containsExactly(42);
    }
  }

  @Test
  void build_sourceWithAMistake_throwsWithTheLog() {
    assertThatThrownBy(() -> here.device.build("kernel void broken(global int *a) { nonsense; }"))
        .isInstanceOf(DeviceException.class)
        .hasMessageContaining("clBuildProgram failed: -11 CL_BUILD_PROGRAM_FAILURE")
        .hasMessageContaining("nonsense");
  }

  @Test
  void newKernel_unknownName_namesIt() {
    try (OpenClProgram program = here.device.build(OpenClHere.SOURCE)) {
      assertThatThrownBy(() -> program.newKernel("missing"))
          .isInstanceOf(DeviceException.class)
          .hasMessageContaining("clCreateKernel of \"missing\" failed: -46 CL_INVALID_KERNEL_NAME");
    }
  }

  @Test
  void launch_wrongArguments_saysWhich() {
    try (OpenClProgram program = here.device.build(OpenClHere.SOURCE);
        OpenClKernel add = program.newKernel("add");
        OpenClBuffer buffer = here.device.newBuffer(64)) {
      CommandQueue stream = here.ordered();
      var range = OpenClRange.of(4);
      assertThatThrownBy(() -> stream.launch(add, range, buffer))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("kernel=add parameters=2 arguments=1");
      assertThatThrownBy(() -> stream.launch(add, range, buffer, "text"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("index=1 type=String");
      assertThatThrownBy(() -> stream.launch(add, range, buffer, 1L))
          .isInstanceOf(DeviceException.class)
          .hasMessageContaining("clSetKernelArg of argument 1 with 8 bytes failed: -51");
    }
  }

  // Each of these ends the process where PoCL gets it.
  @Test
  void launch_argumentsOfAnotherPlace_areRefused() throws Exception {
    String source =
        """
        kernel void places(global int *to, constant int *from, local int *group, long number) {
          group[0] = from[0];
          to[0] = group[0] + number;
        }
        """;
    try (OpenClProgram program = here.device.build(source);
        OpenClKernel places = program.newKernel("places");
        OpenClBuffer buffer = here.device.newBuffer(64);
        OpenClBuffer from = here.device.newBuffer(64)) {
      CommandQueue stream = here.ordered();
      var range = OpenClRange.of(1);
      var local = new OpenClLocal(64);
      Object[] right = {buffer, from, local, 5L};
      Object[][] wrong = {
        {5L, local, MemorySegment.ofArray(new long[1])},
        {5L, local, 7},
        {buffer, 4, new OpenClLocal(1L << 62), new OpenClLocal(1L << 34)},
        {buffer, local}
      };
      for (int i = 0; i < wrong.length; i++) {
        int index = i;
        for (Object argument : wrong[i]) {
          Object[] arguments = right.clone();
          arguments[i] = argument;
          assertThatThrownBy(() -> stream.launch(places, range, arguments))
              .isInstanceOf(IllegalArgumentException.class)
              .hasMessageContaining("kernel=places index=" + index);
        }
      }
      stream.fill(from, 0, 64, 1);
      stream.launch(places, range, right);
      assertThat((int) longs(stream, buffer, 1)[0]).isEqualTo(6);
    }
  }

  @Test
  void streamMethods_outOfRange_stateRuleAndValue() {
    CommandQueue stream = here.ordered();
    try (Arena arena = Arena.ofConfined();
        OpenClBuffer buffer = here.device.newBuffer(64)) {
      MemorySegment memory = arena.allocate(32, 8);
      assertThatThrownBy(() -> stream.write(buffer, 40, memory))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("offset=40 bytes=32 size=64");
      assertThatThrownBy(() -> stream.read(buffer, -1, memory))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> stream.read(buffer, 0, MemorySegment.ofArray(new long[1])))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("native memory");
      assertThatThrownBy(() -> stream.copy(buffer, 0, buffer, 8, 16))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("must not overlap");
      assertThatThrownBy(() -> stream.fill(buffer, 2, 8, 0))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("offset=2 bytes=8");
    }
    assertThatThrownBy(() -> OpenClRange.of()).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> OpenClRange.of(4, 0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> OpenClRange.of(1L << 62, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("fewer than 2^63 work items");
    assertThatThrownBy(() -> OpenClRange.of(4).inGroupsOf(2, 2))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> here.device.newBuffer(0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new OpenClLocal(0)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void use_afterClose_throwsAndWorkUnderWayEnds() throws Exception {
    OpenClProgram program = here.device.build(OpenClHere.SOURCE);
    OpenClKernel slow = program.newKernel("slow");
    OpenClBuffer buffer = here.device.newBuffer(4096);
    CommandQueue stream = here.ordered();
    stream.fill(buffer, 0, 4096, 1);
    var gate = stream.gate();
    stream.launch(slow, OpenClRange.of(1024), buffer, 10_000);
    MarkerEvent event = here.record(stream);
    program.close();
    slow.close();
    slow.close();
    buffer.close();
    gate.open(true);
    assertThat(here.finish(event)).isEqualTo(DriverStatus.COMPLETE);
    assertThatThrownBy(() -> stream.launch(slow, OpenClRange.of(1), buffer, 1))
        .isInstanceOf(DeviceException.class)
        .hasMessageContaining("the kernel \"slow\" must not be used after it was closed");
    assertThatThrownBy(() -> stream.fill(buffer, 0, 4, 1))
        .isInstanceOf(DeviceException.class)
        .hasMessageContaining("a buffer must not be used after it was closed");
    assertThatThrownBy(() -> program.newKernel("add")).isInstanceOf(DeviceException.class);
  }

  private long[] longs(CommandQueue stream, OpenClBuffer buffer, int count) throws Exception {
    MemorySegment result = Arena.ofAuto().allocate(8L * count, 8);
    stream.read(buffer, 0, result);
    assertThat(here.finish(stream)).isEqualTo(DriverStatus.COMPLETE);
    return result.toArray(ValueLayout.JAVA_LONG);
  }
}
