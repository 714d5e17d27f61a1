package dev.carillon.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Subjects that do the same work, ours and peers, and what ours are to keep.
 *
 * @param id a letter, and a number where there are several
 * @param title the work
 * @param unit what times are shown in
 * @param per what one time is of
 * @param reference the subject of ours that peers are compared with
 * @param sources measure the subjects
 * @param goals what is to hold
 * @param notes what else is to be found out and said
 */
record Group(
    String id,
    String title,
    Unit unit,
    String per,
    String reference,
    List<Source> sources,
    List<Goal> goals,
    Supplier<List<String>> notes) {

  /** What times are shown in. */
  enum Unit {
    NS("ns", 1),
    US("µs", 1e3),
    MS("ms", 1e6);

    final String symbol;
    final double nanos;

    Unit(String symbol, double nanos) {
      this.symbol = symbol;
      this.nanos = nanos;
    }
  }

  /** {@return a group without notes} */
  static Group of(
      String id,
      String title,
      Unit unit,
      String per,
      String reference,
      List<Source> sources,
      List<Goal> goals) {
    return new Group(id, title, unit, per, reference, sources, goals, List::of);
  }

  /** {@return ours in theirs, for a row of a peer's that has a counterpart} */
  Optional<Score> ratio(Rows rows, Row peer) {
    return peer.ours()
        ? Optional.empty()
        : rows.find(reference, peer.variant(), peer.size())
            .map(ours -> ours.ratioTo(peer))
            .filter(ratio -> Double.isFinite(ratio.value()));
  }

  /** {@return what all its sources measured} */
  Rows measure(Plan plan, Progress progress) {
    progress.group(id, sources.stream().mapToInt(Source::count).sum());
    var rows = new ArrayList<Row>();
    for (Source source : sources) {
      rows.addAll(source.measure(plan, progress));
    }
    return new Rows(rows);
  }
}
