package dev.carillon.bus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A bus, and its handlers, switched off and on again. */
@Covers("W14")
class EnableTest {
  private static final Topic<Integer> NUMBERS = Topic.of("numbers", Integer.class);

  private final Bus bus = Bus.open();
  private final List<Integer> heard = Collections.synchronizedList(new ArrayList<>());

  @AfterEach
  void close() {
    bus.close();
  }

  private static void deliver(Delivery delivery) throws InterruptedException {
    assertThat(delivery.await(Patience.LONG)).isTrue();
  }

  @Test
  void bus_disabledAndEnabled_refusesMeanwhileAndSaysSo() throws Exception {
    bus.subscribe(NUMBERS, m -> heard.add(m.payload()));
    Bus child = bus.child("a");
    try (Emitter<Integer> out = bus.emitter(NUMBERS)) {
      deliver(bus.publish(NUMBERS, 1));
      bus.disable();
      bus.disable();
      assertThat(bus.isEnabled()).isFalse();
      assertThat(child.isEnabled()).isFalse();
      for (Delivery refused :
          List.of(bus.publish(NUMBERS, 2), out.publish(3), child.publish(NUMBERS, 4))) {
        deliver(refused);
        assertThat(refused.outcomes())
            .singleElement()
            .isInstanceOfSatisfying(
                Outcome.Refused.class,
                outcome -> assertThat(outcome.reason()).contains("disabled"));
      }
      out.emit(5);
      assertThat(bus.stats().refused()).isEqualTo(4);
      child.enable();
      assertThat(bus.isEnabled()).isTrue();
      deliver(out.publish(6));
    }
    assertThat(heard).containsExactly(1, 6);
  }

  @Test
  void bus_disabledWhileMessagesWait_hasThemHandled() throws Exception {
    Subscription subscription = bus.subscribe(NUMBERS, m -> heard.add(m.payload()));
    subscription.pause();
    Delivery waiting = bus.publish(NUMBERS, 1);
    bus.disable();
    subscription.resume();
    deliver(waiting);
    assertThat(heard).containsExactly(1);
  }

  @Test
  void handler_pausedAndResumed_findsWhatHasWaited() throws Exception {
    Subscription off = bus.subscribe(NUMBERS, m -> heard.add(m.payload()), s -> s.named("off"));
    Subscription on = bus.subscribe(NUMBERS, _ -> {}, s -> s.named("on"));
    off.pause();
    Delivery first = bus.publish(NUMBERS, 1);
    Delivery second = bus.publish(NUMBERS, 2);
    Patience.until("the other handles both", () -> on.stats().handled() == 2);
    assertThat(second.outcomes()).containsExactly(new Outcome.Handled("on"));
    assertThat(off.stats().paused()).isTrue();
    assertThat(off.stats().queued()).isEqualTo(2);
    assertThat(heard).isEmpty();
    off.resume();
    deliver(first);
    deliver(second);
    assertThat(off.stats().paused()).isFalse();
    assertThat(heard).containsExactly(1, 2);
  }

  @Test
  void directHandler_pausedAndResumed_dropsMeanwhileAndSaysSo() {
    Subscription direct =
        bus.subscribe(NUMBERS, m -> heard.add(m.payload()), s -> s.named("direct").direct());
    bus.publish(NUMBERS, 1);
    direct.pause();
    assertThat(bus.publish(NUMBERS, 2).outcomes())
        .singleElement()
        .isInstanceOf(Outcome.Dropped.class);
    direct.resume();
    bus.publish(NUMBERS, 3);
    assertThat(heard).containsExactly(1, 3);
    assertThat(direct.stats().dropped()).isEqualTo(1);
  }
}
