package dev.carillon.source;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIII_Result;
import org.openjdk.jcstress.infra.results.III_Result;

/** Frames are pushed by several threads while one takes them, shuts, or is told to look. */
public final class OutboxStress {
  private OutboxStress() {}

  static byte[] frame(int number) {
    return new byte[] {(byte) number};
  }

  /** {@return 0 if a frame was accepted, 1 if it was full, 2 if it was shut} */
  static int code(SendResult result) {
    return switch (result) {
      case ACCEPTED -> 0;
      case FULL -> 1;
      case CLOSED -> 2;
    };
  }

  /** {@return the first bytes of frames as the digits of a number} */
  static int digits(Outbox.Frame frames) {
    int digits = 0;
    for (Outbox.Frame f = frames; f != null; f = f.next) {
      digits = 10 * digits + f.bytes[0];
    }
    return digits;
  }

  @JCStressTest
  @Description("One thread pushes 1 and then 2, another takes: all come out, in order.")
  @Outcome(
      id = {"12, 0, 2", "1, 2, 2", "0, 12, 2"},
      expect = ACCEPTABLE,
      desc = "Each frame once, in its order.")
  @Outcome(expect = FORBIDDEN, desc = "A frame was lost, came twice, or passed one before it.")
  @State
  public static class PushTake {
    private final Outbox outbox = new Outbox();

    @Actor
    public void push(III_Result r) {
      outbox.push(frame(1), 10);
      outbox.push(frame(2), 10);
    }

    @Actor
    public void take(III_Result r) {
      r.r1 = digits(outbox.take());
    }

    @Arbiter
    public void after(III_Result r) {
      r.r2 = digits(outbox.take());
      r.r3 = outbox.unsent();
    }
  }

  @JCStressTest
  @Description("Two threads push a frame each, where only one may wait.")
  @Outcome(
      id = {"0, 1, 1, 1", "1, 0, 2, 1"},
      expect = ACCEPTABLE,
      desc = "One of them found it full.")
  @Outcome(expect = FORBIDDEN, desc = "Both or none were taken, or the count is wrong.")
  @State
  public static class PushPushFull {
    private final Outbox outbox = new Outbox();

    @Actor
    public void one(IIII_Result r) {
      r.r1 = code(outbox.push(frame(1), 1));
    }

    @Actor
    public void other(IIII_Result r) {
      r.r2 = code(outbox.push(frame(2), 1));
    }

    @Arbiter
    public void after(IIII_Result r) {
      r.r3 = digits(outbox.take());
      r.r4 = outbox.unsent();
    }
  }

  @JCStressTest
  @Description("A frame is pushed while the outbox is shut: who shuts it has what was accepted.")
  @Outcome(id = "0, 1, 1", expect = ACCEPTABLE, desc = "Accepted, and given to whoever shut it.")
  @Outcome(id = "2, 0, 0", expect = ACCEPTABLE, desc = "Refused as closed, and nowhere.")
  @Outcome(expect = FORBIDDEN, desc = "Accepted and lost, or refused and written.")
  @State
  public static class PushShut {
    private final Outbox outbox = new Outbox();

    @Actor
    public void push(III_Result r) {
      r.r1 = code(outbox.push(frame(1), 10));
    }

    @Actor
    public void shut(III_Result r) {
      r.r2 = digits(outbox.shut());
    }

    @Arbiter
    public void after(III_Result r) {
      r.r3 = outbox.unsent();
    }
  }

  /** A connection that can only be poked. */
  static final class Link extends Pokes.Poked<Link> {
    final Outbox outbox = new Outbox();
    int seen; // digits of what was taken
  }

  static void look(Link link) {
    for (Outbox.Frame f = link.outbox.take(); f != null; f = f.next) {
      link.seen = 10 * link.seen + f.bytes[0];
    }
  }

  @JCStressTest
  @Description(
      "A frame is pushed and its connection poked, while another thread looks at it for one that"
          + " came before: a frame that it does not see leaves the connection poked.")
  @Outcome(
      id = "31, 0, 1",
      expect = ACCEPTABLE,
      desc = "Both frames are found by those who look, and nobody is left in the queue.")
  @Outcome(expect = FORBIDDEN, desc = "A frame waits, and nobody is told; or a count is wrong.")
  @State
  public static class PokeLook {
    private final Pokes<Link> pokes = new Pokes<>();
    private final Link link = new Link();

    {
      link.outbox.push(frame(3), 10);
      pokes.add(link);
    }

    @Actor
    public void poke(III_Result r) {
      link.outbox.push(frame(1), 10);
      pokes.add(link);
    }

    @Actor
    public void look(III_Result r) {
      pokes.each(OutboxStress::look);
    }

    @Arbiter
    public void after(III_Result r) {
      pokes.each(OutboxStress::look);
      r.r1 = link.seen;
      r.r2 = link.outbox.hasFrames() ? 1 : 0;
      r.r3 = pokes.isEmpty() ? 1 : 0;
    }
  }
}
