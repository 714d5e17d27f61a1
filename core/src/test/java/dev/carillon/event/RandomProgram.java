package dev.carillon.event;

import dev.carillon.build.Gen;
import dev.carillon.event.ReferenceModel.Definition;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A random program on events: what is created, and which thread does what to it in which order.
 *
 * @param definitions how each event is made
 * @param steps what happens; a thread does its steps in this order
 */
record RandomProgram(int threads, List<Definition> definitions, List<Step> steps) {

  /** What may be done to an event. */
  enum Action {
    CREATE,
    TRIGGER,
    POISON,
    LISTEN,
    LISTEN_AND_REMOVE,
    AWAIT_VIRTUAL,
    AWAIT_PLATFORM,
    AWAIT_WITH_TIMEOUTS,
    STAGE,
    ASK,
    /** Creates and completes other events, so that slots change hands. */
    CHURN
  }

  /**
   * One step.
   *
   * @param seed decides what the step leaves open, such as which surface it uses
   */
  record Step(int thread, Action action, int event, long seed) {}

  /** {@return a program with at most that many events} */
  static RandomProgram make(Gen gen, int mostEvents) {
    int threads = gen.intBetween(1, 8);
    int count = gen.intBetween(1, mostEvents);
    double sources = gen.oneOf(0.15, 0.3, 0.6);
    var definitions = new ArrayList<Definition>();
    for (int event = 0; event < count; event++) {
      definitions.add(
          event == 0 || gen.chance(sources)
              ? new Definition(List.of(), 0, true)
              : derived(gen, event));
    }
    return new RandomProgram(threads, definitions, steps(gen, threads, definitions));
  }

  private static Definition derived(Gen gen, int event) {
    int reach = gen.oneOf(3, 10, event); // short reaches make deep graphs
    int most = gen.oneOf(6, 6, 6, 40); // merges of more than 16 inputs have parts
    List<Integer> inputs =
        gen.listOf(1, most, g -> g.intBetween(Math.max(0, event - reach), event - 1));
    return switch (gen.intBetween(0, 5)) {
      case 0 -> new Definition(inputs, inputs.size(), false);
      case 1 -> new Definition(inputs, 1, false);
      case 2 -> new Definition(inputs, gen.intBetween(1, inputs.size()), false);
      default -> new Definition(inputs, inputs.size(), true);
    };
  }

  private static List<Step> steps(Gen gen, int threads, List<Definition> definitions) {
    double poison = gen.oneOf(0.0, 0.05, 0.3, 0.9);
    double byHand = gen.oneOf(0.0, 0.1);
    var steps = new ArrayList<Step>();
    var later = new ArrayList<Step>();
    for (int event = 0; event < definitions.size(); event++) {
      steps.add(step(gen, threads, Action.CREATE, event));
      for (int i = gen.intBetween(0, 3); i > 0; i--) {
        later.add(step(gen, threads, use(gen), event));
      }
      boolean source = definitions.get(event).inputs().isEmpty();
      for (int i = source ? gen.intBetween(1, 3) : gen.chance(byHand) ? 1 : 0; i > 0; i--) {
        later.add(step(gen, threads, gen.chance(poison) ? Action.POISON : Action.TRIGGER, event));
      }
    }
    // uses and completions fall anywhere after the creation: a step waits until its event is there
    for (Step step : gen.shuffled(later)) {
      int earliest =
          IntStream.range(0, steps.size())
              .filter(i -> steps.get(i).action == Action.CREATE)
              .filter(i -> steps.get(i).event == step.event)
              .findFirst()
              .orElseThrow();
      steps.add(gen.intBetween(earliest + 1, steps.size()), step);
    }
    return List.copyOf(steps);
  }

  private static Action use(Gen gen) {
    return gen.oneOf(
        Action.LISTEN,
        Action.LISTEN,
        Action.LISTEN_AND_REMOVE,
        Action.AWAIT_VIRTUAL,
        Action.AWAIT_PLATFORM,
        Action.AWAIT_WITH_TIMEOUTS,
        Action.STAGE,
        Action.ASK,
        Action.CHURN);
  }

  private static Step step(Gen gen, int threads, Action action, int event) {
    return new Step(gen.intBetween(0, threads - 1), action, event, gen.anyLong());
  }
}
