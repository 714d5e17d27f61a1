package dev.carillon.bench;

import java.util.List;

/**
 * R: servers that send frames back. What a message and what a connection cost, and what idle
 * connections hold.
 */
final class Sockets {
  private static final int MANY = 64;
  private static final int WINDOW = 16;
  private static final String WINDOWS = MANY + " × " + WINDOW;
  private static final String ONE_EACH = MANY + " × 1";
  private static final String ALONE = "1 × 1";

  private static final SocketRounds MESSAGES =
      new SocketRounds(
          new SocketRounds.Work(WINDOWS, false, port -> SocketLoad.open(port, MANY, WINDOW)),
          new SocketRounds.Work(ONE_EACH, false, port -> SocketLoad.open(port, MANY, 1)),
          new SocketRounds.Work(ALONE, true, port -> SocketLoad.open(port, 1, 1)));

  private static final SocketRounds CONNECTIONS =
      new SocketRounds(new SocketRounds.Work("", false, SocketChurn::of));

  static final Group OF_MESSAGES =
      new Group(
          "R1",
          "sockets: echo of 64 B, connections × frames under way on each",
          Group.Unit.US,
          "message",
          SocketServer.OURS.name(),
          List.of(MESSAGES),
          List.of(
              likeNetty(WINDOWS),
              likeNetty(SocketRounds.variant(WINDOWS, SocketRounds.PROCESSOR)),
              likeNetty(ONE_EACH),
              likeNetty(SocketRounds.variant(ONE_EACH, SocketRounds.PROCESSOR)),
              likeNetty(SocketRounds.variant(ALONE, SocketRounds.ROUND_TRIP))),
          MESSAGES::notes);

  static final Group OF_CONNECTIONS =
      new Group(
          "R2",
          "sockets: connect, echo of 64 B, close",
          Group.Unit.US,
          "connection",
          SocketServer.OURS.name(),
          List.of(CONNECTIONS),
          List.of(likeNetty("")),
          CONNECTIONS::notes);

  static final Group IDLE_ONES =
      Group.of(
          "R3",
          "sockets: idle connections; bytes per connection, times and wake-ups of all of them",
          Group.Unit.US,
          "second",
          SocketServer.OURS.name(),
          List.of(new SocketIdle()),
          List.of(lighterThanThreads(SocketIdle.HEAP), lighterThanThreads(SocketIdle.RESIDENT)));

  private Sockets() {}

  private static Goal likeNetty(String variant) {
    return Goal.ratio(
        "≤ 1.2 × Netty" + (variant.isEmpty() ? "" : ", " + variant),
        1.2,
        SocketServer.OURS.name(),
        SocketServer.NETTY.name(),
        variant);
  }

  private static Goal lighterThanThreads(String variant) {
    return new Goal(
        "< 1 × virtual threads, " + variant,
        rows ->
            rows.find(SocketServer.OURS.name(), variant, SocketIdle.connections())
                .flatMap(ours ->
                    rows.find(SocketServer.THREADS.name(), variant, SocketIdle.connections())
                        .map(ours::ratioTo)),
        1,
        false);
  }
}
