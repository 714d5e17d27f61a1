package dev.carillon.binary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.build.Covers;
import dev.carillon.build.Gen;
import dev.carillon.build.Property;
import dev.carillon.spi.CodingException;
import java.time.DayOfWeek;
import java.time.Month;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What is written is read as the same: in content, kind and shape. */
@Covers("S2")
final class RoundTripTest {

  @TestFactory
  Stream<DynamicTest> decode_ofRandomGraphs_givesTheSameGraph() {
    return Property.check(
        "a graph is the same again",
        300,
        gen -> {
          Object graph = new Samples.Graphs(gen, gen.intBetween(1, 120)).graph();
          byte[] bytes = Samples.CODEC.encode(graph);
          Object read = Samples.CODEC.decode(bytes, Object.class);
          SameGraph.check(Samples.CODEC, graph, read);
        });
  }

  @TestFactory
  Stream<DynamicTest> decode_ofLeaves_givesTheirEquals() {
    return Property.check(
        "a value is equal again",
        50,
        gen -> {
          List<Object> values = gen.listOf(1, 60, Samples::leaf);
          Object read = Samples.CODEC.decode(Samples.CODEC.encode(values), Object.class);
          assertThat(read).isEqualTo(values);
        });
  }

  /** The first values of a record take another way than later ones. */
  @Test
  void encode_beforeAndAfterTheRecordHasItsOwnCode_givesTheSameBytes() {
    BinaryCodec codec = BinaryCodec.of(Samples::types);
    Gen gen = new Gen(17);
    List<Samples.Primitives> values = gen.listOf(400, 400, Samples::primitives);
    List<byte[]> first = new ArrayList<>();
    for (Samples.Primitives value : values) {
      first.add(codec.encode(value));
    }
    byte[] order = codec.encode(Samples.order());
    for (int i = 0; i < 500; i++) {
      assertThat(codec.encode(Samples.order())).isEqualTo(order);
      assertThat(codec.decode(order, Samples.Order.class)).isEqualTo(Samples.order());
    }
    for (int i = 0; i < values.size(); i++) {
      assertThat(codec.encode(values.get(i))).isEqualTo(first.get(i));
      assertThat(codec.decode(first.get(i), Samples.Primitives.class)).isEqualTo(values.get(i));
    }
  }

  private record Views(
      NavigableSet<Integer> up,
      NavigableSet<Integer> down,
      SequencedSet<Integer> inOrder,
      NavigableMap<String, Integer> sorted,
      SequencedMap<String, Integer> sequenced) {}

  @Test
  void decode_ofViewsInComponentsOfTheirInterfaces_givesEqualOnesThatCannotChange() {
    BinaryCodec codec = BinaryCodec.of(c -> c.register("views", Views.class));
    var numbers = new TreeSet<>(List.of(3, 1, 2));
    var byText = new TreeMap<>(Map.of("a", 1, "b", 2));
    var views =
        new Views(
            Collections.unmodifiableNavigableSet(numbers.headSet(2, true)),
            numbers.descendingSet(),
            new LinkedHashSet<>(List.of(2, 1)).reversed(),
            byText.tailMap("b", true),
            Collections.unmodifiableSequencedMap(new LinkedHashMap<>(byText)));
    Views read = codec.decode(codec.encode(views), Views.class);
    assertThat(read).isEqualTo(views);
    assertThat(read.down()).containsExactly(3, 2, 1);
    assertThat(read.inOrder()).containsExactly(1, 2);
    assertThat(codec.encode(read)).isEqualTo(codec.encode(views));
    for (Collection<Integer> each : List.of(read.up(), read.inOrder(), read.sorted().values())) {
      assertThatThrownBy(each::clear).isInstanceOf(UnsupportedOperationException.class);
    }
    assertThatThrownBy(() -> read.sequenced().putFirst("c", 1))
        .isInstanceOf(UnsupportedOperationException.class);
  }

  private static final class Count {
    private final int number;

    Count(int number) {
      this.number = number;
    }
  }

  @Test
  void decode_ofATypeViaAPrimitive_givesIt() {
    BinaryCodec codec =
        BinaryCodec.of(
            c -> c.registerVia("count", Count.class, int.class, n -> n.number, Count::new));
    assertThat(codec.decode(codec.encode(new Count(7)), Count.class).number).isEqualTo(7);
  }

  @Test
  void decode_ofSetsAndMapsOfTheCalendar_givesThem() {
    BinaryCodec codec =
        BinaryCodec.of(c -> c.register("month", Month.class).register("day", DayOfWeek.class));
    List<Object> values =
        List.of(
            EnumSet.of(DayOfWeek.MONDAY, DayOfWeek.SUNDAY),
            EnumSet.noneOf(Month.class),
            new EnumMap<>(Map.of(Month.MAY, DayOfWeek.FRIDAY)),
            new EnumMap<>(DayOfWeek.class),
            Month.JUNE);
    assertThat(codec.decode(codec.encode(values), Object.class)).isEqualTo(values);
    Month[] months = {Month.MAY, null};
    assertThat(codec.decode(codec.encode(months), Month[].class)).isEqualTo(months);
    // What was written before the names were there.
    assertThat(codec.decode(Samples.CODEC.encode(months), Month[].class)).isEqualTo(months);
    assertThatExceptionOfType(CodingException.class)
        .isThrownBy(() -> Samples.CODEC.encode(EnumSet.of(Month.MAY)))
        .withMessageContaining("the class must be registered: class=java.time.Month");
  }

  private record Plain(int number) {}

  @Test
  void compile_thatFails_leavesTheRecordToItsHandles() {
    List<Supplier<@Nullable RecordCode>> compilers =
        List.of(
            () -> {
              throw new StackOverflowError();
            },
            () -> {
              throw new NoClassDefFoundError();
            },
            () -> {
              throw new IllegalStateException();
            });
    for (Supplier<@Nullable RecordCode> compiler : compilers) {
      TypeTable table = TypeTable.of(BinaryConfig.DEFAULT.register("plain", Plain.class));
      RecordType type = (RecordType) table.registered(Plain.class);
      type.compile(compiler);
      assertThat(type.isCompiled()).isFalse();
    }
  }

  @Test
  void encode_afterAFailure_isAsBefore() {
    byte[] before = Samples.CODEC.encode(Samples.order());
    for (int i = 0; i < 40; i++) {
      try {
        Samples.CODEC.encode(List.of(Samples.order(), new Object()));
      } catch (dev.carillon.spi.CodingException expected) {
        assertThat(expected.path()).isEqualTo("[1]");
      }
      assertThat(Samples.CODEC.encode(Samples.order())).isEqualTo(before);
    }
  }
}
