package dev.carillon.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.carillon.build.Covers;
import dev.carillon.build.Workers;
import org.junit.jupiter.api.Test;

/** One name, related payload types. */
@Covers("R1")
class TopicTypesTest {
  private final TopicTypes types = new TopicTypes();

  private static <T> Topic<T> topic(Class<T> type) {
    return Topic.of("orders.created", type);
  }

  @Test
  void hold_unrelatedType_isRefusedNamingBothAndTheTopic() {
    types.hold(topic(String.class));
    assertThatExceptionOfType(TopicTypeException.class)
        .isThrownBy(() -> types.hold(topic(Integer.class)))
        .withMessage(
            "two payload types of one topic must be the same, or one a supertype of the other:"
                + " topic=\"orders.created\" types=java.lang.String and java.lang.Integer")
        .satisfies(e -> {
          assertThat(e.topic()).isEqualTo("orders.created");
          assertThat(e.known()).isEqualTo(String.class);
          assertThat(e.refused()).isEqualTo(Integer.class);
        });
  }

  @Test
  void hold_supertypeAndSubtype_areAccepted() {
    types.hold(topic(Number.class));
    types.hold(topic(Object.class));
    types.hold(topic(Integer.class));
    types.hold(Topic.of("orders.other", String.class));
    assertThatExceptionOfType(TopicTypeException.class)
        .as("related to Number and Object, but not to Integer")
        .isThrownBy(() -> types.hold(topic(Long.class)));
  }

  @Test
  void check_unrelatedType_isRefusedAndOthersAreNotHeld() {
    types.check(topic(Integer.class));
    types.hold(topic(String.class));
    types.check(topic(CharSequence.class));
    assertThatExceptionOfType(TopicTypeException.class)
        .isThrownBy(() -> types.check(topic(Integer.class)));
    assertThat(types.names()).isEqualTo(1);
  }

  @Test
  void release_asOftenAsHeld_leavesNothing() {
    types.hold(topic(String.class));
    types.hold(topic(String.class));
    types.hold(topic(Object.class));
    types.release(topic(String.class));
    assertThatExceptionOfType(TopicTypeException.class)
        .isThrownBy(() -> types.hold(topic(Integer.class)));
    types.release(topic(String.class));
    types.hold(topic(Integer.class));
    types.release(topic(Integer.class));
    types.release(topic(Object.class));
    assertThat(types.names()).isZero();
  }

  @Test
  void holdAndRelease_onManyThreads_leaveNothing() {
    try (var workers = new Workers()) {
      for (int t = 0; t < 4; t++) {
        workers.start(() -> {
          for (int i = 0; i < 10_000; i++) {
            types.hold(topic(String.class));
            types.release(topic(String.class));
          }
        });
      }
    }
    assertThat(types.names()).isZero();
  }
}
