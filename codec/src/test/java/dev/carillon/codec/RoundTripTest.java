package dev.carillon.codec;

import static dev.carillon.codec.Samples.JSON;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Covers;
import dev.carillon.build.Gen;
import dev.carillon.build.Property;
import dev.carillon.build.Workers;
import dev.carillon.bus.Message;
import dev.carillon.bus.Topic;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What is written is read as what it was. */
@Covers("S3")
final class RoundTripTest {
  @TestFactory
  Stream<DynamicTest> read_ofWritten_isTheMessage() {
    return Property.check(
        "a message is what is read of what it is written as",
        400,
        gen -> {
          Message<?> message = Samples.message(gen);
          byte[] written = JSON.write(message);
          assertThat(JSON.read(written)).isEqualTo(message);
          assertThat(JSON.writeText(JSON.read(JSON.writeText(message))))
              .isEqualTo(JSON.writeText(message));
        });
  }

  @TestFactory
  Stream<DynamicTest> readBatch_ofWritten_areTheMessages() {
    return Property.check(
        "messages are what is read of their batch",
        30,
        gen -> {
          List<? extends Message<?>> messages = gen.listOf(0, 5, Samples::message);
          assertThat(JSON.readBatch(JSON.writeBatch(messages))).isEqualTo(messages);
        });
  }

  @Test
  void read_ofBytes_isTheBytes() {
    byte[] payload = {0, -1, 127};
    Message<?> read = JSON.read(JSON.write(Samples.with(payload)));
    assertThat((byte[]) read.payload()).isEqualTo(payload);
    assertThat(read.topic()).isEqualTo(Topic.of("shop.things", byte[].class));
  }

  @Test
  void read_ofBoxedPrimitives_areThose() {
    for (Object payload : List.of((byte) -3, (short) 300, 'x', 1.5f, "", "\"\\\u0001", Map.of())) {
      assertThat(JSON.read(JSON.write(Samples.with(payload))).payload()).isEqualTo(payload);
    }
  }

  /** A list that is known by a class of its own. */
  static final class Basket extends ArrayList<Samples.Item> {
    private static final long serialVersionUID = 1L;
  }

  @Test
  void read_ofListWithAClassOfItsOwn_isOfThatClass() {
    var json = CloudEventsJson.of(c -> c.withType("com.shop.basket", Basket.class));
    var basket = new Basket();
    basket.add(Samples.item().payload());
    Object read = json.read(json.write(Samples.with(Basket.class, basket))).payload();
    assertThat(read).isInstanceOf(Basket.class).isEqualTo(basket);
  }

  @Test
  void read_ofTopicThatIsNamed_hasThatTopic() {
    Topic<Record> topic = Topic.of("shop.items", Record.class);
    var named = CloudEventsJson.of(c -> JSON.config().withTopic(topic));
    Message<?> item = Samples.item();
    assertThat(named.read(JSON.write(item)).topic()).isEqualTo(topic);
  }

  @Test
  void codec_manyThreads_isSafe() {
    var json = CloudEventsJson.of(c -> JSON.config());
    try (var workers = new Workers()) {
      for (int w = 0; w < 4; w++) {
        long seed = w;
        workers.start(() -> {
          var gen = new Gen(seed);
          for (int i = 0; i < 200; i++) {
            Message<?> message = Samples.message(gen);
            assertThat(json.read(json.write(message))).isEqualTo(message);
          }
        });
      }
    }
  }
}
