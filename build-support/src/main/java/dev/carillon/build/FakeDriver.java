package dev.carillon.build;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.SymbolLookup;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * A driver of a device that tests write in C, compiled with the machine's compiler. Its library has
 * functions by which tests have it behave: {@code fake_reset()}, {@code fake_set(text, number)} and
 * {@code fake_get(text)}, which gives a number.
 */
@SuppressWarnings("restricted") // needs --enable-native-access
public final class FakeDriver {
  private record Source(Class<?> beside, String name, List<String> definitions) {}

  private static final ConcurrentHashMap<Source, FakeDriver> COMPILED = new ConcurrentHashMap<>();

  private final Path library;
  private final SymbolLookup symbols;

  private FakeDriver(Source source) {
    library = compile(source);
    symbols = SymbolLookup.libraryLookup(library, Arena.global());
  }

  /**
   * {@return the driver, as it is in the beginning; compiled once, and there until the process
   * ends}
   *
   * @param beside a class in the package of the source
   * @param name the name of the source, without {@code .c}
   * @param definitions what is defined as it is compiled, as {@code NAME=value}
   */
  public static FakeDriver fresh(Class<?> beside, String name, String... definitions) {
    var source = new Source(beside, name, List.of(definitions));
    FakeDriver fake = COMPILED.computeIfAbsent(source, FakeDriver::new);
    fake.call("fake_reset", FunctionDescriptor.ofVoid());
    return fake;
  }

  private static Path compile(Source source) {
    String name = source.name();
    try (InputStream text = source.beside().getResourceAsStream(name + ".c")) {
      if (text == null) {
        throw new AssertionError("no source beside " + source.beside() + ": name=" + name);
      }
      Path directory = Files.createTempDirectory(name);
      Path code = Files.write(directory.resolve(name + ".c"), text.readAllBytes());
      Path made = directory.resolve("lib" + name + ".so");
      Stream.of(directory, code, made).forEach(path -> path.toFile().deleteOnExit());
      var command = new ArrayList<>(List.of("cc", "-shared", "-fPIC", "-O1", "-Wl,-Bsymbolic"));
      source.definitions().forEach(definition -> command.add("-D" + definition));
      command.addAll(List.of("-o", made.toString(), code.toString(), "-ldl", "-lpthread"));
      run(command);
      return made;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void run(List<String> command) throws IOException {
    Process compiler;
    try {
      compiler = new ProcessBuilder(command).redirectErrorStream(true).start();
    } catch (IOException e) {
      throw new AssertionError("these tests need a C compiler: apt-get install gcc", e);
    }
    String said = new String(compiler.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (compiler.waitFor() != 0) {
        throw new AssertionError(said);
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** {@return the library's file} */
  public Path library() {
    return library;
  }

  /**
   * {@return what a function of the library gives}
   *
   * @param function its name
   * @param form its result and arguments
   * @param with the arguments
   */
  public Object call(String function, FunctionDescriptor form, Object... with) {
    try {
      return Linker.nativeLinker()
          .downcallHandle(symbols.findOrThrow(function), form)
          .invokeWithArguments(with);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /** Sets how it behaves; its source says what there is. */
  public void set(String what, long value) {
    MemoryLayout[] forms = {ADDRESS, JAVA_LONG};
    try (Arena arena = Arena.ofConfined()) {
      call("fake_set", FunctionDescriptor.ofVoid(forms), arena.allocateFrom(what), value);
    }
  }

  /** {@return what it counts; its source says what there is} */
  public long get(String what) {
    try (Arena arena = Arena.ofConfined()) {
      return (long)
          call("fake_get", FunctionDescriptor.of(JAVA_LONG, ADDRESS), arena.allocateFrom(what));
    }
  }
}
