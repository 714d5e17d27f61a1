package dev.carillon.flow;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** What one attempt can ask and say. */
final class AttemptContext implements PartContext {
  private final UnitRun unit;
  private final int node;
  private final long iteration;
  private final int attempt;
  private final Attempts attempts;
  private final LocalView view;

  // guarded by this
  private final Map<Key<?>, Object> written = new HashMap<>();
  private boolean isOver;

  AttemptContext(UnitRun unit, int node, long iteration, int attempt, Attempts attempts) {
    this.unit = unit;
    this.node = node;
    this.iteration = iteration;
    this.attempt = attempt;
    this.attempts = attempts;
    this.view = new LocalView(unit, iteration);
  }

  static String idempotencyKey(UnitRun unit, int node, long iteration) {
    return unit.run.name() + "/" + iteration + "/" + unit.name(node);
  }

  /** Lets nothing more be written: {@return what was} */
  synchronized Map<Key<?>, Object> end() {
    if (isOver) {
      return Map.of();
    }
    isOver = true;
    return written;
  }

  private Set<Key<?>> readKeys() {
    PartRules rules = attempts.rules;
    return rules == null ? Set.of() : rules.readKeys();
  }

  @Override
  public String part() {
    return unit.name(node);
  }

  @Override
  public String run() {
    return unit.run.name();
  }

  @Override
  public long iteration() {
    return iteration;
  }

  @Override
  public int attempt() {
    return attempt;
  }

  @Override
  public String idempotencyKey() {
    return idempotencyKey(unit, node, iteration);
  }

  @Override
  public <T> T read(Key<T> key) {
    if (!readKeys().contains(key)) {
      throw new IllegalStateException(
          "a part reads keys that it was said to read: part=%s, key=%s"
              .formatted(part(), key.name()));
    }
    Object own;
    synchronized (this) {
      own = written.get(key);
    }
    return own == null ? view.read(key) : key.type().cast(own);
  }

  @Override
  public <T> void write(Key<T> key, T value) {
    PartRules rules = attempts.rules;
    if (rules == null || !rules.writtenKeys().contains(key)) {
      throw new IllegalStateException(
          "a part writes keys that it was said to write: part=%s, key=%s"
              .formatted(part(), key.name()));
    }
    if (!key.type().isInstance(value)) {
      throw new IllegalArgumentException(
          "a value must be of its key's type: part=%s, key=%s, type=%s, value=%s"
              .formatted(part(), key.name(), key.type().getName(), value));
    }
    synchronized (this) {
      if (isOver) {
        throw new IllegalStateException(
            "an attempt writes while it runs: part=%s, attempt=%d".formatted(part(), attempt));
      }
      written.put(key, value);
    }
  }

  @Override
  public <T> Optional<T> peek(Out<T> part) {
    return view.peek(part);
  }

  @Override
  @SuppressWarnings("unchecked") // the part's own values
  public <T> Outcome<T> outcome(Out<T> part) {
    int number = unit.run.plan().number(part);
    PartRules rules = attempts.rules;
    if (rules == null || !rules.readParts().contains(number)) {
      throw new IllegalStateException(
          "a part asks for outcomes of parts that it was said to read: part=%s, other=%s"
              .formatted(part(), part.name()));
    }
    return (Outcome<T>) unit.run.outcomeNow(number, unit, iteration);
  }

  @Override
  public <T> Optional<T> ask(Out<?> parent, Class<T> type, Predicate<? super T> matches) {
    for (int below : Descendants.of(unit, unit.run.plan(), unit.run.plan().number(parent))) {
      Ended ended = unit.endingIn(iteration, below);
      if (ended != null && ended.how() == Ending.SUCCESS && type.isInstance(ended.value())) {
        T found = type.cast(ended.value());
        if (matches.test(found)) {
          return Optional.of(found);
        }
      }
    }
    return Optional.empty();
  }

  @Override
  public boolean isCancelled() {
    return unit.run.isCancelling() || !attempts.isStillWanted(attempt);
  }
}
