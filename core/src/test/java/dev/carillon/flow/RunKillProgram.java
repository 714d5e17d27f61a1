package dev.carillon.flow;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.carillon.binary.BinaryCodec;
import dev.carillon.schedule.Scheduler;
import dev.carillon.spi.MessageStore;
import dev.carillon.store.Stores;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.StringJoiner;

/** Runs a cycle whose parts append to a file, until it has ended or is killed. */
final class RunKillProgram {
  static final String RUN = "killed";
  static final String RESUMED = "resumed";
  private static final int LATE = 3;
  static final int EFFECTS = 4 + LATE; // of an iteration of a unit

  /** What cycle is run. */
  enum Kind {
    /** One iteration after the other. */
    BARRIER,
    /** Several at once. */
    PIPELINED,
    /** Two branches that repeat by themselves. */
    UNITS
  }

  /** Has an effect outside, that of a part in an iteration. */
  @FunctionalInterface
  interface Effects {
    void append(String key, long value) throws IOException;
  }

  private RunKillProgram() {}

  static Cycle<Long, Long> cycle(Kind kind, long iterations, Effects effects) {
    return Cycle.define(
        "sums",
        Long.class,
        c -> {
          c.loop(Loop.times(iterations));
          if (kind == Kind.UNITS) {
            c.sync(Sync.independent());
            c.branch("left", branch -> body(branch, "left", c.input(), effects));
            var last = new Object[1];
            c.branch("right", branch -> last[0] = body(branch, "right", c.input(), effects));
            @SuppressWarnings("unchecked") // of the branch
            var sum = (Out<Long>) last[0];
            return sum;
          }
          if (kind == Kind.PIPELINED) {
            c.sync(Sync.parallel().pipelined(2));
          }
          return body(c, "all", c.input(), effects);
        });
  }

  /**
   * Two parts at once, one that sums up what they give, and one that reads the sum, beside some
   * that keep the iteration from ending before a pipeline has added to the sum in the next one.
   */
  private static Out<Long> body(Branch branch, String name, Out<Long> input, Effects effects) {
    Key<Long> sum = Key.ofRun("sum-" + name, Long.class, 0L);
    Out<Long> one =
        branch.partWith("one", (at, first) -> effect(effects, at, first + at.iteration()), input);
    Out<Long> two =
        branch.partWith("two", (at, first) -> effect(effects, at, first * at.iteration()), input);
    Out<Long> add =
        branch
            .<Long, Long, Long>partWith(
                "add",
                (at, a, b) -> {
                  long next = at.read(sum) * 3 % 1_000_003 + a + b;
                  at.write(sum, next);
                  return effect(effects, at, next);
                },
                one,
                two)
            .reads(sum)
            .writes(sum);
    Out<Long> late = add;
    for (int i = 1; i <= LATE; i++) {
      late = branch.partWith("late" + i, (at, a) -> effect(effects, at, a + 1), late);
    }
    return branch
        .<Long, Long>partWith("read", (at, _) -> effect(effects, at, at.read(sum)), add)
        .reads(sum);
  }

  private static long effect(Effects effects, PartContext at, long value) throws IOException {
    effects.append(at.idempotencyKey(), value);
    return value;
  }

  static Journal journal(MessageStore store) {
    return Journal.in(store, BinaryCodec.of(c -> c));
  }

  /** {@return the iterations of the units that are committed, as text} */
  static String committed(MessageStore store, Cycle<Long, Long> cycle) {
    var plan = (CompiledPlan) cycle.plan();
    var text = new StringJoiner(" ", RESUMED + " ", "");
    try (RunJournal found =
        RunJournal.open(
            journal(store),
            RUN,
            cycle.name(),
            plan.fingerprint(),
            0L,
            name -> JournalValues.typeOf(plan, name))) {
      for (int unit = 0; unit < plan.units.length; unit++) {
        text.add(Long.toString(found.resumedFrom(unit)));
      }
    }
    return text.toString();
  }

  /** Goes on with the run in the directory named. */
  public static void main(String[] args) throws Exception {
    Path directory = Path.of(args[0]);
    PrintStream out = System.out;
    try (FileChannel file =
            FileChannel.open(
                directory.resolve("effects"),
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND,
                StandardOpenOption.WRITE);
        MessageStore store = Stores.segments(directory.resolve("store"));
        Scheduler scheduler = Scheduler.open();
        Flow flow = Flow.on(scheduler)) {
      Effects effects =
          (key, value) -> {
            append(file, key + " " + value);
            out.write(1);
            out.flush();
          };
      Cycle<Long, Long> cycle = cycle(Kind.valueOf(args[1]), Long.parseLong(args[2]), effects);
      append(file, committed(store, cycle));
      Run<Long> run =
          flow.start(cycle, Long.parseLong(args[3]), o -> o.journaled(RUN, journal(store)));
      RunStatus status = run.await();
      Files.writeString(
          directory.resolve("result"), status + " " + run.output().orElse(-1L) + run.failures());
    }
  }

  private static void append(FileChannel file, String line) throws IOException {
    file.write(ByteBuffer.wrap((line + "\n").getBytes(UTF_8)));
    file.force(false);
  }
}
