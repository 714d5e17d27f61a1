package dev.carillon.source;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleProxies;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

/** The JDK's signals, {@code sun.misc.Signal}, which may be missing. */
final class RawSignals {
  /*
   * Compiling against these classes is a warning that nothing can silence, and the module that has
   * them, jdk.unsupported, is not part of every runtime. So they are looked up when first used; the
   * package is exported, so no flag is needed.
   */

  private static @Nullable RawSignals instance; // guarded by the class

  private final Class<?> handlerType;
  private final MethodHandle constructor; // (String)Object
  private final MethodHandle number; // (Object)int
  private final MethodHandle handle; // (Object, Object)Object
  private final MethodHandle raise; // (Object)void
  private final MethodHandle call; // (Object handler, Object signal)void

  private final Object byDefault;
  private final Object ignored;

  private RawSignals() throws ReflectiveOperationException {
    var lookup = MethodHandles.publicLookup();
    Class<?> type = Class.forName("sun.misc.Signal");
    handlerType = Class.forName("sun.misc.SignalHandler");
    constructor =
        lookup
            .findConstructor(type, MethodType.methodType(void.class, String.class))
            .asType(MethodType.methodType(Object.class, String.class));
    number =
        lookup
            .findVirtual(type, "getNumber", MethodType.methodType(int.class))
            .asType(MethodType.methodType(int.class, Object.class));
    handle =
        lookup
            .findStatic(type, "handle", MethodType.methodType(handlerType, type, handlerType))
            .asType(MethodType.methodType(Object.class, Object.class, Object.class));
    raise =
        lookup
            .findStatic(type, "raise", MethodType.methodType(void.class, type))
            .asType(MethodType.methodType(void.class, Object.class));
    call =
        lookup
            .findVirtual(handlerType, "handle", MethodType.methodType(void.class, type))
            .asType(MethodType.methodType(void.class, Object.class, Object.class));
    byDefault = handlerType.getField("SIG_DFL").get(null);
    ignored = handlerType.getField("SIG_IGN").get(null);
  }

  private static synchronized RawSignals instance() {
    RawSignals there = instance;
    if (there == null) {
      try {
        there = new RawSignals();
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(
            "signals need the module jdk.unsupported: start with --add-modules jdk.unsupported, or"
                + " add it to the runtime",
            e);
      }
      instance = there;
    }
    return there;
  }

  /**
   * {@return the number of a signal}
   *
   * @throws IllegalArgumentException if the system does not know it
   */
  static int number(String name) {
    RawSignals raw = instance();
    try {
      return (int) raw.number.invokeExact(raw.signal(name));
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  private Object signal(String name) throws Throwable {
    try {
      return (Object) constructor.invokeExact(name);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "the system must know the signal: signal=\"" + name + "\"", e);
    }
  }

  /**
   * Installs a handler: {@return the one before}
   *
   * @throws IllegalStateException if the JVM or the system keeps the signal for itself, or this
   *     process was started with it ignored, which the JVM sticks to
   */
  static Object handle(String name, Runnable handler) {
    RawSignals raw = instance();
    MethodHandle run;
    try {
      run =
          MethodHandles.publicLookup()
              .findVirtual(Runnable.class, "run", MethodType.methodType(void.class))
              .bindTo(handler);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("Runnable has no run", e);
    }
    Class<?> signalType = raw.constructor.type().returnType();
    Object proxy =
        MethodHandleProxies.asInterfaceInstance(
            raw.handlerType, MethodHandles.dropArguments(run, 0, signalType));
    Object before = raw.set(name, proxy);
    if (before.equals(raw.ignored) && raw.set(name, proxy).equals(raw.ignored)) {
      throw new IllegalStateException( // as it does not say so, but for telling what was before
          "the signal must not be ignored from the start, as by nohup or in the background of a"
              + " script: signal=\""
              + name
              + "\"");
    }
    return before;
  }

  /** Puts a handler back that was there before. */
  static void restore(String name, Object before) {
    instance().set(name, before);
  }

  private Object set(String name, Object handler) {
    try {
      return (Object) handle.invokeExact(signal(name), handler);
    } catch (IllegalArgumentException e) {
      throw new IllegalStateException(
          "the signal must be free, but the JVM or the system keeps it for itself: signal=\""
              + name
              + "\"",
          e);
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  /** {@return whether a handler is the system's default} */
  static boolean isDefault(Object handler) {
    return handler.equals(instance().byDefault);
  }

  /** Sends a signal to this process, for which there must be a handler in Java. */
  static void raise(String name) {
    RawSignals raw = instance();
    try {
      raw.raise.invokeExact(raw.signal(name));
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  /**
   * Calls a handler that was there before.
   *
   * @return whether it was called: one of the system's, or of native code, cannot be
   */
  static boolean call(Object handler, String name) {
    RawSignals raw = instance();
    try {
      raw.call.invokeExact(handler, raw.signal(name));
      return true;
    } catch (UnsupportedOperationException e) {
      return false;
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  private static RuntimeException rethrown(Throwable thrown) {
    return switch (thrown) {
      case RuntimeException e -> e;
      case Error e -> throw e;
      default -> new IllegalStateException("a signal could not be handled: " + thrown, thrown);
    };
  }
}
