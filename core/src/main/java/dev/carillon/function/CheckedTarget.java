package dev.carillon.function;

import org.jspecify.annotations.Nullable;

/** A target whose result is looked at, as its function does not say of what type that is. */
final class CheckedTarget extends Target {
  private final Target target;
  private final Class<?> result;

  CheckedTarget(Target target, Class<?> result) {
    Signature declared = target.signature();
    super(
        new Signature(declared.name(), declared.parameters(), result, declared.hasNames()),
        target.method());
    this.target = target;
    this.result = result;
  }

  @Override
  Target origin() {
    return target.origin();
  }

  @Override
  @Nullable Object invoke(@Nullable Object[] arguments) throws Exception {
    Object returned = target.invoke(arguments);
    if (returned != null && !Fitting.box(result).isInstance(returned)) {
      throw new ClassCastException(
          "%s returned a %s".formatted(signature(), returned.getClass().getTypeName()));
    }
    return returned;
  }
}
