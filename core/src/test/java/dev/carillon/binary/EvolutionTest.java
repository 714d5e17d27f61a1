package dev.carillon.binary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.carillon.build.Covers;
import dev.carillon.spi.CodingException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** A record changes, and what was written of it before is read all the same. */
@Covers("S2")
final class EvolutionTest {
  private record First(int id, String name, double price) {}

  private record Reordered(double price, String name, int id) {}

  private record Fewer(int id) {}

  private record More(
      int id,
      String name,
      double price,
      @DefaultValue("3") int pieces,
      @DefaultValue("RED") Samples.Color color,
      @DefaultValue("true") boolean isNew,
      List<String> tags,
      Optional<String> note) {}

  private record Missing(int id, String name, double price, String added) {}

  private record Wider(long id, Object name, double price) {}

  private record Boxed(Integer id, CharSequence name, Double price) {}

  private record Narrower(short id, String name, double price) {}

  private record OtherType(int id, int name, double price) {}

  private record WithParts(int id, Object dropped, Object kept) {}

  private record WithoutParts(int id, Object kept) {}

  private record Gone(String text, List<Object> more) {}

  private enum Faded {
    PALE
  }

  private static BinaryCodec thing(Class<? extends Record> type) {
    return thing(type, o -> o);
  }

  private static BinaryCodec thing(
      Class<? extends Record> type, UnaryOperator<RecordOptions> options) {
    return BinaryCodec.of(
        c -> c.register("thing", type, options).register("color", Samples.Color.class));
  }

  private static final byte[] OLD = thing(First.class).encode(new First(7, "bell", 2.5));

  @Test
  void decode_withComponentsInAnotherOrder_findsThemByName() {
    assertThat(thing(Reordered.class).decode(OLD, Reordered.class))
        .isEqualTo(new Reordered(2.5, "bell", 7));
  }

  @Test
  void decode_withoutSomeComponents_passesOverThem() {
    assertThat(thing(Fewer.class).decode(OLD, Fewer.class)).isEqualTo(new Fewer(7));
  }

  @Test
  void decode_withAddedComponents_givesThemTheirDefaults() {
    BinaryCodec codec = thing(More.class, o -> o.withDefault("tags", List.of("old")));
    assertThat(codec.decode(OLD, More.class))
        .isEqualTo(
            new More(7, "bell", 2.5, 3, Samples.Color.RED, true, List.of("old"), Optional.empty()));
  }

  @Test
  void decode_withAnAddedComponentWithoutDefault_namesIt() {
    assertThatExceptionOfType(CodingException.class)
        .isThrownBy(() -> thing(Missing.class).decode(OLD, Missing.class))
        .withMessage(
            "a component that was added must have a default: type=thing, component=added, at thing");
  }

  @Test
  void decode_ofAnIntIntoALong_widensIt() {
    assertThat(thing(Wider.class).decode(OLD, Wider.class)).isEqualTo(new Wider(7L, "bell", 2.5));
    assertThat(thing(Boxed.class).decode(OLD, Boxed.class)).isEqualTo(new Boxed(7, "bell", 2.5));
    byte[] boxed = thing(Boxed.class).encode(new Boxed(8, "b", 1.0));
    assertThat(thing(First.class).decode(boxed, First.class)).isEqualTo(new First(8, "b", 1.0));
  }

  @Test
  void decode_ofATypeThatDoesNotFit_isRefusedWithThePath() {
    assertThatExceptionOfType(CodingException.class)
        .isThrownBy(() -> thing(Narrower.class).decode(OLD, Narrower.class))
        .withMessage("a java.lang.Integer must not be read as a short: value=7, at thing.id");
    assertThatExceptionOfType(CodingException.class)
        .isThrownBy(() -> thing(OtherType.class).decode(OLD, OtherType.class))
        .withMessageContaining("java.lang.String must not be read as a int")
        .satisfies(e -> assertThat(e.path()).isEqualTo("thing.name"));
    byte[] without = thing(Boxed.class).encode(new Boxed(null, "b", 1.0));
    assertThatExceptionOfType(CodingException.class)
        .isThrownBy(() -> thing(First.class).decode(without, First.class))
        .withMessage("a null must not be read as a int: value=null, at thing.id");
  }

  /** The types of a component that is gone may be gone too. */
  @Test
  void decode_withoutAComponentOfUnknownTypes_passesOverThem() {
    BinaryCodec writer =
        BinaryCodec.of(c ->
            c.register("thing", WithParts.class)
                .register("gone", Gone.class)
                .register("faded", Faded.class));
    var more = new ArrayList<Object>(List.of(1, "x", Faded.PALE, new long[] {1}, Map.of("k", 2)));
    var gone = new Gone("g", more);
    more.add(new Gone[] {gone, null});
    byte[] bytes = writer.encode(new WithParts(5, gone, List.of(Optional.of("k"))));
    BinaryCodec reader = BinaryCodec.of(c -> c.register("thing", WithoutParts.class));
    assertThat(reader.decode(bytes, WithoutParts.class))
        .isEqualTo(new WithoutParts(5, List.of(Optional.of("k"))));
  }

