package dev.carillon.flow;

import dev.carillon.event.Event;
import dev.carillon.schedule.TaskOptions;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;

/** The threads of the CPU pool that are at work in a unit. */
final class Turns {
  /*
   * A turn is a task of the scheduler. It takes what it makes ready for itself, the first at once, the
   * rest from its deque, and then looks what others have in theirs. When a turn puts something into
   * its deque and fewer turns than threads are out, it sends another one, which begins by stealing.
   * That costs a task; but until it has begun, which takes as long as hundreds of small parts, no
   * further one is sent, so that a graph of small parts pays it seldom. What was made ready meanwhile
   * sent none, so the one that has begun looks for it, and sends the next if there is more than it
   * has taken: its first part may wait for just that.
   *
   * What threads outside of turns make ready comes by the inbox, of which every turn that has nothing
   * else takes.
   *
   * A turn that takes what others have sends for more help if that was not all; else what is behind
   * long parts would wait for them, though threads are free, as nobody looks while they run.
   *
   * A turn that finds nothing ends. It is taken off `out` first and looks once more then; so what was
   * put into the inbox before is seen by it, or who put it there saw the place free. The owner of a
   * deque looks without a fence after the push, so both may miss each other in a window of
   * nanoseconds: then the owner runs it itself, after the part that it is at. Nothing is lost.
   */
  private static final VarHandle OUT;

  static {
    try {
      OUT = MethodHandles.lookup().findVarHandle(Turns.class, "out", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final UnitRun unit;
  private final TaskOptions options;
  private final int most;
  private final CopyOnWriteArrayList<Turn> working = new CopyOnWriteArrayList<>();
  private final ConcurrentLinkedQueue<Integer> inbox = new ConcurrentLinkedQueue<>();

  @SuppressWarnings("unused") // by its handle
  private volatile int out; // turns that are submitted or at work

  private volatile boolean helpComes; // one was sent to help and has not begun

  Turns(UnitRun unit, TaskOptions options, int most) {
    this.unit = unit;
    this.options = options;
    this.most = most;
  }

  /** Has a cell worked off by a thread of the CPU pool. */
  void submit(int cell) {
    inbox.add(cell);
    help();
  }

  /** There is more than one thread can do at once. */
  void help() {
    if (out < most && !helpComes) {
      sendHelp();
    }
  }

  private void sendHelp() {
    int now = out;
    if (now < most && OUT.compareAndSet(this, now, now + 1)) {
      helpComes = true;
      send(new Turn(unit, this));
    }
  }

  private void send(Turn turn) {
    working.add(turn);
    Event task;
    try {
      task = unit.run.scheduler().submit(unit.run.deadline().turn(options, unit), turn);
    } catch (RuntimeException e) { // it is closed, or takes no more
      unit.run.refused(e);
      workOffHere(turn);
      return;
    }
    turn.task = task;
    task.whenComplete(poison -> {
      if (poison != null) {
        unit.run.refused(new IllegalStateException(poison.reason()));
        workOffHere(turn);
      }
    });
  }

  /**
   * Ends what a turn was to do, on this thread, once the run is being cancelled: no part is called.
   */
  private void workOffHere(Turn turn) {
    turn.run();
  }

  /** {@return whether a turn is the one that goes on; the task of one may run but once} */
  boolean begin(Turn turn) {
    helpComes = false;
    return turn.becomeBegun();
  }

  /** {@return something that waits at another turn; {@link Turn#NONE} if nothing does} */
  int steal(Turn thief) {
    for (Turn turn : working) {
      int cell = turn.equals(thief) ? Turn.NONE : turn.steal();
      if (cell != Turn.NONE) {
        helpWithTheRest();
        return cell;
      }
    }
    Integer handed = inbox.poll();
    if (handed == null) {
      return Turn.NONE;
    }
    helpWithTheRest();
    return handed;
  }

  private void helpWithTheRest() {
    if (out < most && !helpComes && hasWaiting()) {
      sendHelp();
    }
  }

  private boolean hasWaiting() {
    if (!inbox.isEmpty()) {
      return true;
    }
    for (Turn turn : working) {
      if (turn.hasWaiting()) {
        return true;
      }
    }
    return false;
  }

  void ended(Turn turn) {
    if (!working.remove(turn)) {
      return; // it was given up, and another is out in its place
    }
    OUT.getAndAdd(this, -1);
    helpWithTheRest();
  }

  /**
   * Looks after the turns of a run that is being cancelled.
   *
   * @param isLate whether those that have not begun are not to wait for a thread any longer
   */
  void look(boolean isLate) {
    for (Turn turn : working) {
      int cell = turn.look(unit.run.clock(), unit.run.cleanup());
      if (cell != Turn.NONE) {
        unit.givenUp(cell, turn);
        replace(turn);
      } else if (isLate && begin(turn)) {
        Errands.onOwnThread(unit.run, turn::work);
        turn.withdraw();
      }
    }
  }

  /** A turn was given up, or gives way: what waits there is for others. */
  void replace(Turn turn) {
    for (int cell = turn.steal(); cell != Turn.NONE; cell = turn.steal()) {
      inbox.add(cell);
    }
    if (working.remove(turn)) {
      OUT.getAndAdd(this, -1);
    }
    help();
  }
}
