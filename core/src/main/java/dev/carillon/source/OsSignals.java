package dev.carillon.source;

import dev.carillon.time.Clock;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Signals of the operating system that are sent to this process. Immutable, changed by its methods.
 *
 * {@snippet :
 * Source.open(OsSignals.of("HUP"), Outlet.handler(_ -> reload()));
 * Source.open(OsSignals.of("TERM", "INT").thenDefault(), Outlet.handler(_ -> finishWork()));
 * }
 *
 * <p>While the source is connected it has the signals in place of whoever had them before: the JVM
 * no longer shuts down by {@code TERM}, {@code INT} and {@code HUP}, and no other signal ends the
 * process, unless they are passed on {@linkplain #thenDefault afterwards}. When it stops, and
 * between a failure and the next start, the signals go where they went before. Several sources may
 * have the same signal: each is told.
 *
 * <p>A signal that comes again before the one before was given out is counted, not kept: a slow
 * handler sees fewer items with more {@linkplain OsSignal#times times}. So any number of signals
 * takes the memory of one. There is no position; what has come and was not taken care of when the
 * source ends is told when it is started again in this process, or, of those that are to be passed
 * on, passed on at once.
 *
 * <p>Needs the module {@code jdk.unsupported}, which is there on the class path; on the module path
 * it may need {@code --add-modules jdk.unsupported}. The JVM keeps some signals for itself ({@code
 * QUIT}, {@code USR1}, {@code SEGV} …), and {@code TERM}, {@code INT} and {@code HUP} too if it was
 * started with {@code -Xrs}, or with these ignored, as {@code HUP} is by {@code nohup} and {@code
 * INT} in the background of a script: a source of such a signal fails when it starts. Nobody can
 * have {@code KILL} and {@code STOP}. On Linux the JVM suspends threads by {@code USR2}, for its
 * profiler and its Flight Recorder: who takes that signal should have neither at work, or move
 * theirs by the environment's {@code _JAVA_SR_SIGNUM}.
 */
public final class OsSignals implements SourceKind<OsSignal> {
  private final List<String> names;
  private final boolean passesOn;

  private OsSignals(List<String> names, boolean passesOn) {
    this.names = names;
    this.passesOn = passesOn;
  }

  /**
   * {@return signals by name}
   *
   * @param names such as {@code TERM}, with or without {@code SIG}
   * @throws IllegalArgumentException if there is none, or the system does not know one
   * @throws IllegalStateException if the module {@code jdk.unsupported} is missing
   */
  public static OsSignals of(String... names) {
    Set<String> bare = new LinkedHashSet<>();
    for (String name : names) {
      bare.add(name.startsWith("SIG") ? name.substring("SIG".length()) : name);
    }
    if (bare.isEmpty()) {
      throw new IllegalArgumentException("at least one signal must be named: names=[]");
    }
    bare.forEach(RawSignals::number); // which fails if there is none of that name
    return new OsSignals(List.copyOf(bare), false);
  }

  /**
   * {@return these signals, but each goes where it would have gone without this source as well, as
   * soon as the item has been taken care of or has failed} That must be a handler in Java: for
   * {@code TERM}, {@code INT} and {@code HUP} the JVM's, which shuts it down with its hooks; for
   * others one of another library. The system's own default cannot be reached from Java: a source
   * of such a signal fails when it starts.
   */
  public OsSignals thenDefault() {
    return new OsSignals(names, true);
  }

  @Override
  public String kind() {
    return "signals";
  }

  @Override
  public void run(Intake<OsSignal> intake) throws InterruptedException {
    Come come = intake.kept(Come.class, () -> new Come(names, intake.clock()));
    try {
      for (SignalCount count : come.counts) {
        SignalTable.add(count.name, count, passesOn);
      }
      intake.ready();
      give(intake, come);
    } finally {
      come.counts.forEach(count -> SignalTable.remove(count.name, count));
      if (passesOn) {
        come.passOn();
      }
    }
  }

  private void give(Intake<OsSignal> intake, Come come) throws InterruptedException {
    var turn = new Turn<>(intake);
    come.underWay.putLeft(intake, turn, signal -> item(intake, signal));
    while (true) {
      turn.awaitRoom(); // what comes meanwhile is counted
      OsSignal signal = come.await();
      if (passesOn) {
        putAndPassOn(intake, turn, signal);
      } else {
        come.underWay.put(intake, turn, signal, s -> item(intake, s));
      }
    }
  }

  private static void putAndPassOn(Intake<OsSignal> intake, Turn<OsSignal> turn, OsSignal signal)
      throws InterruptedException {
    boolean isTaken = false;
    try {
      turn.put(item(intake, signal), _ -> SignalTable.passOn(signal.name()));
      isTaken = true;
    } finally {
      if (!isTaken) {
        SignalTable.passOn(signal.name());
      }
    }
  }

  private static Item<OsSignal> item(Intake<OsSignal> intake, OsSignal signal) {
    return intake
        .item(signal)
        .from(intake.origin().withResource("signal:" + signal.name()))
        .withTime(signal.at());
  }

  /**
   * The signals that have come and were not taken care of, and those that come: kept from one run
   * to the next, as what is counted once cannot be had again.
   */
  private static final class Come {
    final List<SignalCount> counts;
    final Kept<OsSignal> underWay = new Kept<>();
    private final Object wakes = new Object(); // guards the counts and what follows
    private int next; // count to be looked at first, so that a flood of one hides no other

    Come(List<String> names, Clock clock) {
      this.counts = names.stream().map(name -> new SignalCount(name, clock, wakes)).toList();
    }

    /** Waits for a signal: {@return one that has come} */
    OsSignal await() throws InterruptedException {
      synchronized (wakes) {
        while (true) {
          Optional<OsSignal> next = take();
          if (next.isPresent()) {
            return next.get();
          }
          wakes.wait();
        }
      }
    }

    private Optional<OsSignal> take() {
      for (int i = 0; i < counts.size(); i++) {
        Optional<OsSignal> signal = counts.get(next).take();
        next = (next + 1) % counts.size();
        if (signal.isPresent()) {
          return signal;
        }
      }
      return Optional.empty();
    }

    /** Passes on what nobody will be given. */
    void passOn() {
      synchronized (wakes) {
        for (Optional<OsSignal> left = take(); left.isPresent(); left = take()) {
          SignalTable.passOn(left.get().name());
        }
      }
    }
  }
}
