package dev.carillon.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.carillon.build.Covers;
import org.junit.jupiter.api.Test;

/** Catalogues of topics, made from types. */
@Covers({"C13", "W11"})
class TopicsTest {
  /** A sealed type with all that it can permit. */
  private sealed interface SystemEvent {
    record ProviderConnected(String provider) implements SystemEvent {}

    final class HTTPServer2Started implements SystemEvent {}

    sealed interface Failure extends SystemEvent {}

    record DiskFull(long bytes) implements Failure {}

    record Both() implements Failure, SystemEvent {}

    sealed class Stopped implements SystemEvent {}

    final class Killed extends Stopped {}

    enum Phase implements SystemEvent {
      STARTING_UP,
      RUNNING {
        @Override
        public String toString() {
          return "on";
        }
      }
    }

    non-sealed class Custom implements SystemEvent {}
  }

  private static final class Mine extends SystemEvent.Custom {}

  private enum Light {
    RED,
    GREEN
  }

  private static Topics<SystemEvent> system() {
    return Topics.of("system", SystemEvent.class);
  }

  @Test
  void of_sealedType_hasATopicForEachKind() {
    assertThat(system().all())
        .extracting(Topic::name)
        .containsExactlyInAnyOrder(
            "system.provider-connected",
            "system.http-server2-started",
            "system.disk-full",
            "system.both",
            "system.stopped",
            "system.killed",
            "system.starting-up",
            "system.running",
            "system.custom");
  }

  @Test
  void of_enum_hasATopicForEachConstantInOrder() {
    Topics<Light> lights = Topics.of("crossing.lights", Light.class);
    assertThat(lights.all())
        .extracting(Topic::name)
        .containsExactly("crossing.lights.red", "crossing.lights.green");
    assertThat(lights.topicOf(Light.GREEN))
        .isEqualTo(Topic.of("crossing.lights.green", Light.class));
  }

  @Test
  void topicOf_event_isThatOfItsKind() {
    Topics<SystemEvent> system = system();
    Topic<SystemEvent.DiskFull> full = system.topicOf(new SystemEvent.DiskFull(1));
    assertThat(full).isEqualTo(Topic.of("system.disk-full", SystemEvent.DiskFull.class));
    assertThat(system.topic(SystemEvent.DiskFull.class)).isSameAs(full);
    assertThat(system.topicOf(new SystemEvent.Stopped()).name()).isEqualTo("system.stopped");
    assertThat(system.topicOf(new SystemEvent.Killed()).name()).isEqualTo("system.killed");
    assertThat(system.topicOf(SystemEvent.Phase.RUNNING).name())
        .as("a constant with a body")
        .isEqualTo("system.running");
  }

  @Test
  void topicOf_subtypeOfAnOpenKind_isThatOfTheKind() {
    assertThat(system().topicOf(new Mine()).name()).isEqualTo("system.custom");
  }

  @Test
  void pattern_ofOneType_coversAll() {
    TopicPattern pattern = system().pattern();
    assertThat(pattern).hasToString("system.>");
    assertThat(system().all()).allMatch(topic -> pattern.matches(topic.name()));
  }

  @Test
  void with_typesOfTheUsers_extendsTheCatalogue() {
    Topics<SystemEvent> system = system().with(Topic.of("mine.own", Mine.class));
    assertThat(system.topicOf(new Mine()).name()).isEqualTo("mine.own");
    assertThat(system.topicOf(new SystemEvent.Custom()).name()).isEqualTo("system.custom");
    assertThat(system.patterns()).hasToString("[system.>, mine.own]");
    Topics<Object> all =
        Topics.empty(Object.class)
            .with("system", SystemEvent.class)
            .with("lights", Light.class)
            .with("users", String.class);
    assertThat(all.topicOf(Light.RED).name()).isEqualTo("lights.red");
    assertThat(all.topicOf("anna").name()).isEqualTo("users.string");
    assertThat(all.patterns()).hasToString("[system.>, lights.>, users.>]");
    assertThat(system().all()).as("a catalogue stays as it is").hasSize(9);
  }

  @Test
  void pattern_ofSeveralTypes_failsWithThePatterns() {
    Topics<Object> two = Topics.empty(Object.class).with("a", Light.class).with("b", String.class);
    assertThatIllegalStateException()
        .isThrownBy(two::pattern)
        .withMessage(
            "a catalogue has one pattern if it was made from one type: patterns=[a.>, b.>]");
  }

  private sealed interface Twice {
    sealed interface One extends Twice {
      record Started() implements One {}
    }

    sealed interface Other extends Twice {
      record Started() implements Other {}
    }
  }

  private sealed interface Diamond {
    sealed interface Left extends Diamond {}

    sealed interface Right extends Diamond {}

    record Bottom() implements Left, Right {}
  }

  @Test
  void of_twoKindsOfOneName_failsNamingBoth() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Topics.of("x", Twice.class))
        .withMessage(
            "a topic must belong to one kind of event: topic=\"x.started\""
                + " kinds=dev.carillon.bus.TopicsTest$Twice$One$Started"
                + " and dev.carillon.bus.TopicsTest$Twice$Other$Started");
  }

  @Test
  void of_kindPermittedByTwo_hasOneTopic() {
    assertThat(Topics.of("x", Diamond.class).all())
        .extracting(Topic::name)
        .containsExactly("x.bottom");
  }

  @Test
  void with_kindThatHasATopic_failsNamingBoth() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Topics.of("x", Light.class).with("y", Light.class))
        .withMessage(
            "a kind of event must have one topic: kind=dev.carillon.bus.TopicsTest$Light.RED"
                + " topics=\"x.red\" and \"y.red\"");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> system().with(Topic.of("system.both", Mine.class)))
        .withMessage(
            "a topic must belong to one kind of event: topic=\"system.both\""
                + " kinds=dev.carillon.bus.TopicsTest$SystemEvent$Both"
                + " and dev.carillon.bus.TopicsTest$Mine");
  }

  @Test
  void of_openType_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Topics.of("x", Runnable.class))
        .withMessage(
            "a catalogue's type must be an enum, sealed, or a class that is not abstract:"
                + " type=java.lang.Runnable");
  }

  @Test
  void of_reservedPrefix_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Topics.of("$bus.x", Light.class))
        .withMessage("names that begin with '$' are reserved for the bus: topic=\"$bus.x\"");
  }

  @Test
  void topicOf_unknownKind_failsWithThoseKnown() {
    Topics<Object> lights = Topics.empty(Object.class).with("x", Light.class);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> lights.topicOf("red"))
        .withMessage(
            "an event must be of a kind that has a topic: type=java.lang.String"
                + " kinds=[dev.carillon.bus.TopicsTest$Light.RED,"
                + " dev.carillon.bus.TopicsTest$Light.GREEN]");
    assertThatIllegalArgumentException().isThrownBy(() -> lights.topic(String.class));
  }

  @Test
  void topicOf_twoNearestKinds_failsNamingBoth() {
    Topics<Object> topics =
        Topics.empty(Object.class)
            .with(Topic.of("texts", CharSequence.class))
            .with(Topic.of("ordered", Comparable.class));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> topics.topicOf("red"))
        .withMessage(
            "an event must have one nearest topic: type=java.lang.String"
                + " topics=\"texts\" and \"ordered\"");
    assertThat(topics.topicOf(1).name()).isEqualTo("ordered");
  }
}
