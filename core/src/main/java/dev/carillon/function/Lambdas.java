package dev.carillon.function;

import dev.carillon.function.LocalFunctionCodec.Allowed;
import dev.carillon.spi.CodingException;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleInfo;
import java.lang.invoke.SerializedLambda;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Tells how lambdas are made, and makes them. */
final class Lambdas {
  /*
   * javac puts a method $deserializeLambda$ into a class in which serializable lambdas are written.
   * It takes a SerializedLambda, and makes the lambda that this describes if it is one of those that
   * are written there, and else fails: so no name in a message leads to a class or a method, apart
   * from the name of the class itself, which must be among the allowed ones.
   *
   * Names such as lambda$main$1 mean another lambda in another build, so the builds are compared
   * before.
   */
  private Lambdas() {}

  private static CodingException refused(String what, @Nullable Throwable cause) {
    return new CodingException(what, "", cause);
  }

  private static Class<?> load(String internalName, Object besides) {
    String name = internalName.replace('/', '.');
    try {
      return Class.forName(name, false, besides.getClass().getClassLoader());
    } catch (ClassNotFoundException | LinkageError e) {
      throw refused("the class of a lambda cannot be found: class=" + name, e);
    }
  }

  private static String hash(Class<?> type) {
    try {
      return BuildHash.of(type);
    } catch (UncheckedIOException | LinkageError e) {
      throw refused("the build of a class cannot be told: class=" + type.getName(), e);
    }
  }

  /** {@return the build of what a reference leads to; null if there is none to compare} */
  private static @Nullable String leadsTo(Class<?> writtenIn, SerializedLambda form, Fn fn) {
    Class<?> owner = load(form.getImplClass(), fn);
    boolean isElsewhere =
        !Inspection.isOfJdk(owner) && owner.getNestHost() != writtenIn.getNestHost();
    return isElsewhere ? hash(owner) : null;
  }

  // ── sending ──

  /**
   * {@return the class that a lambda is written in}
   *
   * @param form of the lambda
   * @param fn the lambda, which has it from its own class loader
   */
  static Class<?> writtenIn(SerializedLambda form, Fn fn) {
    return load(form.getCapturingClass(), fn);
  }

  /** {@return whether a lambda captured the object that it was written in as the first value} */
  static boolean hasThis(SerializedLambda form, Class<?> writtenIn) {
    return form.getImplMethodName().startsWith("lambda$")
        && form.getImplMethodKind() != MethodHandleInfo.REF_invokeStatic
        && form.getCapturedArgCount() > 0
        && writtenIn.isInstance(form.getCapturedArg(0));
  }

  static SentLambda describe(SerializedLambda form, Class<?> writtenIn, Fn fn) {
    return new SentLambda(
        writtenIn.getName(),
        hash(writtenIn),
        leadsTo(writtenIn, form, fn),
        form.getFunctionalInterfaceClass(),
        form.getFunctionalInterfaceMethodName(),
        form.getFunctionalInterfaceMethodSignature(),
        form.getImplMethodKind(),
        form.getImplClass(),
        form.getImplMethodName(),
        form.getImplMethodSignature(),
        form.getInstantiatedMethodType(),
        form.getCapturedArgCount());
  }

  // ── receiving ──

  /**
   * Checks that a lambda is of the build that is here.
   *
   * @throws CodingException if it is not; has both hashes
   */
  static void checkBuild(SentLambda sent, Allowed allowed) {
    checkBuild(sent.writtenIn(), sent.build(), hash(allowed.type()));
  }

  private static void checkBuild(String name, @Nullable String sent, @Nullable String here) {
    if (!Objects.equals(sent, here)) {
      throw refused(
          "a lambda must be of the same build on both sides: class=%s, sent=%s, here=%s"
              .formatted(name, sent, here),
          null);
    }
  }

  /**
   * {@return a lambda}
   *
   * @throws CodingException if the class has no such lambda, or it captured something else
   */
  static Fn make(SentLambda sent, Allowed allowed, @Nullable Object[] captured) {
    MethodHandle maker = allowed.maker();
    if (maker == null) {
      throw refused("no function is written in the class: class=" + sent.writtenIn(), null);
    }
    Object made;
    try {
      made = (Object) maker.invokeExact(sent.form(allowed.type(), captured));
    } catch (Error e) {
      throw e;
    } catch (Throwable e) { // it fails with what a cast or an unknown name leads to
      throw refused(
          "no such lambda is written in the class, or it captured something else: class=%s, lambda=%s"
              .formatted(sent.writtenIn(), sent.method()),
          e);
    }
    if (!(made instanceof Fn fn)) {
      throw refused("a lambda must be one of Fn0 to Fn5: lambda=" + sent.method(), null);
    }
    checkReference(sent, allowed, fn);
    return fn;
  }

  private static void checkReference(SentLambda sent, Allowed allowed, Fn fn) {
    SerializedLambda form = Targets.form(fn);
    String here = form == null ? null : leadsTo(allowed.type(), form, fn);
    checkBuild(sent.owner(), sent.leadsTo(), here);
  }
}
