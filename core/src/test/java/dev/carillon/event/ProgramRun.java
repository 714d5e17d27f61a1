package dev.carillon.event;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Gen;
import dev.carillon.build.Patience;
import dev.carillon.build.Workers;
import dev.carillon.event.RandomProgram.Step;
import dev.carillon.event.ReferenceModel.Definition;
import dev.carillon.event.ReferenceModel.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/** Runs a random program on a real system and compares what came of it with the model. */
final class ProgramRun {
  private final RandomProgram program;
  private final EventSystem events;
  private final RawEvents raw;
  private final AtomicLongArray handles; // 0 until created
  private final Map<Integer, Outcome> byHand = new ConcurrentHashMap<>();
  private final Queue<Observation> observations = new ConcurrentLinkedQueue<>();
  private final Queue<Heard> heard = new ConcurrentLinkedQueue<>();
  private final AtomicLong churned = new AtomicLong();

  /** An outcome that somebody saw. */
  private record Observation(int event, boolean poisoned, @Nullable Poison poison) {}

  /** What a listener heard, and whether it was removed. */
  private static final class Heard {
    final int event;
    final AtomicInteger calls = new AtomicInteger();
    volatile boolean removed;

    Heard(int event) {
      this.event = event;
    }
  }

  ProgramRun(RandomProgram program, EventSystem events) {
    this.program = program;
    this.events = events;
    this.raw = events.raw();
    this.handles = new AtomicLongArray(program.definitions().size());
  }

  /** Runs the program; {@return when all that waits in it has ended} */
  void run() throws Exception {
    try (var waiters = new Workers();
        var workers = new Workers()) {
      for (int t = 0; t < program.threads(); t++) {
        int thread = t;
        Workers.Kind kind = t % 2 == 0 ? Workers.Kind.PLATFORM : Workers.Kind.VIRTUAL;
        workers.start(
            kind,
            "thread " + t,
            () -> {
              for (Step step : program.steps()) {
                if (step.thread() == thread) {
                  execute(step, new Gen(step.seed()), waiters);
                }
              }
            });
      }
      workers.join();
    }
    Patience.until("all listeners ran", () -> heard.stream().allMatch(h -> h.removed || ran(h)));
  }

  private static boolean ran(Heard listener) {
    return listener.calls.get() > 0;
  }

  private void execute(Step step, Gen gen, Workers waiters) throws InterruptedException {
    int event = step.event();
    switch (step.action()) {
      case CREATE -> created(event, create(program.definitions().get(event), gen));
      case TRIGGER -> complete(event, null, gen);
      case POISON -> complete(event, "poisoned by hand: " + event + "/" + step.seed(), gen);
      case LISTEN -> listen(event, gen);
      case LISTEN_AND_REMOVE -> listenAndRemove(event, gen);
      case AWAIT_VIRTUAL ->
          waiters.start(Workers.Kind.VIRTUAL, "await", () -> await(event, Patience.LONG));
      case AWAIT_PLATFORM ->
          waiters.start(Workers.Kind.PLATFORM, "await", () -> await(event, Patience.LONG));
      case AWAIT_WITH_TIMEOUTS -> {
        Duration timeout = Duration.ofNanos(gen.intBetween(1_000, 1_000_000));
        waiters.start(gen.oneOf(Workers.Kind.values()), "timed", () -> await(event, timeout));
      }
      case STAGE -> stage(event, gen);
      case ASK -> ask(event);
      case CHURN -> churn(gen);
    }
  }

  /** {@return an event's handle, waiting until some thread has created it} */
  private long handle(int event) throws InterruptedException {
    long handle = handles.get(event);
    if (handle == 0) {
      synchronized (handles) {
        while ((handle = handles.get(event)) == 0) {
          handles.wait();
        }
      }
    }
    return handle;
  }

  private void created(int event, long handle) {
    synchronized (handles) {
      handles.set(event, handle);
      handles.notifyAll();
    }
  }

