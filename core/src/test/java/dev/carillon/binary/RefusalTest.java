package dev.carillon.binary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.build.Covers;
import dev.carillon.spi.CodecLimits;
import dev.carillon.spi.CodingException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Hashtable;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.Stack;
import java.util.TreeMap;
import java.util.Vector;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** What the codec does not take, and how it says so. */
@Covers("S2")
final class RefusalTest {
  private record Holder(String name, List<Map<String, Object>> rows) {}

  private record Positive(int number) {
    Positive {
      if (number < 0) {
        throw new IllegalArgumentException("number must not be negative: number=" + number);
      }
    }
  }

  private static CodingException refused(Object value) {
    return refused(Samples.CODEC, value);
  }

  private static CodingException refused(BinaryCodec codec, Object value) {
    try {
      codec.encode(value);
    } catch (CodingException e) {
      return e;
    }
    throw new AssertionError("was not refused: " + value.getClass());
  }

  @Test
  void encode_ofAClassThatIsNotRegistered_namesItAndThePath() {
    BinaryCodec codec = BinaryCodec.of(c -> c.register("holder", Holder.class));
    var holder = new Holder("h", List.of(Map.of(), Map.of("thread", new Thread())));
    for (int i = 0; i < 300; i++) { // with and without code of its own
      assertThat(refused(codec, holder))
          .hasMessage(
              "the class must be registered, or one that needs none: class=java.lang.Thread, at"
                  + " holder.rows[1][\"thread\"]");
    }
    assertThatExceptionOfType(CodingException.class)
        .isThrownBy(() -> codec.typeOf(new Object()))
        .withMessageContaining("class=java.lang.Object");
    assertThat(codec.typeOf(holder)).isEqualTo("holder");
    assertThat(codec.typeOf(true)).isEqualTo("$boolean");
    assertThat(codec.typeOf(List.of())).isEqualTo("$list");
  }

  @Test
  void encode_ofCollectionsThatPromiseMore_isRefused() {
    assertThat(refused(Collections.synchronizedList(new ArrayList<>())))
        .hasMessageContaining("$Sy");
    assertThat(refused(new java.util.IdentityHashMap<>())).hasMessageContaining("IdentityHashMap");
    assertThat(refused(new ArrayList<>(List.of()) {})).hasMessageContaining("RefusalTest");
    assertThat(refused(new TreeMap<String, String>((a, b) -> 0)))
        .hasMessageContaining("an order must be the natural one");
    assertThat(refused(new EnumMap<>(Thread.State.class)))
        .hasMessageContaining("the enum of the keys of an empty map must be registered");
  }

  @Test
  @SuppressWarnings("JdkObsolete") // what is refused
  void encode_ofCollectionsThatAreSynchronized_isRefused() {
    assertThat(refused(new Vector<>(List.of(1)))).hasMessageContaining("class=java.util.Vector");
    assertThat(refused(new Stack<>())).hasMessageContaining("class=java.util.Stack");
    assertThat(refused(new Hashtable<>())).hasMessageContaining("class=java.util.Hashtable");
    assertThat(refused(new Properties())).hasMessageContaining("class=java.util.Properties");
  }

  @Test
  void encode_ofASetAroundAMap_isRefused() {
    assertThat(refused(Collections.newSetFromMap(new IdentityHashMap<>())))
        .hasMessageContaining("class=java.util.Collections$SetFromMap");
    assertThat(refused(Collections.newSequencedSetFromMap(new LinkedHashMap<>())))
        .hasMessageContaining("SetFromMap");
  }

  @Test
  void decode_ofWrappersThatToldEqualElementsApart_isRefused() {
    Loose one = new Loose(1);
    Loose other = new Loose(1);
    Set<Object> set = Collections.newSetFromMap(new IdentityHashMap<>());
    Map<Object, Object> map = new IdentityHashMap<>();
    for (Loose each : List.of(one, other)) {
      set.add(each);
      map.put(each, "x");
    }
    BinaryCodec codec = BinaryCodec.of(c -> c.register("loose", Loose.class));
    for (Object wrapper :
        List.of(Collections.unmodifiableSet(set), Collections.unmodifiableMap(map))) {
      byte[] bytes = codec.encode(wrapper);
      assertThatExceptionOfType(CodingException.class)
          .isThrownBy(() -> codec.decode(bytes, Object.class))
          .withMessageContaining("must differ from each other: size=2, distinct=1");
    }
  }

