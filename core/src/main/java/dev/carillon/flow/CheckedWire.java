package dev.carillon.flow;

import dev.carillon.schedule.Band;
import dev.carillon.schedule.Late;
import dev.carillon.schedule.Placement;
import dev.carillon.spi.Site;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * A wire from a part that does something with its values on the way.
 *
 * @param part where it begins
 * @param asResult whether it carries results instead of values
 * @param checks what its values have to pass, at its end
 */
record CheckedWire<T>(PartDraft<?> part, boolean asResult, List<Check> checks) implements Out<T> {

  static <T> CheckedWire<T> of(PartDraft<T> part, Check check) {
    return new CheckedWire<>(part, false, List.of(check));
  }

  static <T> CheckedWire<Result<T>> ofResults(PartDraft<T> part) {
    return new CheckedWire<>(part, true, List.of());
  }

  /** {@return a check of values as one of results; those of failures have no value to check} */
  private static Check ofResult(Check check) {
    return new Check(
        check.rule(),
        result -> !(result instanceof Result.Ok<?> ok) || check.passes().test(ok.value()));
  }

  @Override
  public String name() {
    return part.name();
  }

  @Override
  public Out<T> within(Duration total) {
    part.within(total);
    return this;
  }

  @Override
  public Out<T> attempt(Duration each) {
    part.attempt(each);
    return this;
  }

  @Override
  public Out<T> onError(OnError<T> policy) {
    if (asResult && hasDefault(policy)) {
      throw new IllegalArgumentException(
          "a part that hands its failures on has no default: part=%s, policy=%s"
              .formatted(name(), policy));
    }
    part.rules().onError = Objects.requireNonNull(policy, "policy");
    return this;
  }

  static boolean hasDefault(OnError<?> policy) {
    return policy instanceof OnError.UseDefault
        || (policy instanceof OnError.Again<?> again && hasDefault(again.then()));
  }

  @Override
  public Out<T> deadline(Duration fromBeginning) {
    part.deadline(fromBeginning);
    return this;
  }

  @Override
  public Out<T> late(Late policy) {
    part.late(policy);
    return this;
  }

  @Override
  public Out<Result<T>> propagating() {
    if (asResult) {
      throw new IllegalArgumentException("a part hands its failures on once: part=" + name());
    }
    part.rules().propagating = true;
    return new CheckedWire<>(part, true, checks.stream().map(CheckedWire::ofResult).toList());
  }

  @Override
  @SuppressWarnings("unchecked") // the wire's type is the predicate's
  public Out<T> validate(String rule, Predicate<? super T> passes) {
    var check = (Predicate<Object>) passes;
    part.rules()
        .checks
        .add(
            asResult
                ? new Check(rule, v -> check.test(new Result.Ok<>(v)))
                : new Check(rule, check));
    return this;
  }

  @Override
  public Out<T> checked(String rule, Predicate<? super T> passes) {
    var all = new ArrayList<>(checks);
    all.add(Check.of(rule, passes));
    return new CheckedWire<>(part, asResult, List.copyOf(all));
  }

  @Override
  public Out<T> when(Guard guard) {
    part.when(guard);
    return this;
  }

  @Override
  public Out<T> on(Placement placement) {
    part.on(placement);
    return this;
  }

  @Override
  public Out<T> at(Site site) {
    part.at(site);
    return this;
  }

  @Override
  public Out<T> lane(Object key) {
    part.lane(key);
    return this;
  }

  @Override
  public Out<T> locks(String... ids) {
    part.locks(ids);
    return this;
  }

  @Override
  public Out<T> needs(String resource, long permits) {
    part.needs(resource, permits);
    return this;
  }

  @Override
  public Out<T> priority(Band band) {
    part.priority(band);
    return this;
  }

  @Override
  public Out<T> cost(Duration expected) {
    part.cost(expected);
    return this;
  }

  @Override
  public Out<T> after(Out<?>... parts) {
    part.after(parts);
    return this;
  }

  @Override
  public Out<T> reads(Out<?> other) {
    part.reads(other);
    return this;
  }

  @Override
  public Out<T> reads(Key<?>... keys) {
    part.reads(keys);
    return this;
  }

  @Override
  public Out<T> writes(Key<?>... keys) {
    part.writes(keys);
    return this;
  }

  @Override
  @SuppressWarnings("unchecked") // it is only ever given values of this wire
  public Out<T> undoneBy(Consumer<? super T> undo) {
    var consumer = (Consumer<Object>) undo;
    part.rules().undo = asResult ? v -> consumer.accept(new Result.Ok<>(v)) : consumer;
    return this;
  }

  @Override
  public String toString() {
    return name();
  }
}
