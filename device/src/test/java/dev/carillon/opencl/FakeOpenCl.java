package dev.carillon.opencl;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.spi.StreamOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * A library of OpenCL without a device, compiled from fake_opencl.c with the machine's compiler.
 */
@SuppressWarnings("restricted")
final class FakeOpenCl {
  private static final ConcurrentHashMap<List<String>, FakeOpenCl> COMPILED =
      new ConcurrentHashMap<>();

  private final String library;
  private final SymbolLookup symbols;

  private FakeOpenCl(List<String> definitions) {
    library = compile(definitions).toString();
    symbols = SymbolLookup.libraryLookup(library, Arena.global());
  }

  /** {@return the library, as it is in the beginning} */
  static FakeOpenCl fresh(String... definitions) {
    FakeOpenCl fake = COMPILED.computeIfAbsent(List.of(definitions), FakeOpenCl::new);
    fake.call("fake_reset", FunctionDescriptor.ofVoid());
    return fake;
  }

  private static Path compile(List<String> definitions) {
    try (InputStream source = FakeOpenCl.class.getResourceAsStream("fake_opencl.c")) {
      Path directory = Files.createTempDirectory("fake-opencl");
      Path text = Files.write(directory.resolve("fake_opencl.c"), source.readAllBytes());
      Path made = directory.resolve("libfakeopencl.so");
      Stream.of(directory, text, made).forEach(path -> path.toFile().deleteOnExit());
      var command = new ArrayList<>(List.of("cc", "-shared", "-fPIC", "-O1", "-Wl,-Bsymbolic"));
      definitions.forEach(definition -> command.add("-D" + definition));
      command.addAll(List.of("-o", made.toString(), text.toString(), "-lpthread"));
      Process compiler;
      try {
        compiler = new ProcessBuilder(command).redirectErrorStream(true).start();
      } catch (IOException e) {
        throw new AssertionError("these tests need a C compiler: apt-get install gcc", e);
      }
      String said = new String(compiler.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(compiler.waitFor()).as(said).isZero();
      return made;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private Object call(String function, FunctionDescriptor form, Object... with) {
    MemorySegment address = symbols.find(function).orElseThrow();
    try {
      return Linker.nativeLinker().downcallHandle(address, form).invokeWithArguments(with);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /**
   * Sets how it behaves: what of it fails when it is called the next time but so many, and others.
   */
  FakeOpenCl with(String what, long value) {
    MemoryLayout[] forms = {ADDRESS, JAVA_LONG};
    try (Arena arena = Arena.ofConfined()) {
      call("fake_set", FunctionDescriptor.ofVoid(forms), arena.allocateFrom(what), value);
    }
    return this;
  }

  /** {@return how many objects of a kind are not released, or another number; see fake_get} */
  long count(String what) {
    try (Arena arena = Arena.ofConfined()) {
      return (long)
          call("fake_get", FunctionDescriptor.of(JAVA_LONG, ADDRESS), arena.allocateFrom(what));
    }
  }

  OpenClProvider provider() {
    return new OpenClProvider(List.of(library));
  }

  ClDriver open() {
    return (ClDriver) provider().open();
  }

  /** {@return a new stream of the first device} */
  static CommandQueue stream(ClDriver driver, boolean isOrdered) {
    var options = StreamOptions.DEFAULT;
    return driver.openStream(0, isOrdered ? options : options.withoutOrder());
  }

  /** {@return a new event, recorded} */
  static MarkerEvent record(ClDriver driver, CommandQueue stream) {
    MarkerEvent event = driver.functions().create().create(0, false);
    stream.record(event);
    return event;
  }

  /** Checks that everything was released, and nothing twice or too early. */
  void checkAllIsReleased() {
    for (String kind : List.of("event", "queue", "kernel", "program", "buffer", "context")) {
      assertThat(count(kind)).as(kind + "s that are left").isZero();
    }
    assertThat(count("bad")).as("uses of what was released").isZero();
  }
}
