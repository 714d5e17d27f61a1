package dev.carillon.source;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The positions of one run's items in the order in which they came, and up to which all are done.
 */
final class PositionTrack {
  /*
   * Items are done with in any order, but a source can only continue behind a whole prefix. So
   * places leave the queue from its head while they are done; the last to leave is the position.
   * The window bounds the queue.
   */
  private final ArrayDeque<Place> places = new ArrayDeque<>(); // guarded by this

  /** The position of an item on its way. */
  static final class Place {
    final String position;
    boolean isDone; // guarded by the track

    Place(String position) {
      this.position = position;
    }
  }

  synchronized Place add(String position) {
    var place = new Place(position);
    places.addLast(place);
    return place;
  }

  /** {@return the position up to which all are done, if this one changed it} */
  synchronized @Nullable String done(Place place) {
    place.isDone = true;
    String last = null;
    for (Place head = places.peekFirst(); head != null && head.isDone; head = places.peekFirst()) {
      last = head.position;
      places.removeFirst();
    }
    return last;
  }
}