  @Test
  void encode_ofACircleThroughARecord_isRefused() {
    var list = new ArrayList<Object>();
    var shared = new Samples.Shared("s", list);
    list.add(shared);
    assertThat(Samples.CODEC.decode(Samples.CODEC.encode(list), ArrayList.class).size()).isOne();
    assertThat(refused(shared))
        .hasMessage(
            "a circle must not lead through a value that is made of its parts: kind=shared, at"
                + " shared.value[0]");
    list.set(0, Collections.unmodifiableList(list));
    assertThat(refused(list.get(0))).hasMessageContaining("kind=$list");
  }

  @Test
  void encode_ofACircleThroughASet_isRefusedByItsDepth() {
    var list = new ArrayList<Object>();
    var set = new HashSet<Object>();
    set.add(list);
    list.add(set);
    assertThat(refused(set)).hasMessageContaining("must not be deeper than maxDepth=200");
  }

  @Test
  void encode_beyondTheLimits_isRefused_andWithinThemIsRead() {
    CodecLimits small = new CodecLimits(100, 4, 10, 20, 5);
    BinaryCodec codec = Samples.with(small);
    assertThat(refused(codec, new byte[6][1])).hasMessageContaining("maxLength=5");
    assertThat(refused(codec, new long[5][4])).hasMessageContaining("maxBytes=100");
    assertThat(refused(codec, "x".repeat(21)))
        .hasMessage("a text must not be longer than maxText=20 characters: length=21");
    assertThat(refused(codec, List.of(List.of(List.of(List.of(List.of()))))))
        .hasMessage("a value must not be deeper than maxDepth=4, at [0][0][0][0]");
    assertThat(refused(codec, Arrays.asList(1, List.of(1, 2, 3, 4), List.of(5, 6, 7))))
        .hasMessage("a value must not have more objects than maxObjects=10, at [2][2]");
    assertThat(refused(codec, new int[6])).hasMessageContaining("elements=6");
    byte[] fits = codec.encode(new String[] {"x".repeat(20), "€".repeat(20)});
    assertThat(codec.decode(fits, String[].class)[1]).hasSize(20);
    byte[] large = Samples.CODEC.encode("x".repeat(200));
    assertThatExceptionOfType(CodingException.class)
        .isThrownBy(() -> codec.decode(large, String.class))
        .withMessageContaining("more bytes than maxBytes=100: bytes=");
    byte[] deep = Samples.CODEC.encode(List.of(List.of(List.of(List.of(List.of())))));
    assertThatExceptionOfType(CodingException.class)
        .isThrownBy(() -> codec.decode(deep, List.class))
        .withMessage("a value must not be deeper than maxDepth=4, at [0][0][0][0]");
  }

  private record LongNames(int aNameThatIsLongerThanAnyTextMayBe, String another) {}

  /** Definitions of types are no parts of values. */
  @Test
  void decode_withLimitsBelowADefinition_readsWhatItWrote() {
    BinaryCodec codec =
        BinaryCodec.of(c ->
            c.register("long.names", LongNames.class)
                .withLimits(l -> l.withMaxLength(1).withMaxText(1)));
    var names = new LongNames(1, "x");
    assertThat(codec.decode(codec.encode(names), LongNames.class)).isEqualTo(names);
    BinaryCodec changed =
        BinaryCodec.of(c ->
            c.register("long.names", Fewer.class)
                .withLimits(l -> l.withMaxLength(1).withMaxText(1)));
    assertThat(changed.decode(codec.encode(names), Fewer.class)).isEqualTo(new Fewer("x"));
  }

  private record Fewer(String another) {}

