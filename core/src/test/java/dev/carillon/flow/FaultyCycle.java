package dev.carillon.flow;

import dev.carillon.build.Gen;
import dev.carillon.schedule.Backoff;
import dev.carillon.schedule.Band;
import dev.carillon.schedule.Placement;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/** A cycle of one of several shapes, of which one part goes wrong. */
final class FaultyCycle {

  /** What the parts are like, and how they lie. */
  enum Shape {
    CHAIN,
    DIAMOND,
    SPLIT,
    GATED,
    HOLDING,
    PLACED,
    RETRIED,
    EACH,
    NESTED,
    PIPELINED,
    INDEPENDENT,
    KEYS
  }

  private static final int PARTS = 6;
  private static final Key<Integer> TOTAL = Key.ofRun("total", Integer.class, 0);
  private static final Key<Integer> SCRATCH = Key.ofIteration("scratch", Integer.class);

  final Shape shape;
  final Fault fault;
  private final Gen gen;
  private final String policy;
  private int number;

  FaultyCycle(Gen gen) {
    this(gen, gen.oneOf(Shape.values()), new Fault(gen, PARTS));
  }

  private FaultyCycle(Gen gen, Shape shape, Fault fault) {
    this.gen = gen;
    this.shape = shape;
    this.fault = fault;
    this.policy =
        gen.oneOf("instant", "clean", "skip", "quiet", "retry", "fallback", "fatal", "propagate");
  }

  /** {@return a cycle of a shape in which nothing goes wrong} */
  static Cycle<Integer, Integer> sound(Shape shape) {
    var gen = new Gen(shape.ordinal());
    return new FaultyCycle(gen, shape, new Fault(Fault.Kind.NONE)).define();
  }

  Cycle<Integer, Integer> define() {
    Cycle<Integer, Integer> cycle = Cycle.define("faulty", Integer.class, this::define);
    fault.arm();
    return cycle;
  }

  private Out<Integer> define(Definition<Integer> c) {
    number = 0;
    loop(c);
    c.anyway("end", () -> fault.ask(fault.at, Fault.Kind.FINALISER));
    if (gen.chance(0.4)) {
      c.undoOnFailure();
    }
    return switch (shape) {
      case CHAIN -> chain(c, c.input(), PARTS);
      case DIAMOND -> diamond(c);
      case SPLIT, GATED, INDEPENDENT -> split(c);
      case NESTED -> nested(c);
      case EACH -> each(c);
      case KEYS -> keys(c);
      case PIPELINED -> {
        c.sync(Sync.parallel().pipelined(gen.intBetween(1, 2)));
        yield chain(c, c.input(), PARTS);
      }
      case HOLDING, PLACED, RETRIED -> diamond(c);
    };
  }

  private void loop(Definition<Integer> c) {
    Loop loop = Loop.times(shape == Shape.PIPELINED ? 6 : gen.intBetween(1, 3));
    if (gen.chance(0.6)) {
      loop = loop.afterFailure(Loop.AfterFailure.goOn(Backoff.fixed(Duration.ofMillis(1))));
    }
    c.loop(loop.until(_ -> !fault.ask(fault.at, Fault.Kind.UNTIL)));
  }

  // ── shapes ──

  private Out<Integer> chain(Branch branch, Out<Integer> from, int length) {
    Out<Integer> last = from;
    for (int i = 0; i < length; i++) {
      last = part(branch, last);
    }
    return last;
  }

  private Out<Integer> diamond(Definition<Integer> c) {
    Out<Integer> top = part(c, part(c, c.input()));
    Out<Integer> left = part(c, top);
    Out<Integer> right = part(c, top);
    Out<Integer> any = c.anySuccess("any", List::getFirst, List.of(left, right));
    Out<Integer> all = c.always("all", List::size, List.of(left, right));
    return chain(c, c.part("both", Integer::sum, any, all), 2);
  }

  private Out<Integer> split(Definition<Integer> c) {
    Sync sync = Sync.INHERITED;
    if (shape == Shape.SPLIT) {
      sync = sync.ordered(gen.oneOf(Sync.Order.values()));
    } else if (shape == Shape.GATED) {
      sync = sync.maxConcurrent(1).rate(3, Duration.ofMillis(2));
    } else {
      sync = Sync.independent(gen.oneOf(0, 1, Sync.Independent.UNBOUNDED));
    }
    Out<Integer> first = part(c, c.input());
    c.split(
        "split",
        sync,
        split -> {
          for (int i = 0; i < 2; i++) {
            split.branch(
                "b" + i,
                branch -> {
                  chain(branch, first, 2);
                  branch.anyway("end" + number, () -> {});
                });
          }
        });
    return part(c, first);
  }

