package dev.carillon.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.carillon.build.Covers;
import dev.carillon.build.Gen;
import dev.carillon.build.Property;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Handles as text, in order, and in streams. */
class HandleTest {

  private static EventHandle any(Gen gen) {
    long owner = gen.oneOf(1L, -1L, Long.MIN_VALUE, Long.MAX_VALUE, gen.anyLong() | 1);
    int index = gen.oneOf(0, -1, Integer.MIN_VALUE, Integer.MAX_VALUE, (int) gen.anyLong());
    int generation = gen.oneOf(1, -1, Integer.MIN_VALUE, (int) gen.anyLong() | 1);
    return new EventHandle(owner, index, generation);
  }

  @TestFactory
  @Covers("V10")
  Stream<DynamicTest> parse_ofToString_isTheSameHandle() {
    return Property.check(
        "text and back",
        200,
        gen -> {
          EventHandle handle = any(gen);
          assertThat(EventHandle.parse(handle.toString())).isEqualTo(handle);
          assertThat(EventHandle.parse(new StringBuilder(handle.toString()))).isEqualTo(handle);
        });
  }

  @TestFactory
  Stream<DynamicTest> parse_damagedText_throwsOrReadsAnotherHandle() {
    return Property.check(
        "damaged text is never misread",
        300,
        gen -> {
          String text = any(gen).toString();
          int at = gen.intBetween(0, text.length() - 1);
          String damaged =
              text.substring(0, at)
                  + gen.text(3)
                  + text.substring(gen.intBetween(at, text.length()));
          try {
            assertThat(EventHandle.parse(damaged)).hasToString(damaged);
          } catch (IllegalArgumentException e) {
            assertThat(e).hasMessageContaining("a handle must read evt:");
          }
        });
  }

  @Test
  void toString_extremes_areUnsigned() {
    assertThat(new EventHandle(1, 0, 1)).hasToString("evt:0000000000000001/0@1");
    assertThat(new EventHandle(-1, -1, -1))
        .hasToString("evt:ffffffffffffffff/4294967295@4294967295");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "evt:",
        "evt:0000000000000001",
        "evt:0000000000000001/",
        "evt:0000000000000001/0",
        "evt:0000000000000001/0@",
        "evt:0000000000000001/@1",
        "evt:0000000000000000/0@1",
        "evt:0000000000000001/0@0",
        "evt:1/0@1",
        "evt:00000000000000001/0@1",
        "evt:000000000000000g/0@1",
        "evt:000000000000000A/0@1",
        "evt:+000000000000001/0@1",
        "evt:0000000000000001/-1@1",
        "evt:0000000000000001/+1@1",
        "evt:0000000000000001/01@1",
        "evt:0000000000000001/0@01",
        "evt:0000000000000001/4294967296@1",
        "evt:0000000000000001/0@4294967296",
        "evt:0000000000000001/0@1 ",
        " evt:0000000000000001/0@1",
        "EVT:0000000000000001/0@1",
        "evt:0000000000000001@0/1",
        "evt:0000000000000001/0@1@1",
        "evt:0000000000000001/0/0@1",
        "evt:0000000000000001/٣@1"
      })
  void parse_malformed_throwsShowingTheText(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> EventHandle.parse(text))
        .withMessage(
            "a handle must read evt:<owner, 16 hex digits>/<index>@<generation>: text=\"%s\"",
            text);
  }

  @Test
  void parse_longText_isCutInTheMessage() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> EventHandle.parse("x".repeat(1_000_000)))
        .withMessageEndingWith("xxx… (1000000 characters)\"")
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(300));
  }

  @Test
  void create_zeroOwnerOrGeneration_throws() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new EventHandle(0, 7, 1))
        .withMessage("owner must not be 0: owner=0 index=7");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new EventHandle(1, 7, 0))
        .withMessage("generation must not be 0: generation=0 index=7");
  }

  @Test
  void compareTo_parts_areUnsignedAndInOrder() {
    List<EventHandle> inOrder =
        List.of(
            new EventHandle(1, 0, 1),
            new EventHandle(1, 0, 2),
            new EventHandle(1, 0, -1),
            new EventHandle(1, 1, 1),
            new EventHandle(1, -1, 1),
            new EventHandle(2, 0, 1),
            new EventHandle(-1, 0, 1));
    assertThat(inOrder.reversed().stream().sorted()).isEqualTo(inOrder);
    for (int i = 0; i < inOrder.size(); i++) {
      for (int j = 0; j < inOrder.size(); j++) {
        assertThat(Integer.signum(inOrder.get(i).compareTo(inOrder.get(j))))
            .isEqualTo(Integer.compare(i, j));
      }
    }
  }

  @Test
  void serialised_handle_isTheSame() throws Exception {
    EventHandle handle = new EventHandle(-5, -6, -7);
    assertThat(copy(handle)).isEqualTo(handle);
  }

  @Test
  void serialised_exceptions_keepWhatIsSaid() throws Exception {
    try (var events = EventSystem.create()) {
      Event event = events.newEvent();
      event.poison("disk full");
      var poisoned = new PoisonedException(event.poison().orElseThrow());
      PoisonedException copy = copy(poisoned);
      assertThat(copy).hasMessage(poisoned.getMessage());
      assertThatIllegalStateException()
          .isThrownBy(copy::poison)
          .withMessageContaining("does not travel");
      var second = new AlreadyCompletedException("twice", EventStatus.POISONED);
      assertThat(copy(second).outcome()).isEqualTo(EventStatus.POISONED);
      var unknown = new UnknownOwnerException(event.handle(), 5);
      assertThat(copy(unknown).handleOwner()).isEqualTo(events.owner());
      assertThat(copy(unknown).systemOwner()).isEqualTo(5);
    }
  }

  @SuppressWarnings("unchecked")
  private static <T> T copy(T object) throws IOException, ClassNotFoundException {
    var bytes = new ByteArrayOutputStream();
    try (var out = new ObjectOutputStream(bytes)) {
      out.writeObject(object);
    }
    try (var in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      return (T) in.readObject();
    }
  }
}
