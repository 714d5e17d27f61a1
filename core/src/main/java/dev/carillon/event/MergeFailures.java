package dev.carillon.event;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which inputs of a merge failed so far. Guarded by its own monitor. */
final class MergeFailures {
  private record Failure(int input, Poison poison) {}

  private final List<Failure> failed = new ArrayList<>();

  synchronized void add(int input, Poison poison) {
    failed.add(new Failure(input, poison));
  }

  /** {@return the poison of the merge, causes in the order of its inputs} */
  synchronized Poison toPoison(EventHandle merge, @Nullable String name, int inputs, Instant time) {
    List<Poison> kept =
        failed.stream()
            .sorted(Comparator.comparingInt(Failure::input))
            .limit(Poison.MAX_CAUSES)
            .map(Failure::poison)
            .toList();
    return Poison.ofMerge(merge, name, kept, failed.size(), inputs, time);
  }
}
