package dev.carillon.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A bus seen from a prefix. */
class ChildBusTest {
  private static final Topic<Integer> CONNECTED = Topic.of("connected", Integer.class);

  @Test
  @Covers("R22")
  void publish_inTheChild_isHeardAboveAndBeside() throws Exception {
    try (Bus bus = Bus.open()) {
      List<String> heard = Collections.synchronizedList(new ArrayList<>());
      Bus provider = bus.child("system").child("provider");
      bus.subscribe(TopicPattern.of("system.>"), Integer.class, m -> heard.add("above"), s -> s);
      provider.subscribe(CONNECTED, m -> heard.add(m.topic().name()));
      bus.subscribe(TopicPattern.of("other.>"), Integer.class, m -> heard.add("other"), s -> s);
      provider.publish(CONNECTED, 1).await(Patience.LONG);
      assertThat(heard).containsExactlyInAnyOrder("above", "system.provider.connected");
      assertThat(provider.subscriberCount(CONNECTED)).isEqualTo(2);
    }
  }

  @Test
  void publish_atSeveralLevels_keepsItsOrderAbove() throws Exception {
    try (Bus bus = Bus.open()) {
      List<Integer> heard = new ArrayList<>();
      Bus child = bus.child("a");
      Bus grandchild = bus.child("a.b");
      bus.subscribe(TopicPattern.of("a.>"), Integer.class, m -> heard.add(m.payload()), s -> s);
      Delivery last = bus.publish(CONNECTED, -1);
      for (int i = 0; i < 100; i += 2) {
        child.publish(CONNECTED, i);
        last = grandchild.publish(CONNECTED, i + 1);
      }
      last.await(Patience.LONG);
      assertThat(heard).containsExactlyElementsOf(IntStream.range(0, 100).boxed().toList());
    }
  }

  @Test
  void close_child_closesWhatItOpened() {
    try (Bus bus = Bus.open()) {
      Bus child = bus.child("a");
      Subscription mine = child.subscribe(CONNECTED, m -> {});
      Subscription others = bus.subscribe(CONNECTED, m -> {});
      child.close();
      assertThat(mine.isOpen()).isFalse();
      assertThat(others.isOpen()).isTrue();
      assertThat(child.publish(CONNECTED, 1).outcomes())
          .containsExactly(new Outcome.NoSubscriber());
    }
  }

  @Test
  void child_prefixThatIsNoName_isRefused() {
    try (Bus bus = Bus.open()) {
      assertThatIllegalArgumentException().isThrownBy(() -> bus.child("a.*"));
      assertThatIllegalArgumentException().isThrownBy(() -> bus.child("$bus"));
      assertThatIllegalArgumentException().isThrownBy(() -> bus.child(""));
    }
  }
}
