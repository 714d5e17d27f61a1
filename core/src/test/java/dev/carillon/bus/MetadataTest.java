package dev.carillon.bus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import dev.carillon.schedule.Scheduler;
import dev.carillon.time.ManualClock;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What messages say about themselves, and what can be done with them because of it. */
class MetadataTest {
  private static final Topic<String> PICTURES = Topic.of("pictures.taken", String.class);
  private static final Topic<String> THUMBNAILS = Topic.of("pictures.small", String.class);

  @Test
  @Covers("C29")
  void message_carriesTimeUserSystemAndWhereTheResourceIs() {
    var clock = new ManualClock();
    Instant taken = clock.now().plusSeconds(7);
    clock.advance(Duration.ofSeconds(7));
    URI place = URI.create("s3://pictures/2026/11/a.png");
    try (Scheduler scheduler = Scheduler.open(c -> c.withClock(clock));
        Bus bus =
            Bus.open(scheduler, c -> c.withName("camera-3").withHistory("pictures.>", h -> h))) {
      List<Message<String>> heard = new ArrayList<>();
      bus.subscribe(
          TopicPattern.of("pictures.>"), String.class, heard::add, SubscriptionOptions::direct);
      bus.subscribe(
          PICTURES, m -> bus.publish(THUMBNAILS, "small " + m.payload()), s -> s.direct());
      bus.use( // who is logged in is known in one place
          TopicPattern.of(">"), (m, next) -> next.handle(m.withHeader("user-id", "ada")));
      bus.publish(
          PICTURES,
          "a",
          p -> p.header("resource-location", place.toString()).correlation("session-9"));

      assertThat(heard).hasSize(2);
      Message<String> picture = heard.getFirst();
      assertThat(picture.time()).isEqualTo(taken);
      assertThat(picture.source()).as("the system").isEqualTo("camera-3");
      assertThat(picture.headers())
          .containsExactlyInAnyOrderEntriesOf(
              Map.of("user-id", "ada", "resource-location", place.toString()));
      assertThat(URI.create(picture.headers().get("resource-location"))).isEqualTo(place);
      Message<String> thumbnail = heard.getLast();
      assertThat(thumbnail.causationId()).isEqualTo(picture.id());
      assertThat(thumbnail.correlationId()).isEqualTo("session-9");
      assertThat(thumbnail.headers()).as("no header goes on unasked").containsOnlyKeys("user-id");
      assertThat(bus.history(q -> q)).as("kept with it").isEqualTo(List.copyOf(heard));
    }
  }

  @Test
  @Covers("R6")
  void messages_areLoggedAnalysedAndReplayedIntoWhatCameLater() throws Exception {
    try (Bus bus = Bus.open(c -> c.withHistory("pictures.>", h -> h))) {
      List<String> audit = new ArrayList<>();
      bus.subscribe(
          TopicPattern.of(">"),
          String.class,
          m -> audit.add("%s %s %d".formatted(m.topic().name(), m.payload(), m.sequence())),
          s -> s.direct().filter(m -> !m.headers().containsKey("replayed-from")));
      for (int i = 0; i < 6; i++) {
        String user = i % 3 == 0 ? "ada" : "bob";
        bus.publish(i % 2 == 0 ? PICTURES : THUMBNAILS, "p" + i, p -> p.header("user-id", user));
      }
      assertThat(audit)
          .containsExactly(
              "pictures.taken p0 1",
              "pictures.small p1 1",
              "pictures.taken p2 2",
              "pictures.small p3 2",
              "pictures.taken p4 3",
              "pictures.small p5 3");

      Map<String, Long> byUser =
          bus.history(q -> q).stream()
              .collect(
                  Collectors.groupingBy(m -> m.headers().get("user-id"), Collectors.counting()));
      assertThat(byUser).containsExactlyInAnyOrderEntriesOf(Map.of("ada", 2L, "bob", 4L));
      Message<?> third = bus.history(q -> q.topics("pictures.taken")).get(1);
      assertThat(bus.history(q -> q.since(third.time()).where(m -> m.sequence() > 2)))
          .extracting(m -> (Object) m.payload())
          .containsExactly("p4", "p5");

      List<Message<String>> late = new ArrayList<>();
      bus.subscribe(PICTURES, late::add, SubscriptionOptions::direct);
      int count =
          bus.replay(
                  q -> q.where(m -> "bob".equals(m.headers().get("user-id"))),
                  Double.POSITIVE_INFINITY)
              .await();
      assertThat(count).isEqualTo(4);
      Patience.until("both are heard", () -> late.size() == 2);
      assertThat(late).extracting(Message::payload).containsExactly("p2", "p4");
      assertThat(late.getFirst().headers()).containsEntry("replayed-from", third.id().toString());
      assertThat(bus.history(q -> q)).hasSize(6);
      assertThat(audit).hasSize(6);
    }
  }
}
