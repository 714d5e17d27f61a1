package dev.carillon.source;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
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
 * takes the memory of one. There is no position.
 *
 * <p>Needs the module {@code jdk.unsupported}, which is there on the class path; on the module path
 * it may need {@code --add-modules jdk.unsupported}. The JVM keeps some signals for itself ({@code
 * QUIT}, {@code USR1}, {@code SEGV} …), and {@code TERM}, {@code INT} and {@code HUP} too if it was
 * started with {@code -Xrs}; nobody can have {@code KILL} and {@code STOP}. On Linux the JVM
 * suspends threads by {@code USR2}, for its profiler and its Flight Recorder: who takes that signal
 * should have neither at work, or move theirs by the environment's {@code _JAVA_SR_SIGNUM}.
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
    var counts = new ArrayList<SignalCount>();
    var wakes = new Object();
    try {
      for (String name : names) {
        var count = new SignalCount(name, intake.clock(), wakes);
        SignalTable.add(name, count, passesOn);
        counts.add(count);
      }
      intake.ready();
      give(intake, counts, wakes);
    } finally {
      counts.forEach(count -> SignalTable.remove(count.name, count));
    }
  }

  private void give(Intake<OsSignal> intake, List<SignalCount> counts, Object wakes)
      throws InterruptedException {
    var turn = new Turn<>(intake);
    while (true) {
      turn.awaitRoom(); // what comes meanwhile is counted
      for (OsSignal signal : await(counts, wakes)) {
        Item<OsSignal> item =
            intake
                .item(signal)
                .from(intake.origin().withResource("signal:" + signal.name()))
                .withTime(signal.at());
        turn.put(item, passesOn ? _ -> SignalTable.passOn(signal.name()) : SettledListener.NONE);
      }
    }
  }

  private static List<OsSignal> await(List<SignalCount> counts, Object wakes)
      throws InterruptedException {
    synchronized (wakes) {
      while (true) {
        var come = new ArrayList<OsSignal>();
        counts.forEach(count -> count.take().ifPresent(come::add));
        if (!come.isEmpty()) {
          return come;
        }
        wakes.wait();
      }
    }
  }
}
