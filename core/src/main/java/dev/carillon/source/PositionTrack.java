package dev.carillon.source;

import java.util.ArrayDeque;

/**
 * The positions of one run's items in the order in which they came, and up to which all are done.
 */
final class PositionTrack {
  /*
   * Items are done with in any order, but a source can only continue behind a whole prefix. So
   * places leave the queue from its head while they are done; the last to leave is the position.
   * It is handed to the keeper under the monitor, so that of two who move it the later one wins.
   *
   * An item that is done leaves the window, but not the queue while one before it is not done. So
   * the queue has a bound of its own: once it is reached, the room is shut until the head has gone.
   */
  private static final int MOST_PER_WINDOW = 16;

  private final PositionKeeper keeper;
  private final Room room;
  private final int most;

  // guarded by this
  private final ArrayDeque<Place> places = new ArrayDeque<>();
  private boolean isFar;
  private boolean isOver;

  PositionTrack(PositionKeeper keeper, Room room, int window) {
    this.keeper = keeper;
    this.room = room;
    this.most = MOST_PER_WINDOW * window;
  }

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
    if (!isFar && places.size() >= most) {
      isFar = true;
      room.far(true);
    }
    return place;
  }

  /** Notes that an item is done: {@return whether the position has moved} */
  boolean done(Place place) {
    String last = null;
    boolean isNear = false;
    synchronized (this) {
      place.isDone = true;
      if (isOver) {
        return false;
      }
      for (Place head = places.peekFirst();
          head != null && head.isDone;
          head = places.peekFirst()) {
        last = head.position;
        places.removeFirst();
      }
      if (last != null) {
        keeper.moved(last);
      }
      if (isFar && places.size() < most) {
        isFar = false;
        isNear = true;
      }
    }
    if (isNear) {
      room.far(false); // which runs what the kind has left there
    }
    return last != null;
  }

  /** The run has ended: what is done from now on moves nothing. */
  synchronized void end() {
    isOver = true;
    places.clear();
  }
}
