package dev.carillon.function;

import java.lang.invoke.MethodHandle;
import java.lang.reflect.Executable;
import org.jspecify.annotations.Nullable;

/** Calls a method or constructor that was found by reflection. */
final class MethodTarget extends Target {
  private final MethodHandle handle; // takes an array of all arguments, and returns an object

  MethodTarget(MethodHandle handle, Signature signature, @Nullable Executable method) {
    super(signature, method);
    this.handle =
        handle
            .asFixedArity()
            .asSpreader(Object[].class, signature.arity())
            .asType(java.lang.invoke.MethodType.methodType(Object.class, Object[].class));
  }

  @Override
  @Nullable Object invoke(@Nullable Object[] arguments) throws Exception {
    try {
      return (Object) handle.invokeExact(arguments);
    } catch (Exception | Error e) {
      throw e;
    } catch (Throwable e) { // neither: a class of the user's that extends Throwable
      throw new java.lang.reflect.UndeclaredThrowableException(e);
    }
  }
}
