package dev.carillon.flow;

import dev.carillon.schedule.Band;
import dev.carillon.schedule.Late;
import dev.carillon.schedule.Placement;
import dev.carillon.spi.Site;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What was said of how a part is run, for those of which anything was said. */
final class RulesDraft {
  @Nullable OnError<?> onError; // null: inherited
  boolean propagating;
  @Nullable Duration within;
  @Nullable Duration attempt;
  @Nullable Duration deadline; // null: that of the branches around it
  Late late = Late.RUN;
  Duration cost = Duration.ZERO;
  Placement placement = Placement.CPU;
  @Nullable Site site;
  @Nullable Object lane;
  @Nullable Band band;
  @Nullable Consumer<Object> undo;
  final List<Check> checks = new ArrayList<>();
  final List<Guard> guards = new ArrayList<>();
  final Set<String> locks = new TreeSet<>();
  final Map<String, Long> needs = new LinkedHashMap<>();
  final List<PartDraft<?>> after = new ArrayList<>();
  final List<PartDraft<?>> readParts = new ArrayList<>();
  final Set<Key<?>> readKeys = new LinkedHashSet<>();
  final Set<Key<?>> writtenKeys = new LinkedHashSet<>();
}
