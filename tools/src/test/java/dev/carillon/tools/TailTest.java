package dev.carillon.tools;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Patience;
import dev.carillon.bus.Bus;
import dev.carillon.bus.Topic;
import dev.carillon.bus.TopicPattern;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** How a tail ends. */
final class TailTest {
  private static final Topic<String> NEWS = Topic.of("news", String.class);

  private final StringWriter text = new StringWriter();

  private Tail tail(Bus bus, Writer to, long limit) {
    return new Tail(
        bus,
        TopicPattern.of("news"),
        new PrintWriter(to),
        line -> String.valueOf(line.fields().get("value")),
        limit);
  }

  @Test
  void slowReader_ofManyMessages_getsAllOfThem() throws Exception {
    var begun = new CountDownLatch(1);
    var goOn = new CountDownLatch(1);
    var slow =
        new StringWriter() {
          @Override
          public void flush() {
            begun.countDown();
            try {
              Patience.await(goOn);
            } catch (InterruptedException e) {
              throw new IllegalStateException("nobody interrupts a tail", e);
            }
          }
        };
    Tail tail;
    try (Bus bus = Bus.open()) {
      tail = tail(bus, slow, Long.MAX_VALUE);
      Thread publisher =
          Thread.startVirtualThread(() -> {
            for (int i = 0; i < 5_000; i++) { // more than may wait
              bus.publish(NEWS, "no. " + i);
            }
          });
      Patience.await(begun);
      Patience.until("the publisher waits", () -> publisher.getState() == Thread.State.WAITING);
      goOn.countDown();
      assertThat(publisher.join(Patience.LONG)).isTrue();
    }
    assertThat(slow.toString().lines()).hasSize(5_000).endsWith("no. 4999");
    assertThat(tail.summary()).isEqualTo("5 000 messages");
  }

  @Test
  void limit_reached_unsubscribes() throws Exception {
    try (Bus bus = Bus.open()) {
      Tail tail = tail(bus, text, 2);
      for (String each : new String[] {"a", "b", "c"}) {
        bus.publishAndAwait(NEWS, each, Patience.LONG);
      }
      assertThat(bus.subscriberCount(NEWS)).isZero();
      assertThat(text).hasToString("a%nb%n".formatted());
      assertThat(tail.summary()).isEqualTo("2 messages, as many as asked for");
    }
  }

  @Test
  void closedPipe_noticedAtTheNextLine_unsubscribes() throws Exception {
    var closing =
        new Writer() {
          private boolean closed;

          @Override
          public void write(char[] chars, int offset, int length) throws IOException {
            if (closed) {
              throw new IOException("Broken pipe");
            }
            text.write(chars, offset, length);
          }

          @Override
          public void flush() {
            closed = true;
          }

          @Override
          public void close() {}
        };
    try (Bus bus = Bus.open()) {
      Tail tail = tail(bus, closing, Long.MAX_VALUE);
      bus.publishAndAwait(NEWS, "a", Patience.LONG);
      bus.publishAndAwait(NEWS, "b", Patience.LONG);
      assertThat(bus.subscriberCount(NEWS)).isZero();
      assertThat(tail.summary()).isEqualTo("1 message, then nobody read any more");
    }
  }

  @Test
  void failure_ofPrinting_isCountedAsLost() throws Exception {
    try (Bus bus = Bus.open()) {
      var tail =
          new Tail(
              bus,
              TopicPattern.of("news"),
              new PrintWriter(text),
              line -> {
                throw new IllegalStateException("cannot be printed");
              },
              Long.MAX_VALUE);
      bus.publishAndAwait(NEWS, "a", Patience.LONG);
      assertThat(tail.summary()).isEqualTo("0 messages, 1 lost: dropped=0 refused=0 failed=1");
    }
  }
}
