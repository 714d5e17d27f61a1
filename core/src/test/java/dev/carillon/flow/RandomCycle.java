package dev.carillon.flow;

import dev.carillon.build.Gen;
import dev.carillon.schedule.Backoff;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * A random definition, made by the public builders: the same seed and size, the same definition,
 * however often it is made.
 */
final class RandomCycle {
  /*
   * What is left out, as the page does not say it or as time decides: budgets and bounds of time,
   * rates, `each`, cycles that repeat inside of others, `peek`.
   *
   * A branch with iterations of its own takes from others what it likes, but nothing of the first
   * unit takes from it, except from parts that cannot do otherwise than give a value soon: else the
   * first unit would wait for ever for one that always fails, as it should.
   */

  /**
   * What kinds of cycles are made.
   *
   * @param size the most parts
   * @param nested whether cycles are added to cycles
   * @param independent whether anything has iterations of its own
   * @param halting whether failures can stop the run at once
   */
  record Profile(int size, boolean nested, boolean independent, boolean halting) {}

  static final Long INPUT = 7L;

  final long seed;
  final Profile profile;
  final RandomScript script;

  /** What finalisers and undoing have done, in its order. */
  final Queue<String> done = new ConcurrentLinkedQueue<>();

  private final boolean fails;

  RandomCycle(long seed, Profile profile) {
    this.seed = seed;
    this.profile = profile;
    this.fails = new Gen(seed).chance(0.8);
    this.script = new RandomScript(seed, fails, !profile.halting);
  }

  /** {@return the definition as it was said} */
  CycleDraft draft() {
    return LocalCycle.draft("random", this::define);
  }

  /** {@return the definition, compiled} */
  Cycle<Long, Object> compiled() {
    return Cycle.define("random", Long.class, this::define);
  }

  /** Adds the parts to a definition; can be called any number of times. */
  Out<Object> define(Definition<Long> c) {
    var gen = new Gen(seed ^ 0x5eed);
    c.sync(ofCycle(gen));
    long most = gen.chance(0.3) ? 1 : gen.intBetween(2, 4);
    Loop loop = Loop.times(most).afterFailure(afterFailure(gen));
    if (gen.chance(0.15)) {
      long last = gen.intBetween(1, 3);
      script.enoughAfter(last);
      loop = loop.until(view -> script.until(view.iteration()));
    }
    c.loop(loop);
    var filler = new RandomFiller(this, gen, fails, "");
    return filler.fill(c, profile.size);
  }

  private Sync ofCycle(Gen gen) {
    Sync sync = Sync.INHERITED;
    if (gen.chance(0.5)) {
      sync = sync.ordered(gen.oneOf(Sync.Order.values()));
    }
    if (gen.chance(0.2)) {
      sync = sync.maxConcurrent(gen.intBetween(1, 3));
    }
    return switch (gen.intBetween(0, 9)) {
      case 0 -> sync.barrier();
      case 1, 2, 3 -> sync.pipelined(gen.intBetween(1, 3));
      case 4 ->
          profile.independent
              ? sync.between(new Sync.Independent(gen.oneOf(0, 1, 2, Sync.Independent.UNBOUNDED)))
              : sync;
      default -> sync;
    };
  }

  private static Loop.AfterFailure afterFailure(Gen gen) {
    Backoff pause = Backoff.fixed(Duration.ofMillis(gen.intBetween(0, 2)));
    return switch (gen.intBetween(0, 2)) {
      case 0 -> Loop.AfterFailure.STOP;
      case 1 -> Loop.AfterFailure.goOn(pause);
      default -> Loop.AfterFailure.stopAfter(2, pause);
    };
  }

  /** {@return the definition in words, for whoever has to find out what is wrong} */
  static List<String> describe(CycleDraft draft) {
    return new RandomText(draft).lines();
  }
}