  private long create(Definition definition, Gen gen) throws InterruptedException {
    long[] inputs = new long[definition.inputs().size()];
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = handle(definition.inputs().get(i));
    }
    List<Event> objects = Arrays.stream(inputs).mapToObj(raw::event).toList();
    boolean all = definition.needed() == inputs.length;
    boolean primitive = gen.chance(0.5);
    if (inputs.length == 0) {
      return primitive ? raw.create() : rawOf(events.newEvent("source"));
    } else if (definition.waits()) {
      return primitive ? raw.merge(inputs) : rawOf(events.merge(objects));
    } else if (all && gen.chance(0.5)) {
      return primitive ? raw.mergeFailFast(inputs) : rawOf(events.mergeFailFast(objects));
    } else if (definition.needed() == 1 && gen.chance(0.5)) {
      return rawOf(events.anyOf(objects));
    }
    return rawOf(events.quorum(definition.needed(), objects));
  }

  private long rawOf(Event event) {
    return raw.raw(event.handle());
  }

  private void complete(int event, @Nullable String reason, Gen gen) throws InterruptedException {
    long handle = handle(event);
    boolean won;
    if (gen.chance(0.5)) {
      won = reason == null ? raw.tryTrigger(handle) : raw.tryPoison(handle, reason);
    } else {
      Event object = raw.event(handle);
      won = reason == null ? object.tryTrigger() : object.tryPoison(reason);
    }
    if (won) {
      Outcome outcome = reason == null ? Outcome.triggered() : Outcome.poisoned(reason);
      assertThat(byHand.put(event, outcome)).as("completed before by").isNull();
    }
    assertThat(raw.status(handle).isComplete()).isTrue();
  }

  private Heard listener(int event) {
    var listener = new Heard(event);
    heard.add(listener);
    return listener;
  }

  private void listen(int event, Gen gen) throws InterruptedException {
    Heard listener = listener(event);
    CompletionListener call = poison -> hear(listener, poison);
    if (gen.chance(0.5)) {
      raw.whenComplete(handle(event), call);
    } else {
      raw.event(handle(event)).whenComplete(Runnable::run, call);
    }
  }

  private void hear(Heard listener, @Nullable Poison poison) {
    listener.calls.incrementAndGet();
    observations.add(new Observation(listener.event, poison != null, poison));
  }

  private void listenAndRemove(int event, Gen gen) throws InterruptedException {
    Heard listener = listener(event);
    long registration = raw.whenComplete(handle(event), poison -> hear(listener, poison));
    for (int i = gen.intBetween(0, 200); i > 0; i--) {
      Thread.onSpinWait();
    }
    listener.removed = raw.remove(handle(event), registration);
  }

  private void await(int event, Duration timeout) throws InterruptedException {
    try {
      boolean triggered = false;
      while (!triggered) {
        triggered = raw.await(handle(event), timeout);
      }
      observations.add(new Observation(event, false, null));
    } catch (PoisonedException e) {
      observations.add(new Observation(event, true, e.poison()));
    }
  }

  private void stage(int event, Gen gen) throws InterruptedException {
    CompletableFuture<Void> stage = raw.event(handle(event)).awaiter().toCompletableFuture();
    if (gen.chance(0.3)) {
      stage.cancel(false);
    } else {
      Heard listener = listener(event);
      stage.whenComplete((nothing, failure) ->
          hear(listener, failure == null ? null : ((PoisonedException) failure).poison()));
    }
  }

  private void ask(int event) throws InterruptedException {
    EventStatus status = raw.status(handle(event));
    if (status.isComplete()) {
      observations.add(new Observation(event, status == EventStatus.POISONED, null));
    }
  }

  private void churn(Gen gen) {
    var pending = new ArrayList<Long>();
    for (int i = gen.intBetween(1, 100); i > 0; i--) {
      pending.add(raw.create());
      if (gen.chance(0.7)) {
        raw.trigger(pending.removeLast());
      }
      churned.incrementAndGet();
    }
    pending.forEach(raw::trigger);
  }

  /** Compares everything that was seen, and everything there is to see now, with the model. */
  void check() throws Exception {
    var model = new ReferenceModel(program.definitions(), byHand);
    for (int event = 0; event < handles.length(); event++) {
      Outcome expected = model.of(event);
      EventStatus status = raw.status(handles.get(event));
      assertThat(status)
          .as("event %d: %s", event, program.definitions().get(event))
          .isEqualTo(expected.poisoned() ? EventStatus.POISONED : EventStatus.TRIGGERED);
      checkPoison(event, expected, raw.event(handles.get(event)).poison().orElse(null));
    }
    for (Observation seen : observations) {
      Outcome expected = model.of(seen.event);
      assertThat(seen.poisoned).as("seen of event %d", seen.event).isEqualTo(expected.poisoned());
      checkPoison(seen.event, expected, seen.poison);
    }
    for (Heard listener : heard) {
      assertThat(listener.calls.get())
          .as("calls of a listener on event %d", listener.event)
          .isEqualTo(listener.removed ? 0 : 1);
    }
    EventStats stats = events.stats();
    assertThat(stats.created()).isEqualTo(handles.length() + churned.get());
    assertThat(stats.pending()).isZero();
    Patience.until("no waiter is left", () -> events.stats().waiters() == 0);
  }

  private void checkPoison(int event, Outcome expected, @Nullable Poison poison) {
    if (poison == null || isSummary(poison)) {
      return;
    }
    List<String> roots = poison.rootCauses().stream().map(Poison::reason).distinct().toList();
    if (poison.rootCauses().stream().anyMatch(ProgramRun::isSummary)) {
      return;
    }
    if (expected.exact() && expected.hops() <= Poison.MAX_HOPS) {
      assertThat(roots)
          .as("root causes of event %d", event)
          .containsExactlyElementsOf(expected.roots());
    } else {
      assertThat(roots).as("root causes of event %d", event).isNotEmpty();
      assertThat(expected.roots()).as("possible causes of event %d", event).containsAll(roots);
    }
  }

  /** {@return whether this is what remains of a merge's poison after eight more in its slot} */
  private static boolean isSummary(Poison poison) {
    return poison.causes().isEmpty() && poison.reason().endsWith("failed");
  }
}
