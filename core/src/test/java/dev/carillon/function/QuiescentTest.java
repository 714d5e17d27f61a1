package dev.carillon.function;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.binary.BinaryCodec;
import dev.carillon.build.ChildJvm;
import dev.carillon.build.Covers;
import dev.carillon.spi.Codec;
import dev.carillon.spi.CodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Running objects that rest while they are sent, and go on elsewhere. */
class QuiescentTest {

  /** Where a trainer is. */
  record Progress(long step, double sum) {}

  /** Counts on a thread of its own, which is never paused in the middle of a step. */
  static final class Trainer implements Quiescent<Progress>, AutoCloseable {
    private final Thread thread;

    // guarded by this
    private long step;
    private double sum;
    private int pauses;
    private boolean isAtRest;
    private boolean isClosed;

    Trainer() {
      this(new Progress(0, 0), 0);
    }

    private Trainer(Progress from, int pauses) {
      this.step = from.step;
      this.sum = from.sum;
      this.pauses = pauses;
      this.thread = Thread.ofPlatform().daemon().name("trainer").start(this::train);
    }

    static Trainer restored(Progress from) {
      return new Trainer(from, 1);
    }

    private synchronized void train() {
      try {
        while (!isClosed) {
          if (pauses > 0) {
            isAtRest = true;
            notifyAll();
            wait();
            continue;
          }
          isAtRest = false;
          sum += Math.sqrt(++step);
          notifyAll();
          wait(1); // lets the others in
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public synchronized Progress quiesce(Duration within) throws InterruptedException {
      pauses++;
      while (!isAtRest) {
        wait();
      }
      return new Progress(step, sum);
    }

    @Override
    public synchronized void resume() {
      pauses--;
      if (pauses == 0) {
        isAtRest = false;
      }
      notifyAll();
    }

    synchronized Progress await(long least) throws InterruptedException {
      while (step < least) {
        wait();
      }
      return new Progress(step, sum);
    }

    synchronized Progress progress() {
      return new Progress(step, sum);
    }

    synchronized int pauses() {
      return pauses;
    }

    @Override
    public void close() {
      synchronized (this) {
        isClosed = true;
        notifyAll();
      }
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Functions to send. */
  static final class Jobs {
    static List<Progress> go(Trainer trainer, int steps) throws InterruptedException {
      try (trainer) {
        Progress from = trainer.await(0);
        return List.of(from, trainer.await(from.step + steps));
      }
    }

    static Object echo(Object value) {
      return value;
    }
  }

  /** Does what it is told, once. */
  static final class Scripted implements Quiescent<String>, AutoCloseable {
    final AtomicInteger resumed = new AtomicInteger();
    final CountDownLatch wasInterrupted = new CountDownLatch(1);
    private final @Nullable Object snapshot;
    volatile boolean isInterruptedInResume;
    private boolean hangs;

    Scripted(@Nullable Object snapshot) {
      this.snapshot = snapshot;
    }

    static Scripted hanging() {
      var hanging = new Scripted("late");
      hanging.hangs = true;
      return hanging;
    }

    @Override
    @SuppressWarnings({"unchecked", "NullAway"}) // some snapshots are wrong on purpose
    public String quiesce(Duration within) throws Exception {
      if (hangs) {
        try {
          new CountDownLatch(1).await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          wasInterrupted.countDown();
        }
      }
      if (snapshot instanceof Exception e) {
        throw e;
      }
      return (String) snapshot;
    }

    @Override
    public void resume() {
      isInterruptedInResume = Thread.currentThread().isInterrupted();
      resumed.incrementAndGet();
      if ("fails to resume".equals(snapshot)) {
        throw new IllegalStateException("stays at rest");
      }
      if ("fails with an error".equals(snapshot)) {
        throw new AssertionError("stays at rest");
      }
    }

    @Override
    public void close() {}
  }

  static final Codec CODEC = BinaryCodec.of(c -> c.register("progress", Progress.class));

  static FunctionCodec codec(Functions functions) {
    return FunctionCodec.open(
        functions,
        CODEC,
        c ->
            c.restoring("trainer", Trainer.class, Progress.class, Trainer::restored)
                .restoring("scripted", Scripted.class, String.class, Scripted::new)
                .withQuiesceWithin(Duration.ofSeconds(20)));
  }

  /** Calls the function that its input stands for, and writes the result. */
  static final class Child {
    private Child() {}

    @SuppressWarnings("SystemOut") // is what the parent reads
    public static void main(String[] args) throws Exception {
      Functions functions = Functions.open("child");
      functions.register(Bound.of(Jobs::go));
      var go = (Bound<?>) codec(functions).decode(System.in.readAllBytes());
      System.out.write(CODEC.encode(go.call()));
      System.out.flush();
    }
  }

  private final Functions functions = Functions.open("here");
  private final FunctionCodec codec = codec(functions);
  private final Bound<Object> echo = functions.register(Bound.of(Jobs::echo));
  private final List<AutoCloseable> open = new ArrayList<>();

  private <T extends AutoCloseable> T opened(T one) {
    open.add(one);
    return one;
  }

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
  }

  @Test
  @Covers({"S2", "S13", "S45"})
  void encode_runningTrainer_goesOnInAnotherJvm_andHere() throws Exception {
    Bound<List<Progress>> go = functions.register(Bound.of(Jobs::go));
    var trainer = opened(new Trainer());
    trainer.await(5);
    byte[] bytes = codec.encode(go.bind("trainer", trainer).bind("steps", 10));
    Progress after = trainer.await(0);
    Process child =
        new ProcessBuilder(ChildJvm.command(Child.class))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (var in = child.getOutputStream()) {
      in.write(bytes);
    }
    byte[] answer = child.getInputStream().readAllBytes();
    assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(child.exitValue()).isZero();
    var progress = (List<?>) CODEC.decode(answer, List.class);
    var from = (Progress) progress.getFirst();
    var to = (Progress) progress.getLast();
    assertThat(from.step).isBetween(5L, after.step + 100);
    assertThat(to.step).isGreaterThanOrEqualTo(from.step + 10);
    double sum = 0;
    for (long i = 1; i <= to.step; i++) {
      sum += Math.sqrt(i);
    }
    assertThat(to.sum).as("every step was made once, here or there").isEqualTo(sum);
    assertThat(trainer.await(after.step + 5).step).as("it goes on here").isGreaterThan(after.step);
  }

  @Test
  @Covers("S2")
  void encode_severalInListsAndMaps_areOneEachThere() throws Exception {
    var one = opened(new Trainer());
    var other = opened(new Trainer());
    Bound<Object> bound = echo.bind(0, Map.of("a", List.of(one, other), "b", one, "c", "text"));
    byte[] bytes = codec.encode(bound);
    assertThat(List.of(one.pauses(), other.pauses())).containsExactly(0, 0);
    var received = (Map<?, ?>) codec.decode(bytes, Object.class).call();
    var list = (List<?>) java.util.Objects.requireNonNull(received.get("a"));
    assertThat(received.get("b")).isSameAs(list.getFirst());
    assertThat(list.get(1)).isNotSameAs(list.getFirst());
    for (Object each : list) {
      var trainer = opened((Trainer) each);
      assertThat(trainer.pauses()).as("it was told to run").isZero();
      assertThat(trainer.await(trainer.await(0).step + 2).step).isPositive();
    }
  }

  /** A record with a list of running objects. */
  record Holder(List<Trainer> trainers) {}

  /** A record with a running object. */
  record Session(String name, Trainer trainer) {}

  @Test
  @Covers("S2")
  void encode_insideARecord_goesOnIfTheCodecKnowsIt() throws Exception {
    Codec knows =
        BinaryCodec.of(c ->
            c.register("progress", Progress.class)
                .register("session", Session.class)
                .registerVia(
                    "trainer",
                    Trainer.class,
                    Progress.class,
                    Trainer::progress,
                    Trainer::restored));
    FunctionCodec nested = FunctionCodec.open(functions, knows);
    var trainer = opened(new Trainer());
    trainer.await(3);
    byte[] bytes = nested.encode(echo.bind(0, List.of(new Session("s", trainer))));
    assertThat(trainer.pauses()).isZero();
    var received = (List<?>) nested.decode(bytes, Object.class).call();
    var theirs = opened(((Session) received.getFirst()).trainer);
    assertThat(theirs.pauses()).as("it was told to run").isZero();
    Progress from = theirs.await(0);
    assertThat(from.step).isGreaterThanOrEqualTo(3);
    assertThat(theirs.await(from.step + 2).step).isGreaterThan(from.step);
    assertThatThrownBy(() -> codec.encode(echo.bind(0, List.of(new Session("s", trainer)))))
        .isInstanceOf(CodingException.class)
        .hasMessageContaining("optionals and Object[] only, at value[0].trainer");
  }

  @Test
  @Covers("S2")
  void encode_inASharedListAndARecordWithIt_allRunOn() throws Exception {
    Codec knows =
        BinaryCodec.of(c ->
            c.register("progress", Progress.class)
                .register("holder", Holder.class)
                .registerVia(
                    "trainer",
                    Trainer.class,
                    Progress.class,
                    Trainer::progress,
                    Trainer::restored));
    FunctionCodec both =
        FunctionCodec.open(
            functions,
            knows,
            c -> c.restoring("trainer", Trainer.class, Progress.class, Trainer::restored));
    var trainer = opened(new Trainer());
    List<Trainer> shared = List.of(trainer);
    byte[] bytes = both.encode(echo.bind(0, List.of(shared, new Holder(shared))));
    assertThat(trainer.pauses()).isZero();
    var received = (List<?>) both.decode(bytes, Object.class).call();
    var free = opened((Trainer) ((List<?>) received.getFirst()).getFirst());
    var held = opened(((Holder) received.get(1)).trainers.getFirst());
    assertThat(List.of(free.pauses(), held.pauses())).as("told to run").containsExactly(0, 0);
    assertThatThrownBy(() -> codec.encode(echo.bind(0, List.of(shared, new Holder(shared)))))
        .isInstanceOf(CodingException.class)
        .hasMessageContaining("optionals and Object[] only, at value[1].trainers[0]");
  }

  @Test
  void encode_oneFails_allRunOn() throws Exception {
    var trainer = opened(new Trainer());
    var broken = new Scripted(new IllegalStateException("no rest"));
    assertThatThrownBy(() -> codec.encode(echo.bind(0, List.of(trainer, broken))))
        .isInstanceOf(CodingException.class)
        .hasMessageContaining("could not come to rest: java.lang.IllegalStateException: no rest")
        .hasMessageEndingWith(", at value[1]");
    assertThat(broken.resumed).hasValue(1);
    assertThat(trainer.await(trainer.await(0).step + 2).step).isPositive();
    var empty = new Scripted(null);
    assertThatThrownBy(() -> codec.encode(echo.bind(0, empty)))
        .hasMessageContaining("must give a java.lang.String when it rests: snapshot=null");
    assertThat(empty.resumed).hasValue(1);
  }

  @Test
  void encode_valueThatCannotBeWritten_allRunOn() throws Exception {
    var trainer = opened(new Trainer());
    List<Object> list = List.of(trainer, new StringBuilder("unknown to the codec"));
    assertThatThrownBy(() -> codec.encode(echo.bind(0, list)))
        .isInstanceOf(CodingException.class)
        .hasMessageContaining("java.lang.StringBuilder");
    assertThat(trainer.pauses()).isZero();
  }

  @Test
  void encode_oneIsLate_isRefusedInTime_andItRunsOnWhenItRests() throws Exception {
    FunctionCodec hasty =
        FunctionCodec.open(
            functions, CODEC, c -> codec.config().withQuiesceWithin(Duration.ofMillis(50)));
    var late = Scripted.hanging();
    assertThatThrownBy(() -> hasty.encode(echo.bind(0, late)))
        .isInstanceOf(CodingException.class)
        .hasMessageContaining("must come to rest within PT0.05S")
        .hasMessageEndingWith(", at value");
    assertThat(late.wasInterrupted.await(20, TimeUnit.SECONDS)).isTrue();
    org.awaitility.Awaitility.await().untilAtomic(late.resumed, org.hamcrest.Matchers.is(1));
    assertThat(late.isInterruptedInResume).as("the interrupt is meant for quiesce").isFalse();
  }

  @Test
  void encode_interruptedWhileItWaits_failsAndKeepsTheInterrupt() {
    var late = Scripted.hanging();
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> codec.encode(echo.bind(0, late)))
        .isInstanceOf(CodingException.class)
        .hasMessageContaining("interrupted");
    assertThat(Thread.interrupted()).isTrue();
    org.awaitility.Awaitility.await().untilAtomic(late.resumed, org.hamcrest.Matchers.is(1));
  }

  @Test
  void encode_oneCannotResume_saysSo_andTheOthersRunOn() {
    var stuck = new Scripted("fails to resume");
    var other = new Scripted("fine");
    assertThatThrownBy(() -> codec.encode(echo.bind(0, List.of(stuck, other))))
        .isInstanceOf(CodingException.class)
        .hasMessageContaining("could not resume: java.lang.IllegalStateException: stays at rest");
    assertThat(other.resumed).hasValue(1);
  }

  @Test
  void decode_oneFailsToResumeWithAnError_theOthersAreBroughtToRest() {
    var trainers = new ArrayList<Trainer>();
    FunctionCodec receiver =
        FunctionCodec.open(
            functions,
            CODEC,
            c ->
                c.restoring("scripted", Scripted.class, String.class, Scripted::new)
                    .restoring(
                        "trainer",
                        Trainer.class,
                        Progress.class,
                        from -> {
                          var restored = opened(Trainer.restored(from));
                          trainers.add(restored);
                          return restored;
                        }));
    FunctionCodec sender =
        FunctionCodec.open(
            functions,
            CODEC,
            c ->
                c.restoring("scripted", Scripted.class, String.class, _ -> new Scripted(null))
                    .restoring("trainer", Trainer.class, Progress.class, Trainer::restored));
    var trainer = opened(new Trainer());
    var late = new Scripted("fine");
    byte[] bytes = sender.encode(echo.bind(0, List.of(trainer, late)));
    Wire.Message message = Wire.read(bytes);
    String mark = HexFormat.of().formatHex(message.mark());
    byte[] failing =
        Wire.write(
            new Wire.Message(
                message.format(),
                message.functions(),
                message.snapshots(),
                message.hasResting(),
                message.mark(),
                CODEC.encode(
                    List.of(
                        List.of(mark + "s0", mark + "s1"),
                        new Progress(3, 1),
                        "fails with an error"))));
    assertThatThrownBy(() -> receiver.decode(failing))
        .isInstanceOf(CodingException.class)
        .hasMessageContaining("could not resume: java.lang.AssertionError: stays at rest");
    assertThat(trainers).extracting(Trainer::pauses).containsExactly(1);
  }

  @Test
  void decode_thatFails_startsNothing() {
    byte[] bytes = codec.encode(echo.bind(0, new Scripted("fine")));
    assertThatThrownBy(() -> codec.decode(bytes, String.class))
        .isInstanceOf(CodingException.class)
        .hasMessageContaining("must return a java.lang.String");
    FunctionCodec without = FunctionCodec.open(functions, CODEC);
    assertThatThrownBy(() -> without.decode(bytes))
        .isInstanceOf(CodingException.class)
        .hasMessageContaining("nothing says how to restore an object: name=\"scripted\"");
    byte[] stuck = codec.encode(echo.bind(0, new Scripted("fine")));
    String text = new String(stuck, StandardCharsets.ISO_8859_1).replace("fine", "fin!");
    assertThat(codec.decode(text.getBytes(StandardCharsets.ISO_8859_1)).arguments()).hasSize(1);
  }

  @Test
  void decode_forgedMarks_areRefused() {
    Wire.Message message = Wire.read(codec.encode(echo.bind(0, new Scripted("fine"))));
    assertThatThrownBy(() -> codec.decode(with(message, "no mark")))
        .isInstanceOf(CodingException.class)
        .hasMessageContaining("must be an argument or in one: restored=1, used=0");
    String mark = HexFormat.of().formatHex(message.mark());
    for (String forged : List.of(mark + "s1", mark + "f0", mark + "s", mark, mark + "s-1")) {
      assertThatThrownBy(() -> codec.decode(with(message, forged)))
          .isInstanceOf(CodingException.class)
          .hasMessageContaining("there is nothing that a mark stands for: mark=" + forged);
    }
    assertThat(codec.decode(with(message, mark + "s0")).arguments()).hasSize(1);
  }

  private static byte[] with(Wire.Message message, String argument) {
    return Wire.write(
        new Wire.Message(
            message.format(),
            message.functions(),
            message.snapshots(),
            message.hasResting(),
            message.mark(),
            CODEC.encode(List.of(argument, "fine"))));
  }

  @Test
  void restoring_sameNameOrClassTwice_isRefused() {
    FunctionCodecConfig config = codec.config();
    assertThatThrownBy(
            () -> config.restoring("other", Trainer.class, Progress.class, Trainer::restored))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("restored in one way only: name=\"other\"");
    assertThatThrownBy(() ->
            FunctionCodecConfig.DEFAULT.restoring(
                " ", Trainer.class, Progress.class, Trainer::restored))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("must have 1 to 200 characters");
  }
}
