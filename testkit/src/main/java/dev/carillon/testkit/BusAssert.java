package dev.carillon.testkit;

import dev.carillon.bus.Message;
import dev.carillon.bus.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.assertj.core.api.AbstractAssert;
import org.jspecify.annotations.Nullable;

/**
 * Assertions on what was published on a {@link RecordedBus}. They look at what is there, unless
 * {@link #within} gives them time. A failure prints what was expected and what was published.
 *
 * {@snippet :
 * assertThat(recorded)
 *     .published(orders, "two apples")
 *     .then(on(payments).payload("more than 3", sum -> sum > 3).correlation("7"))
 *     .andNothingElse();
 * }
 */
public final class BusAssert extends AbstractAssert<BusAssert, RecordedBus> {
  /*
   * A chain of published, then and next is kept whole, and looked at whole after each link: a link
   * leaves the places at which its message may be, of all ways to fit the chain up to there. So a
   * later link is never in vain because an earlier one took the wrong one of two like messages.
   */
  private enum Link {
    ANYWHERE("published"),
    LATER("and later"),
    NEXT("and directly after that");

    final String words;

    Link(String words) {
      this.words = words;
    }
  }

  private record Step(Link link, ExpectedMessage<?> expected) {
    @Override
    public String toString() {
      return "  %s: %s".formatted(link.words, expected);
    }
  }

  private final List<Step> chain = new ArrayList<>();
  private @Nullable Duration limit; // null to look once

  BusAssert(RecordedBus actual) {
    super(actual, BusAssert.class);
  }

  /**
   * {@return this, with time for what follows} Each assertion that expects a message waits for it
   * that long at most; on a simulated bus by moving its clock, on another by real time.
   *
   * @param time how long
   */
  public BusAssert within(Duration time) {
    limit = time;
    return this;
  }

  // ── in order, others between ──

  /**
   * {@return this, if a message was published}
   *
   * @param topic where
   * @param payload what
   * @param <T> type of the payload
   */
  public <T> BusAssert published(Topic<T> topic, T payload) {
    return published(ExpectedMessage.on(topic).payload(payload));
  }

  /**
   * {@return this, if a message was published} Begins a new chain for {@link #then} and {@link
   * #next}.
   *
   * @param expected which
   */
  public BusAssert published(ExpectedMessage<?> expected) {
    return link(Link.ANYWHERE, expected);
  }

  /**
   * {@return this, if a message was published later than the one asserted before, perhaps with
   * others between}
   *
   * @param topic where
   * @param payload what
   * @param <T> type of the payload
   */
  public <T> BusAssert then(Topic<T> topic, T payload) {
    return then(ExpectedMessage.on(topic).payload(payload));
  }

  /**
   * {@return this, if a message was published later than the one asserted before, perhaps with
   * others between}
   *
   * @param expected which
   */
  public BusAssert then(ExpectedMessage<?> expected) {
    return link(Link.LATER, expected);
  }

  /**
   * {@return this, if a message was published directly after the one asserted before}
   *
   * @param topic where
   * @param payload what
   * @param <T> type of the payload
   */
  public <T> BusAssert next(Topic<T> topic, T payload) {
    return next(ExpectedMessage.on(topic).payload(payload));
  }

  /**
   * {@return this, if a message was published directly after the one asserted before}
   *
   * @param expected which
   */
  public BusAssert next(ExpectedMessage<?> expected) {
    return link(Link.NEXT, expected);
  }

  /**
   * {@return this, if messages were published in this order, perhaps with others between}
   *
   * @param expected which
   */
  public BusAssert publishedInOrder(ExpectedMessage<?>... expected) {
    for (int i = 0; i < expected.length; i++) {
      link(i == 0 ? Link.ANYWHERE : Link.LATER, expected[i]);
    }
    return this;
  }

