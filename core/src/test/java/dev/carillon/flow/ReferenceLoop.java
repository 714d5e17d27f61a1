package dev.carillon.flow;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** How far the loop of a unit is. */
final class ReferenceLoop {
  final String unit;
  final Set<Long> underWay = new TreeSet<>();
  final Map<Long, RunStatus> statuses = new TreeMap<>(); // of the iterations that have ended
  long begun;
  int failuresInARow;
  boolean hasEnded; // by a failure, by until, or as it was skipped
  boolean isSkipped; // as what it is started by can no more come

  ReferenceLoop(String unit) {
    this.unit = unit;
  }

  void begin(long iteration) {
    begun = iteration;
    underWay.add(iteration);
  }

  void end(long iteration, RunStatus status, Loop loop, boolean isEnough) {
    underWay.remove(iteration);
    statuses.put(iteration, status);
    failuresInARow = status == RunStatus.ERROR ? failuresInARow + 1 : 0;
    hasEnded |= isEnough || isSkipped || failuresInARow >= loop.afterFailure().failures();
  }

  /** {@return how many iterations have ended} */
  long ended() {
    return statuses.size();
  }
}
