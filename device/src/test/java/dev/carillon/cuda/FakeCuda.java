package dev.carillon.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;

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

/** A driver without a GPU, compiled from fake_cuda.c with the machine's compiler. */
@SuppressWarnings("restricted")
final class FakeCuda {
  private static final ConcurrentHashMap<List<String>, FakeCuda> COMPILED =
      new ConcurrentHashMap<>();
  private static final long LONGEST_LOG = 1L << 24;

  private final String library;
  private final SymbolLookup symbols;

  private FakeCuda(List<String> definitions) {
    library = compile(definitions).toString();
    symbols = SymbolLookup.libraryLookup(library, Arena.global());
  }

  /** {@return the driver, as it is in the beginning} */
  static FakeCuda fresh(String... definitions) {
    FakeCuda fake = COMPILED.computeIfAbsent(List.of(definitions), FakeCuda::new);
    fake.call("fake_reset");
    return fake;
  }

  /** {@return it in a file that is there until this process ends} */
  static Path compile(List<String> definitions) {
    try (InputStream source = FakeCuda.class.getResourceAsStream("fake_cuda.c")) {
      Path directory = Files.createTempDirectory("fake-cuda");
      Path text = Files.write(directory.resolve("fake_cuda.c"), source.readAllBytes());
      Path made = directory.resolve("libfakecuda.so");
      var command = new ArrayList<>(List.of("cc", "-shared", "-fPIC", "-O1", "-Wl,-Bsymbolic"));
      definitions.forEach(definition -> command.add("-D" + definition));
      command.addAll(List.of("-o", made.toString(), text.toString(), "-ldl", "-lpthread"));
      Process compiler;
      try {
        compiler = new ProcessBuilder(command).redirectErrorStream(true).start();
      } catch (IOException e) {
        throw new AssertionError("these tests need a C compiler: apt-get install gcc", e);
      }
      String said = new String(compiler.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(compiler.waitFor()).as(said).isZero();
      text.toFile().deleteOnExit();
      made.toFile().deleteOnExit();
      directory.toFile().deleteOnExit();
      return made;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private Object call(String function, MemoryLayout result, MemoryLayout[] forms, Object... with) {
    MemorySegment address = symbols.find(function).orElseThrow();
    FunctionDescriptor form =
        result == null ? FunctionDescriptor.ofVoid(forms) : FunctionDescriptor.of(result, forms);
    try {
      return Linker.nativeLinker().downcallHandle(address, form).invokeWithArguments(with);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  private void call(String function) {
    call(function, null, new MemoryLayout[0]);
  }

  /** Sets how it behaves; see fake_set. */
  FakeCuda with(String what, long value) {
    try (Arena arena = Arena.ofConfined()) {
      call(
          "fake_set",
          null,
          new MemoryLayout[] {ADDRESS, JAVA_LONG},
          arena.allocateFrom(what),
          value);
    }
    return this;
  }

  /** {@return what it counts: bad, memory, registered, depth, or living things by their letter} */
  long count(String what) {
    try (Arena arena = Arena.ofConfined()) {
      return (long)
          call("fake_get", JAVA_LONG, new MemoryLayout[] {ADDRESS}, arena.allocateFrom(what));
    }
  }

  /** {@return what was called since this was asked last, a line each} */
  List<String> calls() {
    var log = (MemorySegment) call("fake_log", ADDRESS, new MemoryLayout[0]);
    List<String> lines = log.reinterpret(LONGEST_LOG).getString(0).lines().toList();
    call("fake_clear_log");
    return lines;
  }

  /** Has time go by on the device. */
  void advance(double millis) {
    call("fake_advance", null, new MemoryLayout[] {JAVA_DOUBLE}, millis);
  }

  /** Calls the host functions that streams have come to. */
  void callHosts() {
    call("fake_call_hosts");
  }

  CudaProvider provider() {
    return provider(CudaConfig.DEFAULT);
  }

  CudaProvider provider(CudaConfig config) {
    return new CudaProvider(config, List.of(library));
  }

  CudaDriver open() {
    return (CudaDriver) provider().open();
  }

  String library() {
    return library;
  }
}
