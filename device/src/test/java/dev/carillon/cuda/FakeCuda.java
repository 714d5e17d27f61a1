package dev.carillon.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;

import dev.carillon.build.FakeDriver;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** A driver without a GPU, compiled from fake_cuda.c with the machine's compiler. */
@SuppressWarnings("restricted")
final class FakeCuda {
  private static final long LONGEST_LOG = 1L << 24;

  private final FakeDriver driver;

  private FakeCuda(FakeDriver driver) {
    this.driver = driver;
  }

  /** {@return the driver, as it is in the beginning} */
  static FakeCuda fresh(String... definitions) {
    return new FakeCuda(FakeDriver.fresh(FakeCuda.class, "fake_cuda", definitions));
  }

  private void call(String function) {
    driver.call(function, FunctionDescriptor.ofVoid());
  }

  /** Sets how it behaves; see fake_set. */
  FakeCuda with(String what, long value) {
    driver.set(what, value);
    return this;
  }

  /** {@return what it counts: bad, memory, registered, depth, or living things by their letter} */
  long count(String what) {
    return driver.get(what);
  }

  /** {@return what was called since this was asked last, a line each} */
  List<String> calls() {
    var log = (MemorySegment) driver.call("fake_log", FunctionDescriptor.of(ADDRESS));
    List<String> lines = log.reinterpret(LONGEST_LOG).getString(0).lines().toList();
    call("fake_clear_log");
    return lines;
  }

  /** Has time go by on the device. */
  void advance(double millis) {
    driver.call("fake_advance", FunctionDescriptor.ofVoid(JAVA_DOUBLE), millis);
  }

  /** Calls the host functions that streams have come to. */
  void callHosts() {
    call("fake_call_hosts");
  }

  CudaProvider provider() {
    return provider(CudaConfig.DEFAULT);
  }

  CudaProvider provider(CudaConfig config) {
    return new CudaProvider(config, List.of(library()));
  }

  CudaDriver open() {
    return (CudaDriver) provider().open();
  }

  String library() {
    return driver.library().toString();
  }
}
