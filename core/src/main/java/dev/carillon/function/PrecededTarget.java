package dev.carillon.function;

import org.jspecify.annotations.Nullable;

/** A target before which something is done. */
final class PrecededTarget extends Target {
  private final Target target;
  private final Runnable action;

  PrecededTarget(Target target, Runnable action) {
    super(target.signature(), target.method());
    this.target = target;
    this.action = action;
  }

  @Override
  @Nullable Object invoke(@Nullable Object[] arguments) throws Exception {
    action.run();
    return target.invoke(arguments);
  }
}
