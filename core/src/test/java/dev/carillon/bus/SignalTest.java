package dev.carillon.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Signals, and receivers that the bus does not keep alive. */
class SignalTest {
  private final List<String> heard = new ArrayList<>();

  @Test
  @Covers("R13")
  void send_connectedReceivers_areCalledBeforeItReturns() {
    try (Bus bus = Bus.open()) {
      Signal<String> saved = bus.signals("editor").signal("saved", String.class);
      Subscription first = saved.connect(text -> heard.add("first " + text));
      saved.connect(text -> heard.add("second " + text));
      Delivery delivery = saved.send("a.txt");
      assertThat(delivery.isDone()).isTrue();
      assertThat(delivery.matched()).isEqualTo(2);
      first.close();
      saved.send("b.txt");
      assertThat(heard).containsExactly("first a.txt", "second a.txt", "second b.txt");
      assertThat(saved.receivers()).isEqualTo(1);
    }
  }

  @Test
  @Covers({"R14", "R15"})
  void signal_sameNameInANamespace_isTheSame() {
    try (Bus bus = Bus.open()) {
      Signals editor = bus.signals("editor");
      assertThat(editor.signal("saved", String.class))
          .isSameAs(editor.signal("saved", String.class));
      assertThat(editor.all()).containsOnlyKeys("saved");
      assertThatThrownBy(() -> editor.signal("saved", Integer.class))
          .isInstanceOf(TopicTypeException.class);
      Signal<String> one = bus.signal(String.class);
      Signal<String> other = bus.signal(String.class);
      one.connect(text -> heard.add("one " + text));
      other.connect(text -> heard.add("other " + text));
      one.send("x");
      assertThat(heard).containsExactly("one x");
    }
  }

  @Test
  @Covers("R16")
  void onConnect_receiverConnects_isTold() {
    try (Bus bus = Bus.open()) {
      Signals editor = bus.signals("editor");
      Signal<String> saved = editor.signal("saved", String.class);
      saved.onConnect(notice -> heard.add(notice.pattern()));
      editor.signal("closed", String.class).connect(text -> {});
      saved.connect(text -> {});
      assertThat(heard).containsExactly("editor.saved");
    }
  }

  /** Has something to do with signals. */
  private static final class Window {
    private final List<String> shown;

    Window(List<String> shown) {
      this.shown = shown;
    }

    void show(Message<String> message) {
      shown.add(message.payload());
    }
  }

  @Test
  @Covers("R17")
  void connect_ownerIsCollected_subscriptionIsGoneAndCounted() throws Exception {
    try (Bus bus = Bus.open()) {
      Signal<String> saved = bus.signals("editor").signal("saved", String.class);
      var window = new Window(heard);
      var kept = new Window(heard);
      saved.connect(window, Window::show);
      saved.connect(kept, Window::show);
      saved.send("both");
      window = null;
      Patience.until(
          "the window is collected",
          () -> {
            System.gc();
            return bus.stats().collected() == 1;
          });
      saved.send("one");
      assertThat(heard).containsExactly("both", "both", "one");
      assertThat(saved.receivers()).isEqualTo(1);
      assertThat(kept.shown).isSameAs(heard);
    }
  }
}
