package dev.carillon.function;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A target that has its function registered when it is called first, and counts its calls there.
 */
final class JoiningTarget extends Target {
  private final Target target;
  private final Supplier<Calls> joins;
  private volatile @Nullable Calls calls; // null until it is registered

  JoiningTarget(Target target, Supplier<Calls> joins) {
    super(target.signature(), target.method());
    this.target = target;
    this.joins = joins;
  }

  @Override
  Target origin() {
    return target.origin();
  }

  @Override
  @Nullable Object invoke(@Nullable Object[] arguments) throws Exception {
    Calls counts = calls;
    if (counts == null) { // two threads may both join: they find the same entry
      counts = joins.get();
      calls = counts;
    }
    return counts.count(target, arguments);
  }
}