  @Test
  void limits_outsideTheirRange_areRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CodecLimits.DEFAULT.withMaxDepth(0))
        .withMessage("maxDepth must be 1 to 10000: maxDepth=0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CodecLimits.DEFAULT.withMaxBytes(15))
        .withMessageContaining("maxBytes=15");
  }

  @Test
  void decode_ofARecordThatRefusesItsComponents_tellsWhy() {
    BinaryCodec writer = BinaryCodec.of(c -> c.register("p", Loose.class));
    BinaryCodec reader = BinaryCodec.of(c -> c.register("p", Positive.class));
    byte[] bytes = writer.encode(List.of(new Loose(1), new Loose(-1)));
    byte[] good = writer.encode(new Loose(5));
    for (int i = 0; i < 300; i++) {
      assertThat(reader.decode(good, Positive.class).number()).isEqualTo(5);
      assertThatExceptionOfType(CodingException.class)
          .isThrownBy(() -> reader.decode(bytes, List.class))
          .withMessage(
              "the record must accept its components: type=p, refused by"
                  + " java.lang.IllegalArgumentException: number must not be negative: number=-1,"
                  + " at [1]")
          .withCauseInstanceOf(IllegalArgumentException.class);
    }
  }

  private record Loose(int number) {}

  @Test
  void decode_asAnotherType_isRefused() {
    byte[] text = Samples.CODEC.encode("x");
    assertThatExceptionOfType(CodingException.class)
        .isThrownBy(() -> Samples.CODEC.decode(text, Integer.class))
        .withMessage("the value must be a java.lang.Integer: class=java.lang.String");
  }

  @Test
  void decode_ofAnUnknownType_namesItAndLoadsNothing() {
    byte[] bytes = Samples.CODEC.encode(new Object[] {1, Samples.order()});
    BinaryCodec none = BinaryCodec.of(c -> c);
    assertThatExceptionOfType(CodingException.class)
        .isThrownBy(() -> none.decode(bytes, Object.class))
        .withMessage("no type was registered by this name: type=\"order\", at [1]");
  }

  @Test
  void decode_ofOtherBytes_isRefused() {
    byte[] good = Samples.CODEC.encode(List.of(1));
    byte[] later = good.clone();
    later[WireFormat.VERSION_OFFSET] = 2;
    refusedBytes(new byte[0], "must begin with the bytes ca 11");
    refusedBytes(new byte[] {1, 2, 3, 4}, "must begin with the bytes ca 11");
    refusedBytes(later, "the version must be one that is known here, 1: version=2");
    refusedBytes(Arrays.copyOf(good, good.length - 1), "at [0]");
    refusedBytes(Arrays.copyOf(good, good.length + 2), "nothing must follow the value: bytes=2");
    refusedBytes(new byte[] {good[0], good[1], 1, 0}, "must not be null as a whole");
  }

  private static void refusedBytes(byte[] bytes, String rule) {
    assertThatExceptionOfType(CodingException.class)
        .isThrownBy(() -> Samples.CODEC.decode(bytes, Object.class))
        .withMessageContaining(rule);
  }

  @Test
  void register_ofWhatCannotBe_isRefused() {
    refusedConfig(c -> c.register("x", Thread.class), "must be a record or an enum");
    refusedConfig(c -> c.register("$x", Loose.class), "must not begin with $");
    refusedConfig(c -> c.register(" ", Loose.class), "1 to 200 characters");
    refusedConfig(
        c -> c.register("x", Loose.class).register("x", Positive.class), "registered once: x=");
    refusedConfig(
        c -> c.register("x", Loose.class).register("y", Loose.class), "registered once: x=");
    refusedConfig(c -> c.registerSealed(Runnable.class), "must be sealed");
    refusedConfig(c -> c.registerSealed(Odd.class), "class=" + Even.class.getName());
    refusedConfig(
        c -> c.register("x", Loose.class, o -> o.withDefault("numbr", 1)), "components=[numbr]");
    refusedConfig(
        c -> c.register("x", Loose.class, o -> o.withDefault("number", "1")),
        "a default must be of the component's type: type=x, component=number");
    refusedConfig(c -> c.register("x", Ill.class), "default=\"many\", at x.count");
    refusedConfig(
        c -> c.registerVia("x", String.class, String.class, s -> s, s -> s),
        "needs no registration");
    refusedConfig(c -> c.registerObject("x", Number.class, () -> 1, f -> f), "objects of its own");
  }

  private record Ill(@DefaultValue("many") int count) {}

  private sealed interface Odd {}

  private static final class Even implements Odd {}

  private static void refusedConfig(UnaryOperator<BinaryConfig> configure, String rule) {
    assertThatThrownBy(() -> BinaryCodec.of(configure))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(rule);
  }

  @Test
  void registerVia_thatFails_isRefusedWithItsCause() {
    BinaryCodec reader =
        BinaryCodec.of(c ->
            c.registerVia(
                "money",
                Samples.Money.class,
                String.class,
                Samples.Money::currency,
                Samples.Money::of));
    byte[] money = reader.encode(new Samples.Money(java.math.BigDecimal.ONE, "EUR"));
    assertThatExceptionOfType(CodingException.class)
        .isThrownBy(() -> reader.decode(money, Samples.Money.class))
        .withCauseInstanceOf(NumberFormatException.class);
  }
}
