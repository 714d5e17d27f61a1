package dev.carillon.source;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/** Places in a room are taken, given back and waited for by several threads. */
public final class RoomStress {
  private RoomStress() {}

  private static Room room(int window) {
    return new Room(window, null, new Room.Waited());
  }

  @JCStressTest
  @Description("Two take the only place.")
  @Outcome(
      id = {"1, 0, 1", "0, 1, 1"},
      expect = ACCEPTABLE,
      desc = "One of them has it.")
  @Outcome(expect = FORBIDDEN, desc = "Both have it, or none, or the count is wrong.")
  @State
  public static class TakeTake {
    private final Room room = room(1);

    @Actor
    public void one(III_Result r) {
      r.r1 = room.tryTake() ? 1 : 0;
    }

    @Actor
    public void other(III_Result r) {
      r.r2 = room.tryTake() ? 1 : 0;
    }

    @Arbiter
    public void after(III_Result r) {
      r.r3 = room.underWay();
    }
  }

  @JCStressTest
  @Description("A place is given back while another finds none and leaves an action.")
  @Outcome(id = "1", expect = ACCEPTABLE, desc = "It has a place, or its action has run.")
  @Outcome(
      id = "0",
      expect = FORBIDDEN,
      desc = "There is room, and nobody tells: it waits for ever.")
  @Outcome(expect = FORBIDDEN, desc = "The action has run twice, or without need.")
  @State
  public static class GiveBackOnRoom {
    private final Room room = room(1);
    private final AtomicInteger told = new AtomicInteger();

    public GiveBackOnRoom() {
      room.tryTake();
    }

    @Actor
    public void giveBack() {
      room.giveBack();
    }

    @Actor
    public void offer() {
      if (room.tryTake()) {
        told.incrementAndGet();
      } else {
        room.onRoom(told::incrementAndGet);
      }
    }

    @Arbiter
    public void after(I_Result r) {
      r.r1 = told.get();
    }
  }

  @JCStressTest
  @Description("A pause ends while another finds no room and leaves an action.")
  @Outcome(id = "1", expect = ACCEPTABLE, desc = "It has a place, or its action has run.")
  @Outcome(expect = FORBIDDEN, desc = "Nobody tells, or twice.")
  @State
  public static class ResumeOnRoom {
    private final Room room = room(1);
    private final AtomicInteger told = new AtomicInteger();

    public ResumeOnRoom() {
      room.pause(true);
    }

    @Actor
    public void resume() {
      room.pause(false);
    }

    @Actor
    public void offer() {
      if (room.tryTake()) {
        told.incrementAndGet();
      } else {
        room.onRoom(told::incrementAndGet);
      }
    }

    @Arbiter
    public void after(I_Result r) {
      r.r1 = told.get();
    }
  }

  @JCStressTest
  @Description("A place is given back while another comes to wait for it.")
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "It has the place.")
  @Outcome(expect = FORBIDDEN, desc = "It was sent away, or the count is wrong.")
  @State
  public static class GiveBackTake {
    private final Room room = room(1);

    public GiveBackTake() {
      room.tryTake();
    }

    @Actor
    public void giveBack() {
      room.giveBack();
    }

    @Actor
    public void take(II_Result r) {
      try {
        r.r1 = room.take() ? 1 : 0;
      } catch (InterruptedException e) {
        r.r1 = -1;
      }
    }

    @Arbiter
    public void after(II_Result r) {
      r.r2 = room.underWay();
    }
  }

  @JCStressTest
  @Description("A room is closed, and looked at, while another takes a place.")
  @Outcome(id = "1, 0, 0", expect = ACCEPTABLE, desc = "It was empty, and nothing came in after.")
  @Outcome(
      id = "0, 1, 1",
      expect = ACCEPTABLE,
      desc = "Something was in before, and is waited for.")
  @Outcome(id = "0, 0, 0", expect = ACCEPTABLE, desc = "One came and saw that it was closed.")
  @Outcome(id = "1, 1, .*", expect = FORBIDDEN, desc = "It came in behind who saw the room empty.")
  @Outcome(expect = FORBIDDEN, desc = "The count is wrong.")
  @State
  public static class CloseTake {
    private final Room room = room(2);

    @Actor
    public void close(III_Result r) {
      room.close();
      r.r1 = room.underWay() == 0 ? 1 : 0;
    }

    @Actor
    public void take(III_Result r) {
      r.r2 = room.tryTake() ? 1 : 0;
    }

    @Arbiter
    public void after(III_Result r) {
      r.r3 = room.underWay();
    }
  }

  @JCStressTest
  @Description("The last one goes while another waits until the room is empty.")
  @Outcome(id = "1", expect = ACCEPTABLE, desc = "It was told.")
  @Outcome(expect = FORBIDDEN, desc = "It was not.")
  @State
  public static class GiveBackAwaitEmpty {
    private final Room room = room(1);

    public GiveBackAwaitEmpty() {
      room.tryTake();
    }

    @Actor
    public void giveBack() {
      room.giveBack();
    }

    @Actor
    public void awaitEmpty(I_Result r) {
      try {
        r.r1 = room.awaitEmpty(() -> false) ? 1 : 0;
      } catch (InterruptedException e) {
        r.r1 = -1;
      }
    }
  }

  @JCStressTest
  @Description("A room that does not look for CLOSED again after its CAS: CloseTake forbids it.")
  @Outcome(
      id = {"1, 0", "0, 1"},
      expect = ACCEPTABLE,
      desc = "One saw the other.")
  @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "Closed while it was taken, and given back.")
  @Outcome(id = "1, 1", expect = ACCEPTABLE_INTERESTING, desc = "It came in behind.")
  @Outcome(expect = FORBIDDEN, desc = "Not even this room does that.")
  @State
  public static class LookOnceOnly {
    private final AtomicInteger underWay = new AtomicInteger();
    private volatile boolean closed;

    @Actor
    public void close(II_Result r) {
      closed = true;
      r.r1 = underWay.get() == 0 ? 1 : 0;
    }

    @Actor
    public void take(II_Result r) {
      if (!closed) {
        underWay.incrementAndGet();
        r.r2 = 1;
      }
    }
  }
}