  private Out<Integer> nested(Definition<Integer> c) {
    Cycle<Integer, Integer> child =
        Cycle.define(
            "child",
            Integer.class,
            d -> {
              number = 2;
              d.loop(Loop.times(2));
              return chain(d, d.input(), 2);
            });
    number = 0;
    Out<Integer> in = c.add(child, chain(c, c.input(), 2));
    number = 4;
    return chain(c, in, 2);
  }

  private Out<Integer> each(Definition<Integer> c) {
    int mine = number++;
    Out<List<Integer>> all =
        c.part("list", i -> IntStream.range(i, i + 20).boxed().toList(), c.input());
    Out<List<Integer>> values =
        c.each("each", i -> fault.hasNoValue(mine) ? none() : fault.work(mine, i), all);
    if (gen.chance(0.5)) {
      values.on(Placement.BLOCKING);
    }
    return chain(c, c.part("size", List::size, values), PARTS - 1);
  }

  private Out<Integer> keys(Definition<Integer> c) {
    Out<Integer> last = c.input();
    for (int i = 0; i < PARTS; i++) {
      int mine = number++;
      boolean reads = i % 2 == 1;
      Out<Integer> next =
          c.partWith(
              "p" + mine,
              (context, value) -> {
                if (reads) {
                  return fault.work(mine, context.read(TOTAL));
                }
                context.write(TOTAL, value);
                context.write(SCRATCH, value);
                return fault.hasNoValue(mine) ? none() : fault.work(mine, value);
              },
              last);
      last = settings(c, reads ? next.reads(TOTAL) : next.writes(TOTAL, SCRATCH), mine);
    }
    return last;
  }

  // ── parts ──

  private Out<Integer> part(Branch branch, Out<Integer> input) {
    int mine = number++;
    Out<Integer> in =
        mine == fault.at && fault.kind == Fault.Kind.CHECK
            ? input.checked("asked", _ -> asks(mine, Fault.Kind.CHECK))
            : input;
    Out<Integer> out =
        branch.part(
            "p" + mine, value -> fault.hasNoValue(mine) ? none() : fault.work(mine, value), in);
    hold(out, mine);
    return settings(branch, out, mine);
  }

  @SuppressWarnings({"NullAway", "DataFlowIssue"}) // no value is what goes wrong
  private static Integer none() {
    return null;
  }

  private boolean asks(int part, Fault.Kind... mine) {
    try {
      return fault.ask(part, mine);
    } catch (Fault.Asked e) {
      throw new IllegalStateException(e);
    }
  }

  private void hold(Out<Integer> out, int part) {
    if (shape == Shape.HOLDING) {
      switch (part % 3) {
        case 0 -> out.locks("a", "b").lane("lane");
        case 1 -> out.needs("r", 2).locks("b");
        default -> out.needs("r", 1).priority(Band.HIGH).lane("lane");
      }
    }
    if (shape == Shape.PLACED || gen.chance(0.1)) {
      out.on(gen.oneOf(Placement.CPU, Placement.BLOCKING, Placement.CALLER));
    }
  }

  private Out<Integer> settings(Branch branch, Out<Integer> out, int part) {
    if (part == fault.at && (fault.kind == Fault.Kind.GUARD || fault.kind.hangs())) {
      out.when(_ -> fault.ask(part, Fault.Kind.GUARD, Fault.Kind.STUBBORN_GUARD));
    }
    if (part == fault.at) {
      out.validate("asked", _ -> asks(part, Fault.Kind.VALIDATOR, Fault.Kind.STUBBORN_VALIDATOR));
    }
    if (fault.kind == Fault.Kind.UNDO) {
      out.undoneBy(_ -> asks(part, Fault.Kind.UNDO));
    }
    if (part == fault.at && gen.chance(0.3)) {
      out.attempt(Duration.ofMillis(3));
    }
    if (part == fault.at && gen.chance(0.2)) {
      out.within(Duration.ofMillis(6));
    }
    return part == fault.at || shape == Shape.RETRIED ? policy(branch, out, part) : out;
  }

  private Out<Integer> policy(Branch branch, Out<Integer> out, int part) {
    OnError<Integer> then =
        switch (policy) {
          case "instant" -> OnError.instantFail();
          case "skip" -> OnError.skip();
          case "quiet" -> OnError.stopQuietly();
          case "fallback" -> OnError.fallback(-1);
          case "fatal" -> OnError.fallbackFail(-1);
          default -> OnError.cleanFail();
        };
    if (policy.equals("retry") || shape == Shape.RETRIED) {
      out.onError(OnError.retry(FlowLab.after(Duration.ofMillis(1), 3), then));
    } else if (!policy.equals("propagate")) {
      out.onError(then);
    }
    if (!policy.equals("propagate")) {
      return out;
    }
    return branch.part("of" + part, result -> result.orElse(-1), out.propagating());
  }

  @Override
  public String toString() {
    return "%s, %s, %s".formatted(shape, policy, fault);
  }
}
