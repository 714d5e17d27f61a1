package dev.carillon.source;

import org.jspecify.annotations.Nullable;

/**
 * The positions of one run's items in the order in which they came, and up to which all are done.
 */
final class PositionTrack {
  /*
   * Items are done with in any order, but a source can only continue behind a whole prefix. So
   * places leave the list from its head while they are done; the last to leave is the position.
   * Where two that are done stand side by side, the first is taken out, as nothing ever continues
   * between them. So there is at most one that is done behind each that is not, and the window
   * bounds the list, also while its head is not done for long and others come and go behind it.
   *
   * The keeper is told under the monitor, so that of two who move the position the later one wins.
   */
  private final PositionKeeper keeper;

  // guarded by this
  private @Nullable Place head;
  private @Nullable Place tail;
  private int size;
  private boolean isOver;

  PositionTrack(PositionKeeper keeper) {
    this.keeper = keeper;
  }

  /** The position of an item on its way. */
  static final class Place {
    final String position;

    // guarded by the track
    boolean isDone;
    @Nullable Place before;
    @Nullable Place after;

    Place(String position) {
      this.position = position;
    }
  }

  synchronized Place add(String position) {
    var place = new Place(position);
    Place last = tail;
    place.before = last;
    if (last == null) {
      head = place;
    } else {
      last.after = place;
    }
    tail = place;
    size++;
    return place;
  }

  /** Notes that an item is done: {@return whether the position has moved} */
  synchronized boolean done(Place place) {
    place.isDone = true;
    if (isOver) {
      return false;
    }
    Place before = place.before;
    if (before != null) {
      if (before.isDone) {
        remove(before);
      }
      if (place.after != null && place.after.isDone) {
        remove(place);
      }
      return false;
    }
    String last = null;
    for (Place first = head; first != null && first.isDone; first = head) {
      last = first.position;
      remove(first);
    }
    if (last != null) {
      keeper.moved(last);
    }
    return last != null;
  }

  /** The run has ended: what is done from now on moves nothing. */
  synchronized void end() {
    isOver = true;
  }

  private void remove(Place place) {
    Place before = place.before;
    Place after = place.after;
    if (before == null) {
      head = after;
    } else {
      before.after = after;
    }
    if (after == null) {
      tail = before;
    } else {
      after.before = before;
    }
    size--;
  }

  synchronized int size() {
    return size;
  }
}
