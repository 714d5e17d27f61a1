package dev.carillon.opencl;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** What the driver calls when an event has finished. */
@SuppressWarnings("restricted") // being called by a driver is what this is for
final class Callbacks {
  /*
   * The driver is given one function, which lives as long as the process, and a number. The number
   * is looked up here when the driver calls; one that was forgotten since finds nothing. So a call
   * that comes late, twice or never touches no memory that is gone. The driver calls by threads of
   * its own, and by those that are in one of its functions. No exception may leave the call: it
   * would end the process.
   */
  private static final Logger LOG = System.getLogger(Callbacks.class.getPackageName());
  private static final Map<Long, Runnable> ACTIONS = new ConcurrentHashMap<>();
  private static final AtomicLong NEXT = new AtomicLong();

  /** The function for the driver, which takes an event, its status and a token. */
  static final MemorySegment FUNCTION = function();

  private Callbacks() {}

  private static MemorySegment function() {
    try {
      var called =
          MethodHandles.lookup()
              .findStatic(
                  Callbacks.class,
                  "called",
                  MethodType.methodType(void.class, long.class, int.class, long.class));
      return Linker.nativeLinker()
          .upcallStub(
              called, FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_INT, JAVA_LONG), Arena.global());
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /**
   * {@return a token by which the driver has this action run}
   *
   * @param action run at most once by it
   */
  static long add(Runnable action) {
    long token = NEXT.incrementAndGet();
    ACTIONS.put(token, action);
    return token;
  }

  /**
   * {@return the action of a token that has not been called; it will not be}
   *
   * @param token the token
   */
  static @Nullable Runnable remove(long token) {
    return ACTIONS.remove(token);
  }

  /** {@return how many tokens have not been called or forgotten} */
  static int size() {
    return ACTIONS.size();
  }

  @SuppressWarnings("unused") // called by the driver
  private static void called(long event, int status, long token) {
    try {
      Runnable action = remove(token);
      if (action != null) {
        action.run();
      }
    } catch (Throwable e) {
      report(e);
    }
  }

  private static void report(Throwable failure) {
    try {
      LOG.log(Level.WARNING, "an action for a finished event of OpenCL has failed", failure);
    } catch (Throwable _) {
      // The log is broken too, and nobody is left who could be told.
    }
  }
}
