package dev.carillon.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.carillon.bus.Message;
import dev.carillon.bus.Topic;
import dev.carillon.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The settings: what they refuse, and what they change. */
final class CloudEventsConfigTest {
  private static final CloudEventsConfig NONE = CloudEventsConfig.DEFAULT;

  @Test
  void withType_nameThatBreaksARule_isRefused() {
    for (String name : List.of("", "a\nb", "dev.carillon.mine", "dev.carillon.string")) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> NONE.withType(name, Samples.Item.class))
          .withMessageContaining("type=");
    }
  }

  @Test
  void withType_classWithoutInstances_isRefused() {
    for (Class<?> type :
        List.of(int.class, void.class, Runnable.class, Number.class, Object.class, Record.class)) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> NONE.withType("com.shop.x", type))
          .withMessageContaining(type.getName());
    }
  }

  @Test
  void withType_twice_isRefused() {
    CloudEventsConfig one = NONE.withType("com.shop.item", Samples.Item.class);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> one.withType("com.shop.item", Samples.Order.class))
        .withMessageContaining("com.shop.item");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> one.withType("com.shop.thing", Samples.Item.class))
        .withMessageContaining("withAlias");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> one.withAlias("com.shop.item", Samples.Item.class))
        .withMessageContaining("com.shop.item");
  }

  @Test
  void withAlias_ofUnknownClass_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> NONE.withAlias("com.shop.item", Samples.Item.class))
        .withMessageContaining("withType");
  }

  @Test
  void withTopic_twiceOrUnderAnotherName_isRefused() {
    Topic<String> topic = Topic.of("shop.x", String.class);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> NONE.withTopic(topic).withTopic(topic))
        .withMessageContaining("shop.x");
    var wrong = Map.<String, Topic<?>>of("shop.y", topic);
    assertThatIllegalArgumentException()
        .isThrownBy(() ->
            new CloudEventsConfig(Map.of(), Map.of(), wrong, 1_000, 9, 1_000, 99, Clock.system()))
        .withMessageContainingAll("shop.x", "shop.y");
  }

  @Test
  void limits_outsideTheirRange_areRefused() {
    for (int bytes : List.of(0, 63, Integer.MAX_VALUE)) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> NONE.withMaxBytes(bytes))
          .withMessageContaining("maxBytes=" + bytes);
    }
    assertThatIllegalArgumentException().isThrownBy(() -> NONE.withJsonLimits(1, 100, 100));
    assertThatIllegalArgumentException().isThrownBy(() -> NONE.withJsonLimits(2, 1, 100));
    assertThatIllegalArgumentException().isThrownBy(() -> NONE.withJsonLimits(2, 100, 19));
  }

  @Test
  void withType_ofPlainClass_isWrittenInsteadAndBothAreRead() {
    var json = CloudEventsJson.of(c -> c.withType("com.shop.note", String.class));
    Message<?> note = Samples.with("x");
    assertThat(json.writeText(note)).contains("\"type\":\"com.shop.note\"");
    assertThat(json.read(json.write(note))).isEqualTo(note);
    assertThat(json.read(CloudEventsJson.of().write(note)).payload()).isEqualTo("x");
  }

  @Test
  void read_payloadThatIsNotOfItsTopic_isRefused() {
    Topic<Integer> things = Topic.of("shop.things", Integer.class);
    var json = CloudEventsJson.of(c -> c.withTopic(things));
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(() -> json.read(json.write(Samples.with("x"))))
        .withMessageContainingAll("shop.things", "java.lang.String");
  }

  @Test
  void config_isWhatWasSet() {
    var json = CloudEventsJson.of(c -> c.withMaxBytes(2_000).withJsonLimits(9, 800, 70));
    assertThat(json.config())
        .isEqualTo(NONE.withMaxBytes(2_000).withJsonLimits(9, 800, 70))
        .extracting(CloudEventsConfig::maxDepth, CloudEventsConfig::types)
        .containsExactly(9, Map.of());
  }
}
