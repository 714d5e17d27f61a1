package dev.carillon.opencl;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.carillon.spi.DeviceException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/** Gives the JVM back the signals that a driver takes when it starts. */
@SuppressWarnings("restricted") // calling the C library is what this is for
final class JvmSignals implements AutoCloseable {
  /*
   * PoCL handles SIGFPE by going on behind the instruction. The JVM lives by that signal: an integer
   * division by zero is one, and with PoCL's handler in place 1 / 0 gives a number in place of an
   * ArithmeticException, anywhere in the process. So the handlers of all signals that the JVM needs
   * are read before a driver is started and set again afterwards. What a handler looks like differs
   * by system; it is only kept, so as many bytes as any system has are enough.
   */
  private static final int[] NEEDED = {
    4, 5, 7, 8, 10, 11, 12
  }; // ILL TRAP BUS FPE USR1/BUS SEGV USR2
  private static final int STRUCT_SIZE = 512;
  // Ended by the garbage collector: nothing but the calls of this class looks into it.
  private final MemorySegment handlers =
      Arena.ofAuto().allocate((long) STRUCT_SIZE * NEEDED.length, 16);

  private final Optional<MethodHandle> sigaction; // none on systems without signals

  private JvmSignals() {
    Linker linker = Linker.nativeLinker();
    FunctionDescriptor shape = FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS);
    sigaction =
        linker
            .defaultLookup()
            .find("sigaction")
            .map(function -> linker.downcallHandle(function, shape));
  }

  /** {@return what sets the signals again as they are now, when it is closed} */
  static JvmSignals keep() {
    var kept = new JvmSignals();
    for (int i = 0; i < NEEDED.length; i++) {
      kept.call(NEEDED[i], MemorySegment.NULL, kept.handler(i));
    }
    return kept;
  }

  private MemorySegment handler(int i) {
    return handlers.asSlice((long) STRUCT_SIZE * i, STRUCT_SIZE);
  }

  private void call(int signal, MemorySegment next, MemorySegment before) {
    if (sigaction.isEmpty()) {
      return;
    }
    int code;
    try {
      code = (int) sigaction.get().invokeExact(signal, next, before);
    } catch (Throwable e) {
      throw new DeviceException("sigaction cannot be called", e);
    }
    if (code != 0) {
      throw new DeviceException("sigaction failed: signal=" + signal);
    }
  }

  @Override
  public void close() {
    for (int i = 0; i < NEEDED.length; i++) {
      call(NEEDED[i], handler(i), MemorySegment.NULL);
    }
  }
}
