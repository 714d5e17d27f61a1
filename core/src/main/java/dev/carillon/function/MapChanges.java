package dev.carillon.function;

import dev.carillon.spi.MapRecord;
import dev.carillon.spi.MapSink;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The last changes of a map, and who is told of those to come; guarded by the map's lock. */
final class MapChanges {
  private final int most;
  private final long mostBytes;
  private final ArrayDeque<MapRecord> history = new ArrayDeque<>();
  private final Set<Place> ofAll = new LinkedHashSet<>();
  private final Map<Bytes, Set<Place>> byKey = new HashMap<>();
  private long bytes;
  private long last;
  private long forgotten; // the last change that is not in the history

  /** A sink, and of which key it is told, null for all; equal to itself only. */
  static final class Place {
    final @Nullable Bytes key;
    final MapSink sink;

    Place(@Nullable Bytes key, MapSink sink) {
      this.key = key;
      this.sink = sink;
    }

    boolean isTold(MapRecord change) {
      return key == null || Arrays.equals(key.array, change.key());
    }
  }

  MapChanges(int most, long mostBytes) {
    this.most = most;
    this.mostBytes = mostBytes;
  }

  /** What came up to a revision is not known. */
  void forgetUpTo(long revision) {
    forgotten = revision;
    last = revision;
  }

  /** Keeps a change, and gives it to the sinks. */
  void add(MapRecord change) {
    last = change.revision();
    history.add(change);
    bytes += change.size();
    while (history.size() > most || bytes > mostBytes) {
      MapRecord oldest = history.remove();
      bytes -= oldest.size();
      forgotten = oldest.revision();
    }
    for (Place each : ofAll) {
      each.sink.changed(change);
    }
    if (!byKey.isEmpty()) {
      for (Place each : byKey.getOrDefault(new Bytes(change.key()), Set.of())) {
        each.sink.changed(change);
      }
    }
  }

  /** Gives a sink what comes from now on. */
  void place(Place place) {
    if (place.key == null) {
      ofAll.add(place);
    } else {
      byKey.computeIfAbsent(place.key, _ -> new LinkedHashSet<>()).add(place);
    }
  }

  void remove(Place place) {
    if (place.key == null) {
      ofAll.remove(place);
    } else {
      byKey.computeIfPresent(
          place.key,
          (_, places) -> {
            places.remove(place);
            return places.isEmpty() ? null : places;
          });
    }
  }

  /** Gives a sink what came after a revision, or says that this is not known. */
  void replay(long after, Place place) {
    if (after < forgotten || after > last) {
      place.sink.missed();
      return;
    }
    for (MapRecord each : history) {
      if (each.revision() > after && place.isTold(each)) {
        place.sink.changed(each);
      }
    }
  }

  /** Tells all sinks that nothing comes any more. */
  void close() {
    ofAll.forEach(each -> each.sink.closed());
    byKey.values().forEach(places -> places.forEach(each -> each.sink.closed()));
    ofAll.clear();
    byKey.clear();
    history.clear();
  }
}
