package dev.carillon.tools;

import dev.carillon.device.DeviceSupport;
import dev.carillon.device.Devices;
import dev.carillon.event.EventSystem;
import dev.carillon.spi.DeviceInfo;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Prints what of this machine Carillon can use. */
@Command(
    name = "doctor",
    description = {
      "Prints what of this machine Carillon can use: the JDK, the processors, and the devices of"
          + " OpenCL and CUDA, with the versions of their drivers; and of what is missing, what was"
          + " looked for and how to get it."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  carillon doctor",
      "  carillon doctor --json | jq 'select(.missing)'",
      "",
      "Exit codes: 0 printed, whatever is missing, 2 wrong use"
    })
final class DoctorCommand implements Callable<Integer> {
  private static final String INDENT = " ".repeat(10);

  private final Supplier<List<DeviceSupport>> support;

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help message and exit.")
  @SuppressWarnings("UnusedVariable") // picocli sees to it
  private boolean help;

  @Option(names = "--json", description = "Print one JSON object a line.")
  private boolean json;

  /** Used by picocli. */
  DoctorCommand() {
    this(DoctorCommand::support);
  }

  DoctorCommand(Supplier<List<DeviceSupport>> support) {
    this.support = support;
  }

  private static List<DeviceSupport> support() {
    try (EventSystem events = EventSystem.create();
        Devices devices = Devices.open(events)) {
      return devices.support();
    }
  }

  @Override
  public Integer call() {
    CommandLine commandLine = Objects.requireNonNull(spec).commandLine();
    PrintWriter out = commandLine.getOut();
    List<DeviceSupport> found = support.get();
    (json ? json(found) : text(found)).forEach(out::println);
    out.flush();
    return ExitCode.OK;
  }

  private static String java() {
    return "%s %s in %s"
        .formatted(
            System.getProperty("java.vm.name"), Runtime.version(), System.getProperty("java.home"));
  }

  private static String system() {
    return "%s %s, %s"
        .formatted(
            System.getProperty("os.name"),
            System.getProperty("os.version"),
            System.getProperty("os.arch"));
  }

  private static List<String> text(List<DeviceSupport> found) {
    List<String> lines = new ArrayList<>();
    lines.add(line("java", java()));
    lines.add(line("system", system()));
    for (DeviceSupport kind : found) {
      String missing = kind.missing();
      if (missing != null) {
        lines.add(line(kind.kind().name(), "not available"));
        lines.add(INDENT + missing);
        continue;
      }
      lines.add(line(kind.kind().name(), kind.version()));
      for (DeviceInfo device : kind.devices()) {
        lines.add(INDENT + device.id() + "  " + device.name() + memory(device.memory()));
        device
            .properties()
            .forEach((name, value) -> lines.add("%s  %s: %s".formatted(INDENT, name, value)));
      }
    }
    return lines;
  }

  private static String line(String what, String text) {
    return "%-10s%s".formatted(what, text);
  }

  private static String memory(long bytes) {
    return bytes == 0 ? "" : ", %,d MiB".formatted(bytes >> 20);
  }

  private static List<String> json(List<DeviceSupport> found) {
    List<String> lines = new ArrayList<>();
    lines.add(new JsonText.Line().with("java", java()).with("system", system()).end());
    for (DeviceSupport kind : found) {
      String missing = kind.missing();
      if (missing != null) {
        lines.add(
            new JsonText.Line().with("kind", kind.kind().name()).with("missing", missing).end());
      }
      for (DeviceInfo device : kind.devices()) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("kind", kind.kind().name());
        members.put("driver", kind.version());
        members.put("device", device.id());
        members.put("name", device.name());
        members.put("memory", device.memory());
        members.put("properties", device.properties());
        lines.add(JsonText.object(members));
      }
    }
    return lines;
  }
}
