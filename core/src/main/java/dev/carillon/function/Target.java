package dev.carillon.function;

import java.lang.reflect.Executable;
import org.jspecify.annotations.Nullable;

/** What a binding calls in the end. */
abstract class Target {
  private final Signature signature;
  private final @Nullable Executable method;

  Target(Signature signature, @Nullable Executable method) {
    this.signature = signature;
    this.method = method;
  }

  Signature signature() {
    return signature;
  }

  /** {@return the method behind it; null for a lambda and where that cannot be found} */
  @Nullable Executable method() {
    return method;
  }

  /** {@return what it is without what is done before or after a call} */
  Target origin() {
    return this;
  }

  /** Calls it: {@return the result, null if it has none} */
  abstract @Nullable Object invoke(@Nullable Object[] arguments) throws Exception;

  /** Calls it with one argument in place of what is at its position. */
  @Nullable Object invoke(@Nullable Object[] arguments, int at, @Nullable Object value)
      throws Exception {
    @Nullable Object[] all = arguments.clone();
    all[at] = value;
    return invoke(all);
  }
}
