package dev.carillon.examples.polling;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import dev.carillon.bus.Bus;
import dev.carillon.flow.Cycle;
import dev.carillon.flow.Done;
import dev.carillon.flow.Loop;
import dev.carillon.flow.OnError;
import dev.carillon.flow.Sync;
import dev.carillon.schedule.Placement;
import java.util.List;

/** The cycles: one polls the feeds and publishes what is new, another writes them. */
final class Polling {
  private static final int PIECES = 20;
  static final int LINES = PIECES * Feed.PIECE; // of each feed

  private Polling() {}

  // @start region=cycle
  static Cycle<Done, Done> poll(List<Feed> feeds, Bus bus) {
    return Cycle.of(
        "poll",
        c -> {
          c.sync(Sync.independent().maxConcurrent(2).rate(60, ofSeconds(1)));
          c.loop(
              Loop.every(ofMillis(25))
                  .until(view -> feeds.stream().allMatch(feed -> view.read(feed.seen()) >= LINES)));
          for (Feed feed : feeds) {
            c.branch(
                feed.name(),
                b -> {
                  var page =
                      b.partWith("fetch", run -> feed.poll(run.read(feed.seen())))
                          .reads(feed.seen())
                          .on(Placement.BLOCKING)
                          .attempt(ofSeconds(2))
                          .onError(OnError.skip());
                  b.partWith(
                          "publish",
                          (run, lines) -> {
                            lines.forEach(line -> bus.publish(feed.topic(), line));
                            run.write(feed.seen(), run.read(feed.seen()) + lines.size());
                            return lines.size();
                          },
                          page)
                      .writes(feed.seen())
                      .lane(feed.name());
                });
          }
        });
  }

  // @end

  static Cycle<Done, Done> write(List<Feed> feeds) {
    return Cycle.of(
        "write",
        c -> {
          c.loop(Loop.every(ofMillis(50)).atMost(PIECES));
          for (Feed feed : feeds) {
            c.part(feed.name(), feed::append).on(Placement.BLOCKING);
          }
        });
  }
}
