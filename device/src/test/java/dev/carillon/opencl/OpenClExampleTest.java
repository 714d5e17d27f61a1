package dev.carillon.opencl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.device.Device;
import dev.carillon.device.DeviceStream;
import dev.carillon.device.Devices;
import dev.carillon.event.EventSystem;
import dev.carillon.spi.DeviceKind;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The program that docs/devices-opencl.md shows. */
final class OpenClExampleTest {
  @Test
  void program_run_doublesTheNumbers() throws Exception {
    OpenClHere.open().close(); // says so if there is no driver
    try (EventSystem events = EventSystem.create()) {
      assertThat(doubled(events, new int[] {1, 2, 3})).containsExactly(2, 4, 6);
    }
  }

  private static int[] doubled(EventSystem events, int[] numbers) throws Exception {
    // @start region=opencl
    String source =
        """
        kernel void twice(global int *numbers) {
          numbers[get_global_id(0)] *= 2;
        }
        """;
    long bytes = 4L * numbers.length;
    try (Devices devices = Devices.open(events);
        DeviceStream stream = devices.device(DeviceKind.OPENCL, 0).newStream();
        Arena arena = Arena.ofShared()) {
      Device device = stream.device();
      OpenClDevice memory = device.as(OpenClDevice.class);
      OpenClStream commands = stream.as(OpenClStream.class);
      try (OpenClProgram program = memory.build(source);
          OpenClKernel twice = program.newKernel("twice");
          OpenClBuffer buffer = memory.newBuffer(bytes)) {
        MemorySegment result = arena.allocate(bytes, 4);
        commands.write(buffer, 0, MemorySegment.ofArray(numbers));
        commands.launch(twice, OpenClRange.of(numbers.length), buffer);
        commands.read(buffer, 0, result);
        stream.record().await();
        return result.toArray(ValueLayout.JAVA_INT);
      }
    }
    // @end
  }

  @Test
  void document_showsThatProgram() throws Exception {
    String test = "device/src/test/java/dev/carillon/opencl/OpenClExampleTest.java";
    Path root = Path.of("").toAbsolutePath();
    if (!Files.exists(root.resolve(test))) {
      root = root.getParent();
    }
    String shown =
        Files.readString(root.resolve(test))
            .replaceAll("(?s)^.*?@start region=opencl\\n(.*?)\\n *// @end.*$", "$1")
            .stripIndent();
    assertThat(Files.readString(root.resolve("docs/devices-opencl.md")))
        .contains("```java\n" + shown + "\n```");
  }
}
