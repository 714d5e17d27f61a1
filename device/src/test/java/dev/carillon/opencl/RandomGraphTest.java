package dev.carillon.opencl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Covers;
import dev.carillon.build.Gen;
import dev.carillon.build.Patience;
import dev.carillon.build.Property;
import dev.carillon.build.Workers;
import dev.carillon.device.Device;
import dev.carillon.device.DeviceEvent;
import dev.carillon.device.DeviceEventStatus;
import dev.carillon.device.DeviceStream;
import dev.carillon.device.Devices;
import dev.carillon.event.Event;
import dev.carillon.event.EventSystem;
import dev.carillon.spi.DeviceKind;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Random graphs of kernels on many streams of many threads, held against plain Java. */
@Covers("C4")
final class RandomGraphTest {
  private static final int CASES = 3;
  private static final int THREADS = 16;
  private static final int STREAMS = 4;
  private static final int NODES = 60; // of each thread
  private static final int ALL = THREADS * NODES;
  private static final String SOURCE =
      """
      kernel void node(global int *cells, int self, int a, int b, int seed) {
        cells[self] = cells[a] * 31 + cells[b] * 17 + seed;
      }
      """;

  /**
   * A node: a kernel that makes its number of those of two others.
   *
   * @param cell where its number is
   * @param value what it must be
   * @param isFailed whether something that it comes after has failed
   * @param event recorded behind it
   */
  private record Node(int cell, int value, boolean isFailed, DeviceEvent event) {}

  @TestFactory
  Stream<DynamicTest> graphs_onManyStreams_giveTheNumbersOfPlainJava() {
    return Property.check("graphs on OpenCL", CASES, RandomGraphTest::check);
  }

  private static void check(Gen gen) throws Exception {
    OpenClHere.open().close(); // says so if there is no driver
    boolean hasFailures = gen.chance(0.5);
    try (EventSystem events = EventSystem.create();
        Devices devices = Devices.open(events)) {
      Device device = devices.device(DeviceKind.OPENCL, 0);
      OpenClDevice openCl = device.as(OpenClDevice.class);
      try (OpenClProgram program = openCl.build(SOURCE);
          OpenClBuffer cells = openCl.newBuffer(4L * (ALL + 1))) {
        DeviceStream setUp = device.newStream();
        setUp.as(OpenClStream.class).fill(cells, 0, cells.size(), 1);
        DeviceEvent filled = setUp.record();
        Node first = new Node(ALL, 1, false, filled);
        var nodes = new AtomicReferenceArray<Node>(ALL);
        var made = new AtomicInteger();
        try (var workers = new Workers()) {
          for (int i = 0; i < THREADS; i++) {
            var builder =
                new Builder(gen.split(), events, device, program, cells, first, nodes, made);
            builder.hasFailures = hasFailures;
            workers.start(builder::run);
          }
        }
        verify(device, cells, nodes);
      }
    }
  }

  private static void verify(Device device, OpenClBuffer cells, AtomicReferenceArray<Node> nodes)
      throws Exception {
    try (Arena arena = Arena.ofShared();
        DeviceStream stream = device.newStream()) {
      for (int i = 0; i < ALL; i++) {
        Node node = nodes.get(i);
        assertThat(node.event().finish(Patience.LONG))
            .as(node.event()::explain)
            .isEqualTo(node.isFailed() ? DeviceEventStatus.FAILED : DeviceEventStatus.SUCCESS);
      }
      MemorySegment result = arena.allocate(4L * ALL, 4);
      stream.as(OpenClStream.class).read(cells, 0, result);
      assertThat(stream.finish()).isEqualTo(DeviceEventStatus.SUCCESS);
      for (int i = 0; i < ALL; i++) {
        Node node = nodes.get(i);
        if (!node.isFailed()) {
          assertThat(result.getAtIndex(ValueLayout.JAVA_INT, node.cell())).isEqualTo(node.value());
        }
      }
    }
  }

  /** What one thread does: it adds nodes to its streams, behind nodes of any thread. */
  private static final class Builder {
    private final Gen gen;
    private final EventSystem events;
    private final OpenClProgram program;
    private final OpenClBuffer cells;
    private final Node first;
    private final AtomicReferenceArray<Node> nodes; // published when the event is recorded
    private final AtomicInteger made;
    private final List<DeviceStream> streams = new ArrayList<>();
    private final boolean[] isFailed = new boolean[STREAMS];
    private final List<Event> closed = new ArrayList<>(); // what streams wait for by gates
    boolean hasFailures;

    Builder(
        Gen gen,
        EventSystem events,
        Device device,
        OpenClProgram program,
        OpenClBuffer cells,
        Node first,
        AtomicReferenceArray<Node> nodes,
        AtomicInteger made) {
      this.gen = gen;
      this.events = events;
      this.program = program;
      this.cells = cells;
      this.first = first;
      this.nodes = nodes;
      this.made = made;
      for (int i = 0; i < STREAMS; i++) {
        boolean isOrdered = gen.chance(0.6);
        streams.add(device.newStream(o -> isOrdered ? o : o.withoutOrder()));
      }
    }

    void run() {
      try (OpenClKernel kernel = program.newKernel("node")) {
        for (int i = 0; i < NODES; i++) {
          int at = gen.intBetween(0, STREAMS - 1);
          if (gen.chance(0.15)) {
            putGate(at);
          }
          add(kernel, at);
          if (!closed.isEmpty() && gen.chance(0.3)) {
            closed.remove(gen.intBetween(0, closed.size() - 1)).trigger();
          }
        }
      } finally {
        closed.forEach(Event::trigger);
      }
    }

    private void putGate(int at) {
      Event event = events.newEvent();
      streams.get(at).waitFor(event);
      if (hasFailures && gen.chance(0.1)) {
        isFailed[at] = true;
        event.poison("of the test");
      } else {
        closed.add(event);
      }
    }

    private void add(OpenClKernel kernel, int at) {
      DeviceStream stream = streams.get(at);
      Node a = before(at);
      Node b = before(at);
      int seed = gen.intBetween(0, 1 << 20);
      for (Node node : List.of(a, b)) {
        stream.waitFor(node.event());
        isFailed[at] |= node.isFailed();
      }
      int cell = made.getAndIncrement();
      stream
          .as(OpenClStream.class)
          .launch(kernel, OpenClRange.of(1), cells, cell, a.cell(), b.cell(), seed);
      int value = a.value() * 31 + b.value() * 17 + seed;
      nodes.set(cell, new Node(cell, value, isFailed[at], stream.record()));
    }

    // Of any thread. Failures are to spread, but not to all.
    private Node before(int at) {
      for (int tries = 0; tries < 10; tries++) {
        Node node = nodes.get(gen.intBetween(0, Math.min(made.get(), ALL - 1)));
        if (node != null && (!node.isFailed() || isFailed[at] || gen.chance(0.02))) {
          return node;
        }
      }
      return first;
    }
  }
}
