package dev.carillon.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.ChildJvm;
import dev.carillon.build.Patience;
import dev.carillon.flow.RunKillProgram.Kind;
import dev.carillon.schedule.Scheduler;
import dev.carillon.spi.MessageStore;
import dev.carillon.store.Stores;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A run whose JVM is killed again and again ends as one that nobody disturbed. */
class RunKillTest {
  @TempDir private Path directory;

  @ParameterizedTest
  @EnumSource
  void kill_twice_endsAsIfUndisturbed(Kind kind) throws Exception {
    kill(kind, 2, 40);
  }

  @ParameterizedTest
  @EnumSource
  @Tag("long")
  void kill_tenTimes_endsAsIfUndisturbed(Kind kind) throws Exception {
    kill(kind, 10, 120);
  }

  private void kill(Kind kind, int kills, long iterations) throws Exception {
    var random = new SplittableRandom(kills + iterations);
    int each = Math.toIntExact(RunKillProgram.EFFECTS * iterations / (kills + 1));
    for (int i = 0; i < kills; i++) {
      assertThat(run(kind, iterations, 7L + i, random.nextInt(0, each))).isFalse();
    }
    assertThat(run(kind, iterations, 99, Integer.MAX_VALUE)).isTrue();
    check(kind, iterations);
  }

  /** Runs the program, killed after some effects: {@return whether it came to its end} */
  private boolean run(Kind kind, long iterations, long input, int effects) throws Exception {
    String[] args = {directory.toString(), kind.name(), "" + iterations, "" + input};
    Process process =
        new ProcessBuilder(ChildJvm.command(RunKillProgram.class, args))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (InputStream in = process.getInputStream()) {
      int seen = 0;
      while (seen < effects && in.read() >= 0) {
        seen++;
      }
      if (seen == effects) {
        process.toHandle().destroyForcibly();
      }
      assertThat(process.waitFor(Patience.LONG)).isTrue();
      return process.exitValue() == 0;
    } finally {
      process.destroyForcibly();
    }
  }

  private void check(Kind kind, long iterations) throws Exception {
    Map<String, Long> undisturbed = new ConcurrentHashMap<>();
    Cycle<Long, Long> cycle = RunKillProgram.cycle(kind, iterations, undisturbed::put);
    Long output;
    try (Scheduler scheduler = Scheduler.open();
        Flow flow = Flow.on(scheduler)) {
      Run<Long> run = flow.start(cycle, 7L, o -> o.named(RunKillProgram.RUN));
      assertThat(run.await()).isEqualTo(RunStatus.OK);
      output = run.output().orElseThrow();
    }
    assertThat(effects((CompiledPlan) cycle.plan())).isEqualTo(undisturbed);
    assertThat(Files.readString(directory.resolve("result"))).isEqualTo("OK " + output + "[]");
    try (MessageStore store = Stores.segments(directory.resolve("store"))) {
      assertThat(store.streams()).isEmpty();
    }
  }

  /**
   * {@return the effects by key} Of a key that is there twice they are equal; what was committed
   * when a process began is complete by then, and not done again.
   */
  private Map<String, Long> effects(CompiledPlan plan) throws Exception {
    var effects = new HashMap<String, Long>();
    long[] committed = {};
    List<String> lines = Files.readAllLines(directory.resolve("effects"));
    for (String line : lines) {
      String[] words = line.split(" ");
      if (words[0].equals(RunKillProgram.RESUMED)) {
        committed = Arrays.stream(words).skip(1).mapToLong(Long::parseLong).toArray();
        assertThat(effects.keySet()).containsAll(keys(plan, committed));
        continue;
      }
      String[] key = words[0].split("/", 3);
      int unit = plan.unitOf(plan.number(key[2]));
      assertThat(Long.parseLong(key[1])).as(line).isGreaterThan(committed[unit]);
      Long value = Long.valueOf(words[1]);
      Long before = effects.put(words[0], value);
      assertThat(before == null ? value : before).as(line).isEqualTo(value);
    }
    return effects;
  }

  private static List<String> keys(CompiledPlan plan, long[] committed) {
    var keys = new ArrayList<String>();
    for (int part = 1; part < plan.names.length; part++) {
      for (long k = 1; k <= committed[plan.unitOf(part)]; k++) {
        keys.add(RunKillProgram.RUN + "/" + k + "/" + plan.names[part]);
      }
    }
    return keys;
  }
}
