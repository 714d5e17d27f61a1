package dev.carillon.cuda;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** A function of the host that a stream calls once it comes to it, and who is to be told. */
@SuppressWarnings("restricted") // needs --enable-native-access, as the module says
final class HostSignal {
  /*
   * The driver is given one function for all, which is never freed, and a number instead of a
   * pointer. A number whose signal was forgotten calls nobody, so a call that comes late, after the
   * event was reset or all was closed, does nothing; a signal that is never called, which is what
   * becomes of those behind a fault, is forgotten with its event.
   */
  private static final System.Logger LOG = System.getLogger(HostSignal.class.getName());
  private static final ConcurrentHashMap<Long, HostSignal> WAITING = new ConcurrentHashMap<>();
  private static final AtomicLong NUMBERS = new AtomicLong();

  /** {@code void (*)(void *)}, for the driver. */
  static final MemorySegment FUNCTION = function();

  private final long number = NUMBERS.incrementAndGet();

  // guarded by this
  private boolean isGiven;
  private List<Runnable> actions = List.of();

  HostSignal() {
    WAITING.put(number, this);
  }

  private static MemorySegment function() {
    try {
      return Linker.nativeLinker()
          .upcallStub(
              MethodHandles.lookup()
                  .findStatic(
                      HostSignal.class, "called", MethodType.methodType(void.class, long.class)),
              FunctionDescriptor.ofVoid(JAVA_LONG),
              Arena.global());
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** Called by the driver. What is thrown here would end the process. */
  static void called(long number) {
    try {
      HostSignal signal = WAITING.remove(number);
      if (signal != null) {
        signal.give();
      }
    } catch (Throwable e) { // such as a lack of memory
      logged(e);
    }
  }

  /** {@return how many are waited for in this process} */
  static int waiting() {
    return WAITING.size();
  }

  /** {@return what the driver is to give the function} */
  long number() {
    return number;
  }

  private void give() {
    List<Runnable> told;
    synchronized (this) {
      isGiven = true;
      told = actions;
      actions = List.of();
    }
    told.forEach(HostSignal::tell);
  }

  /** Runs one action, whatever becomes of it: there are others, and a driver above. */
  private static void tell(Runnable action) {
    try {
      action.run();
    } catch (Throwable e) {
      logged(e);
    }
  }

  private static void logged(Throwable e) {
    try {
      LOG.log(System.Logger.Level.WARNING, "what was to be run at the end of an event failed", e);
    } catch (Throwable unspeakable) {
      unspeakable.addSuppressed(e); // there is nobody left to tell
    }
  }

  /** Has an action run when it is called; at once if it was. */
  void then(Runnable next) {
    synchronized (this) {
      if (!isGiven) {
        var more = new ArrayList<>(actions);
        more.add(next);
        actions = more;
        return;
      }
    }
    next.run();
  }

  /** Has nobody told when it is called later. */
  void forget() {
    WAITING.remove(number);
  }
}
