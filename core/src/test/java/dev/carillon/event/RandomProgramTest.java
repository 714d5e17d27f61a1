package dev.carillon.event;

import dev.carillon.build.Covers;
import dev.carillon.build.Gen;
import dev.carillon.build.Property;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/**
 * Random graphs of events, created, completed and watched by up to eight threads, end as the model
 * says.
 */
@Covers({"V1", "V2", "V3", "V4", "V5", "V6", "V7", "V14"})
class RandomProgramTest {

  @TestFactory
  Stream<DynamicTest> programs_small_endAsTheModelSays() {
    return Property.check("small programs", 400, gen -> run(gen, 25));
  }

  @TestFactory
  Stream<DynamicTest> programs_large_endAsTheModelSays() {
    return Property.check("large programs", 60, gen -> run(gen, 400));
  }

  @Tag("long")
  @TestFactory
  Stream<DynamicTest> programs_many_endAsTheModelSays() {
    return Property.check("many programs", 500, gen -> run(gen, gen.oneOf(10, 50, 200)));
  }

  private static void run(Gen gen, int mostEvents) throws Exception {
    RandomProgram program = RandomProgram.make(gen, mostEvents);
    int generationBits = gen.oneOf(3, 32);
    boolean hurried = gen.chance(0.2);
    int traceEvery = gen.oneOf(0, 128);
    try (var events =
        Systems.unhurried(c -> c.withGenerationBits(generationBits).withTraceEvery(traceEvery))) {
      runOn(program, events);
    }
    if (hurried) {
      try (var events =
          EventSystem.create(
              c -> c.withCascadeBudget(Duration.ofNanos(1), Thread::startVirtualThread))) {
        runOn(program, events);
      }
    }
  }

  private static void runOn(RandomProgram program, EventSystem events) throws Exception {
    var run = new ProgramRun(program, events);
    run.run();
    run.check();
  }
}