  private BusAssert link(Link link, ExpectedMessage<?> expected) {
    isNotNull();
    if (link != Link.ANYWHERE && chain.isEmpty()) {
      throw new IllegalStateException("a chain must begin with published(…): " + expected);
    }
    chain.add(new Step(link, expected));
    if (!holds(() -> fits(actual.published()))) {
      refuse("Expected to be published\n" + steps());
    }
    return this;
  }

  private boolean fits(List<Message<?>> published) {
    var places = new BitSet();
    for (Step step : chain) {
      int first = places.nextSetBit(0);
      var found = new BitSet();
      for (int i = 0; i < published.size(); i++) {
        boolean mayBe =
            switch (step.link) {
              case ANYWHERE -> true;
              case LATER -> i > first;
              case NEXT -> i > 0 && places.get(i - 1);
            };
        found.set(i, mayBe && accepts(step.expected, published.get(i)));
      }
      if (found.isEmpty()) {
        return false;
      }
      places = found;
    }
    return true;
  }

  private boolean accepts(ExpectedMessage<?> expected, Message<?> message) {
    return expected.accepts(message, actual::find);
  }

  // ── the whole ──

  /**
   * {@return this, if these messages were published, in this order, and no other}
   *
   * @param expected which
   */
  public BusAssert publishedExactly(ExpectedMessage<?>... expected) {
    isNotNull();
    if (!holds(() -> isExactly(actual.published(), expected))) {
      var text = new StringBuilder();
      for (ExpectedMessage<?> each : expected) {
        text.append("\n  ").append(each);
      }
      refuse("Expected to be published, exactly" + text);
    }
    return this;
  }

  private boolean isExactly(List<Message<?>> published, ExpectedMessage<?>... expected) {
    if (published.size() != expected.length) {
      return false;
    }
    for (int i = 0; i < expected.length; i++) {
      if (!accepts(expected[i], published.get(i))) {
        return false;
      }
    }
    return true;
  }

  /**
   * {@return this, if so many such messages were published, and not more}
   *
   * @param times how many
   * @param expected which
   */
  public BusAssert publishedTimes(int times, ExpectedMessage<?> expected) {
    isNotNull();
    if (!holds(() -> count(expected) == times)) {
      refuse(
          "Expected %d times, but it was %d times\n  %s"
              .formatted(times, count(expected), expected));
    }
    return this;
  }

  private long count(ExpectedMessage<?> expected) {
    return actual.published().stream().filter(each -> accepts(expected, each)).count();
  }

  /**
   * {@return this, if no such message was published by now}
   *
   * @param unexpected which
   */
  public BusAssert didNotPublish(ExpectedMessage<?> unexpected) {
    isNotNull();
    if (count(unexpected) > 0) {
      refuse("Expected not to be published\n  " + unexpected);
    }
    return this;
  }

  /** {@return this, if nothing was published by now} */
  public BusAssert publishedNothing() {
    isNotNull();
    if (!actual.published().isEmpty()) {
      refuse("Expected nothing to be published");
    }
    return this;
  }

  /**
   * {@return this, if nothing was published by now but what {@code published}, {@code then} and
   * {@code next} have asserted here: as many messages, each of them one of those}
   */
  public BusAssert andNothingElse() {
    isNotNull();
    List<Message<?>> published = actual.published();
    boolean isAllExpected =
        published.size() == chain.size()
            && published.stream()
                .allMatch(each -> chain.stream().anyMatch(step -> accepts(step.expected(), each)));
    if (!isAllExpected) {
      refuse("Expected nothing to be published but\n" + steps());
    }
    return this;
  }

  private boolean holds(BooleanSupplier condition) {
    try {
      return limit == null ? condition.getAsBoolean() : actual.waitUntil(condition, limit);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return condition.getAsBoolean();
    }
  }

  private String steps() {
    return String.join("\n", chain.stream().map(Step::toString).toList());
  }

  private void refuse(String expected) {
    failWithMessage("%s", expected + "\nbut it was\n" + PrintedMessage.list(actual.published()));
  }
}
