package dev.carillon.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.build.CapturedLog;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a bus says about itself. */
class NoticeTest {
  private static final Topic<Integer> NUMBERS = Topic.of("numbers", Integer.class);

  private final CapturedLog log = new CapturedLog("dev.carillon.bus");
  private final Bus bus = Bus.open(c -> c.withCycles(CyclePolicy.REFUSE, 64, 1));
  private final List<BusNotice> notices = new ArrayList<>();
  private final List<String> topics = new ArrayList<>();

  @BeforeEach
  void listen() {
    bus.subscribe(
        TopicPattern.of("$bus.>"),
        BusNotice.class,
        m -> {
          notices.add(m.payload());
          topics.add(m.topic().name());
        },
        s -> s.direct().named("ear"));
    notices.clear();
    topics.clear();
  }

  @AfterEach
  void close() {
    bus.close();
    log.close();
  }

  @Test
  void subscribeAndClose_areTold() {
    Subscription subscription =
        bus.subscribe(NUMBERS, _ -> {}, s -> s.named("billing").owner("shop"));
    subscription.close();
    subscription.close();
    assertThat(notices)
        .containsExactly(
            new BusNotice.Connected("billing", "numbers", "shop"),
            new BusNotice.Disconnected("billing", "numbers", "shop"));
    assertThat(topics)
        .containsExactly("$bus.subscription.connected", "$bus.subscription.disconnected");
  }

  @Test
  void unsubscribeOwner_isToldOfEach() {
    bus.subscribe(NUMBERS, _ -> {}, s -> s.named("a").owner("shop"));
    bus.subscribe(NUMBERS, _ -> {}, s -> s.named("b").owner("shop"));
    notices.clear();
    bus.unsubscribeOwner("shop");
    assertThat(notices)
        .containsExactlyInAnyOrder(
            new BusNotice.Disconnected("a", "numbers", "shop"),
            new BusNotice.Disconnected("b", "numbers", "shop"));
  }

  @Test
  void cycle_isTold() {
    bus.subscribe(NUMBERS, m -> bus.publish(NUMBERS, m.payload()), s -> s.direct().named("loop"));
    notices.clear();
    topics.clear();
    bus.publish(NUMBERS, 1);
    assertThat(notices)
        .containsExactly(
            new BusNotice.CycleDetected(
                "numbers",
                "a handler must not lead to itself more often than maxRepeats=1:"
                    + " numbers at loop > numbers at loop",
                true));
    assertThat(topics).containsExactly("$bus.cycle.detected");
  }

  @Test
  void wildcardsWithoutDollar_doNotHearNotices() {
    List<Object> heard = new ArrayList<>();
    for (String pattern : List.of(">", "*.>", "*.*.*")) {
      bus.subscribe(
          TopicPattern.of(pattern), Object.class, m -> heard.add(m.payload()), s -> s.direct());
    }
    bus.subscribe(NUMBERS, _ -> {}).close();
    assertThat(heard).isEmpty();
    assertThat(notices).hasSize(5);
  }

  @Test
  void notices_areNotCountedAsPublished() {
    bus.subscribe(NUMBERS, _ -> {}).close();
    assertThat(notices).hasSize(2);
    assertThat(bus.stats().published()).isZero();
  }

  @Test
  void notices_onADisabledBus_areStillTold() {
    bus.disable();
    bus.subscribe(NUMBERS, _ -> {}).close();
    assertThat(notices).hasSize(2);
  }

  @Test
  void handlerOfANotice_subscribes_isTold() {
    bus.subscribe(
        TopicPattern.of("$bus.subscription.connected"),
        BusNotice.class,
        m -> {
          if (m.payload() instanceof BusNotice.Connected(var name, _, _) && name.equals("first")) {
            bus.subscribe(NUMBERS, _ -> {}, s -> s.named("second"));
          }
        },
        s -> s.direct());
    notices.clear();
    bus.subscribe(NUMBERS, _ -> {}, s -> s.named("first"));
    assertThat(notices)
        .extracting(notice -> ((BusNotice.Connected) notice).subscription())
        .containsExactly("first", "second");
  }

  @Test
  void publish_onATopicOfTheBus_isRefused() {
    var seen = new ArrayList<Topic<?>>();
    bus.subscribe(
        TopicPattern.of("$bus.>"),
        BusNotice.class,
        m -> seen.add(m.topic()),
        SubscriptionOptions::direct);
    @SuppressWarnings("unchecked") // a handler that wants to forge a notice
    var topic = (Topic<BusNotice>) seen.getFirst();
    assertThatThrownBy(() -> bus.publish(topic, new BusNotice.Enabled("forged")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "topics that begin with '$' are published on by the bus only:"
                + " topic=\"$bus.subscription.connected\"");
    assertThatThrownBy(() -> bus.emitter(topic)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void listener_thatIsFull_holdsUpNobody() {
    Subscription full =
        bus.subscribe(
            TopicPattern.of("$bus.>"),
            BusNotice.class,
            _ -> {},
            s -> s.named("full").capacity(2, WhenFull.BLOCK));
    full.pause();
    for (int i = 0; i < 5; i++) {
      bus.subscribe(NUMBERS, _ -> {}).close();
    }
    assertThat(full.stats().queued()).isEqualTo(2);
    assertThat(full.stats().dropped()).isGreaterThanOrEqualTo(8);
    full.resume();
  }
}
