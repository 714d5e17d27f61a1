package dev.carillon.flow;

import dev.carillon.schedule.Band;
import dev.carillon.schedule.Late;
import dev.carillon.schedule.Placement;
import dev.carillon.spi.Site;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A part that is being defined, and afterwards its name in the definition. */
final class PartDraft<T> implements Out<T> {
  final BranchDraft<?> branch;
  final int id; // its place in the order of the plan; 0 for the input
  final String simpleName;
  final Form form;
  final Object work;
  final List<Out<?>> inputs; // as wired: parts, or wires with checks

  private @Nullable RulesDraft rules;

  PartDraft(
      BranchDraft<?> branch,
      int id,
      String simpleName,
      Form form,
      Object work,
      List<Out<?>> inputs) {
    this.branch = branch;
    this.id = id;
    this.simpleName = simpleName;
    this.form = form;
    this.work = work;
    this.inputs = inputs;
  }

  /** {@return the part behind a wire} */
  static PartDraft<?> of(Out<?> wire) {
    return switch (wire) {
      case PartDraft<?> part -> part;
      case CheckedWire<?> checked -> checked.part();
    };
  }

  @Nullable RulesDraft rulesIfAny() {
    return rules;
  }

  RulesDraft rules() {
    branch.cycle.checkOpen();
    if (form == Form.SOURCE) {
      throw new IllegalArgumentException(
          "nothing can be said of how the input of a cycle is run: cycle="
              + branch.cycle.cycleName);
    }
    RulesDraft present = rules;
    if (present == null) {
      present = new RulesDraft();
      rules = present;
    }
    return present;
  }

  boolean isPropagating() {
    RulesDraft present = rules;
    return present != null && present.propagating;
  }

  @Override
  public String name() {
    return branch.path(simpleName);
  }

  static Duration positive(String what, Duration time) {
    if (time.isNegative() || time.isZero()) {
      throw new IllegalArgumentException("%s must be positive: %s=%s".formatted(what, what, time));
    }
    return time;
  }

  @Override
  public Out<T> within(Duration total) {
    rules().within = positive("within", total);
    return this;
  }

  @Override
  public Out<T> attempt(Duration each) {
    rules().attempt = positive("attempt", each);
    return this;
  }

  @Override
  public Out<T> deadline(Duration fromBeginning) {
    rules().deadline = positive("deadline", fromBeginning);
    return this;
  }

  @Override
  public Out<T> late(Late policy) {
    rules().late = Objects.requireNonNull(policy, "policy");
    return this;
  }

  @Override
  public Out<T> onError(OnError<T> policy) {
    rules().onError = Objects.requireNonNull(policy, "policy");
    return this;
  }

  @Override
  public Out<Result<T>> propagating() {
    rules().propagating = true;
    return CheckedWire.ofResults(this);
  }

  @Override
  public Out<T> validate(String rule, Predicate<? super T> passes) {
    rules().checks.add(Check.of(rule, passes));
    return this;
  }

  @Override
  public Out<T> checked(String rule, Predicate<? super T> passes) {
    return CheckedWire.of(this, Check.of(rule, passes));
  }

  @Override
  public Out<T> when(Guard guard) {
    rules().guards.add(Objects.requireNonNull(guard, "guard"));
    return this;
  }

  @Override
  public Out<T> on(Placement placement) {
    rules().placement = Objects.requireNonNull(placement, "placement");
    return this;
  }

  @Override
  public Out<T> at(Site site) {
    rules().site = Objects.requireNonNull(site, "site");
    return this;
  }

  @Override
  public Out<T> lane(Object key) {
    rules().lane = Objects.requireNonNull(key, "key");
    return this;
  }

  @Override
  public Out<T> locks(String... ids) {
    for (String id : ids) {
      if (id.isBlank()) {
        throw new IllegalArgumentException("a lock's name must not be blank: id=\"" + id + "\"");
      }
      rules().locks.add(id);
    }
    return this;
  }

  @Override
  public Out<T> needs(String resource, long permits) {
    if (permits < 1 || resource.isBlank()) {
      throw new IllegalArgumentException(
          "permits must be at least 1, of a resource with a name: resource=\"%s\", permits=%d"
              .formatted(resource, permits));
    }
    rules().needs.put(resource, permits);
    return this;
  }

  @Override
  public Out<T> priority(Band band) {
    rules().band = Objects.requireNonNull(band, "band");
    return this;
  }

  @Override
  public Out<T> cost(Duration expected) {
    if (expected.isNegative()) {
      throw new IllegalArgumentException("cost must not be negative: cost=" + expected);
    }
    rules().cost = expected;
    return this;
  }

  @Override
  public Out<T> after(Out<?>... parts) {
    for (Out<?> part : parts) {
      rules().after.add(branch.cycle.own(part));
    }
    return this;
  }

  @Override
  public Out<T> reads(Out<?> part) {
    rules().readParts.add(branch.cycle.own(part));
    return this;
  }

  @Override
  public Out<T> reads(Key<?>... keys) {
    rules().readKeys.addAll(List.of(keys));
    return this;
  }

  @Override
  public Out<T> writes(Key<?>... keys) {
    rules().writtenKeys.addAll(List.of(keys));
    return this;
  }

  @Override
  @SuppressWarnings("unchecked") // it is only ever given values of this part
  public Out<T> undoneBy(Consumer<? super T> undo) {
    rules().undo = (Consumer<Object>) Objects.requireNonNull(undo, "undo");
    return this;
  }

  @Override
  public String toString() {
    return name();
  }
}