  /** Each kind of values can be passed over, and what follows is found. */
  @Test
  void decode_withoutAComponentOfAnyKind_findsTheNext() {
    BinaryCodec writer = BinaryCodec.of(c -> Samples.types(c).register("thing", WithParts.class));
    BinaryCodec reader = BinaryCodec.of(c -> c.register("thing", WithoutParts.class));
    for (int seed = 0; seed < 200; seed++) {
      Object dropped = new Samples.Graphs(new dev.carillon.build.Gen(seed), 60).graph();
      byte[] bytes = writer.encode(new WithParts(seed, dropped, "kept"));
      assertThat(reader.decode(bytes, WithoutParts.class))
          .isEqualTo(new WithoutParts(seed, "kept"));
    }
  }

  private record Inner(int number) {}

  private record InnerGrown(int number, String added) {}

  private enum InnerEnum {
    ONE
  }

  /** A type that changed too much is refused where it is read, and not where it is passed over. */
  @Test
  void decode_withoutAComponentWhoseTypeChanged_passesOverIt() {
    byte[] bytes =
        BinaryCodec.of(c -> c.register("thing", WithParts.class).register("in", Inner.class))
            .encode(new WithParts(5, List.of(new Inner(1), new Inner(2)), "kept"));
    for (Class<?> changed : List.of(InnerGrown.class, InnerEnum.class)) {
      BinaryCodec reader =
          BinaryCodec.of(c -> c.register("thing", WithoutParts.class).register("in", changed));
      for (int i = 0; i < 2; i++) {
        assertThat(reader.decode(bytes, WithoutParts.class)).isEqualTo(new WithoutParts(5, "kept"));
      }
      BinaryCodec whole =
          BinaryCodec.of(c -> c.register("thing", WithParts.class).register("in", changed));
      assertThatExceptionOfType(CodingException.class)
          .isThrownBy(() -> whole.decode(bytes, WithParts.class))
          .withMessageContaining("type=in");
    }
  }

  /** What is passed over has as many levels as where it is read. */
  @Test
  void decode_withoutALeaf_countsNoLevelForIt() {
    UnaryOperator<BinaryConfig> shallow = c -> c.withLimits(l -> l.withMaxDepth(1));
    byte[] bytes =
        BinaryCodec.of(c -> shallow.apply(c.register("thing", WithParts.class)))
            .encode(new WithParts(5, 7, "kept"));
    BinaryCodec reader =
        BinaryCodec.of(c -> shallow.apply(c.register("thing", WithoutParts.class)));
    assertThat(reader.decode(bytes, WithoutParts.class)).isEqualTo(new WithoutParts(5, "kept"));
  }

  @Test
  void decode_ofWhatWasSharedWithAComponentThatIsGone_isRefused() {
    BinaryCodec writer = thing(WithParts.class);
    var both = new ArrayList<>(List.of(1));
    byte[] bytes = writer.encode(new WithParts(5, both, both));
    assertThatExceptionOfType(CodingException.class)
        .isThrownBy(() -> thing(WithoutParts.class).decode(bytes, WithoutParts.class))
        .withMessage(
            "a value must not be shared with a component that is not there any more, at"
                + " thing.kept");
  }

  @Test
  void decode_ofAnObjectWithAnAddedField_leavesItAsMade() {
    BinaryCodec writer =
        BinaryCodec.of(c ->
            c.registerObject(
                "node",
                Samples.Node.class,
                Samples.Node::new,
                f -> f.with("name", String.class, n -> n.name, (n, v) -> n.name = v)));
    BinaryCodec reader =
        BinaryCodec.of(c ->
            c.registerObject(
                "node",
                Samples.Node.class,
                EvolutionTest::heavy,
                f ->
                    f.with("weight", int.class, n -> n.weight, (n, v) -> n.weight = v)
                        .with("name", String.class, n -> n.name, (n, v) -> n.name = v)));
    Samples.Node node = heavy();
    node.name = "n";
    Samples.Node read = reader.decode(writer.encode(node), Samples.Node.class);
    assertThat(read.name).isEqualTo("n");
    assertThat(read.weight).isEqualTo(40);
    Samples.Node back = writer.decode(reader.encode(node), Samples.Node.class);
    assertThat(back.name).isEqualTo("n");
  }

  private static Samples.Node heavy() {
    var node = new Samples.Node();
    node.weight = 40;
    return node;
  }

  @Test
  void decode_ofARecordThatBecameShared_andBack_isRead() {
    BinaryCodec shared = thing(First.class, RecordOptions::shared);
    BinaryCodec plain = thing(First.class);
    var one = new First(1, "one", 1);
    Object[] twice = {one, one, new ArrayList<>(List.of(one))};
    Object[] read = plain.decode(shared.encode(twice), Object[].class);
    assertThat(read[1]).isEqualTo(one).isSameAs(read[0]);
    assertThat(shared.decode(plain.encode(twice), Object[].class)[2]).isEqualTo(List.of(one));
  }

  @Test
  void decode_ofManyOldValues_isAsOfOne() {
    BinaryCodec codec = thing(Reordered.class);
    for (int i = 0; i < 500; i++) {
      assertThat(codec.decode(OLD, Reordered.class).id()).isEqualTo(7);
    }
  }
}
