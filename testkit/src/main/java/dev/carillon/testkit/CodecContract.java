package dev.carillon.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.carillon.spi.Codec;
import dev.carillon.spi.CodecLimits;
import dev.carillon.spi.CodingException;
import dev.carillon.testkit.RemoteEventsContract.Check;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * What every implementation of {@link Codec} has to keep, as checks that any test framework can
 * run.
 *
 * {@snippet :
 * @TestFactory
 * Stream<DynamicTest> contract() {
 *   return new MyContract().checks().stream()
 *       .map(check -> dynamicTest(check.name(), check::run));
 * }
 * }
 */
public abstract class CodecContract {
  private static final int THREADS = 4;
  private static final int ROUNDS = 300;
  private static final int CHANGES = 2_000;
  private static final long SEED = 17;

  /** For subclasses. */
  protected CodecContract() {}

  /** An enum that is registered as {@code color}. */
  public enum Color {
    /** One. */
    RED,
    /** Another. */
    GREEN
  }

  /**
   * A record that is registered as {@code item}.
   *
   * @param name a text
   * @param pieces a number
   * @param price another
   * @param color an enum
   */
  public record Item(@Nullable String name, int pieces, double price, @Nullable Color color) {}

  /**
   * A later version of {@link Item}, registered by the same name: one component less, in another
   * order.
   *
   * @param color an enum
   * @param name a text
   * @param pieces a number
   */
  public record ChangedItem(@Nullable Color color, @Nullable String name, int pieces) {}

  /**
   * A record that is registered as {@code basket}.
   *
   * @param id a number
   * @param items a list
   * @param notes a map
   */
  public record Basket(long id, List<Item> items, Map<String, String> notes) {}

  /** A class that is not registered. */
  public static final class Stranger {
    /** Makes one. */
    public Stranger() {}
  }

  /**
   * {@return a codec}
   *
   * @param types what is registered with it, by name: records and enums
   * @param limits what it has to keep
   */
  protected abstract Codec open(Map<String, Class<?>> types, CodecLimits limits);

  /** {@return whether records may lose components and change their order} */
  protected boolean evolves() {
    return true;
  }

  /** {@return whether a list that is met twice is one list again, and may have itself inside} */
  protected boolean keepsIdentity() {
    return true;
  }

  /** {@return whether all limits are kept, not only that of bytes} */
  protected boolean keepsAllLimits() {
    return true;
  }

  /** {@return all checks} */
  public final List<Check> checks() {
    List<Check> checks =
        new ArrayList<>(
            List.of(
                new Check("format_isAName", this::format),
                new Check("typeOf_isTheNameThatWasRegistered", this::typeOf),
                new Check("decode_ofRecords_givesTheirEquals", this::records),
                new Check("decode_ofCollections_givesTheirEquals", this::collections),
                new Check("decode_ofExtremes_givesTheirEquals", this::extremes),
                new Check("decode_leavesTheBytes_andKeepsNone", this::bytesAreApart),
                new Check("encode_ofAStranger_isRefusedByItsName", this::stranger),
                new Check("decode_ofAnUnknownType_isRefused", this::unknownType),
                new Check("decode_asAnotherType_isRefused", this::anotherType),
                new Check("encode_beyondMaxBytes_isRefused", this::tooManyBytes),
                new Check("decode_beyondMaxBytes_isRefused", this::tooManyBytesToRead),
                new Check("decode_ofCutBytes_isRefused", this::cut),
                new Check("decode_ofChangedBytes_isAValueOrTheException", this::changed),
                new Check("manyThreads_doNotMix", this::manyThreads)));
    if (evolves()) {
      checks.add(new Check("decode_ofAChangedRecord_findsComponentsByName", this::evolution));
    }
    if (keepsIdentity()) {
      checks.add(new Check("decode_ofWhatIsMetTwice_isOneObject", this::identity));
      checks.add(new Check("decode_ofACircle_isACircle", this::circle));
    }
    if (keepsAllLimits()) {
      checks.add(new Check("encode_beyondALimit_isRefused", this::limits));
      checks.add(new Check("decode_ofWhatSmallLimitsLetThrough_isRead", this::smallLimits));
    }
    return List.copyOf(checks);
  }

  private static Map<String, Class<?>> types() {
    return Map.of("color", Color.class, "item", Item.class, "basket", Basket.class);
  }

  private Codec open() {
    return open(types(), CodecLimits.DEFAULT);
  }

  private static Basket basket(int id) {
    var items = new ArrayList<Item>();
    for (int i = 0; i < id % 5; i++) {
      items.add(new Item("item " + i, id, i / 8.0, i % 2 == 0 ? Color.RED : Color.GREEN));
    }
    var notes = new HashMap<String, String>();
    notes.put("id", Integer.toString(id));
    notes.put("glöckchen", "€ 🔔");
    return new Basket(id, items, notes);
  }

  private void format() {
    assertThat(open().format()).isNotBlank().hasSizeLessThanOrEqualTo(64);
    CodecLimits limits = open().limits();
    assertThat(limits.maxBytes()).isEqualTo(CodecLimits.DEFAULT.maxBytes());
    if (keepsAllLimits()) {
      assertThat(limits).isEqualTo(CodecLimits.DEFAULT);
    }
  }

  private void typeOf() {
    assertThat(open().typeOf(basket(1))).isEqualTo("basket");
    assertThat(open().typeOf(Color.RED)).isEqualTo("color");
    assertThat(open().typeOf("text")).isNotBlank().isNotEqualTo(open().typeOf(1));
    assertThatExceptionOfType(CodingException.class)
        .isThrownBy(() -> open().typeOf(new Stranger()));
  }

  private void records() {
    Codec codec = open();
    for (int i = 0; i < ROUNDS; i++) {
      same(codec, basket(i));
    }
    same(codec, new Item(null, Integer.MIN_VALUE, Double.NaN, null));
    same(codec, Color.GREEN);
  }

  private static void same(Codec codec, Object value) {
    Object read = codec.decode(codec.encode(value), value.getClass());
    assertThat(read).isEqualTo(value);
  }

  private void collections() {
    Codec codec = open();
    same(codec, new ArrayList<>(Arrays.asList(1, null, "x", 2.5, true, new ArrayList<>())));
    same(codec, new HashMap<>(Map.of("a", List.of(1), "b", Map.of(1, 2L))));
    assertThat(codec.decode(codec.encode(List.of(1, 2)), Object.class)).isEqualTo(List.of(1, 2));
    assertThat(codec.decode(codec.encode(new int[] {1, -2}), int[].class)).containsExactly(1, -2);
    assertThat(codec.decode(codec.encode(new byte[] {1, -2}), byte[].class)).hasSize(2);
    assertThat(codec.decode(codec.encode(new String[] {"x", null}), String[].class))
        .containsExactly("x", null);
  }

  private void extremes() {
    Codec codec = open();
    for (Object value :
        List.of(
            Long.MIN_VALUE,
            Long.MAX_VALUE,
            Integer.MIN_VALUE,
            -1,
            0,
            (byte) -128,
            'ÿ',
            Short.MIN_VALUE,
            -0.0,
            Double.NaN,
            Float.MIN_VALUE,
            "",
            "\0\n\"\\",
            "€ 🔔",
            "x".repeat(10_000))) {
      same(codec, value);
    }
  }

  private void bytesAreApart() {
    Codec codec = open();
    byte[] bytes = codec.encode(new byte[] {1, 2, 3});
    byte[] copy = bytes.clone();
    byte[] first = codec.decode(bytes, byte[].class);
    assertThat(bytes).isEqualTo(copy);
    Arrays.fill(bytes, (byte) 0);
    assertThat(first).containsExactly(1, 2, 3);
    assertThat(codec.encode(new byte[] {1, 2, 3})).isEqualTo(copy).isNotSameAs(bytes);
  }

  private void stranger() {
    assertThatExceptionOfType(CodingException.class)
        .isThrownBy(() -> open().encode(List.of(1, new Stranger())))
        .withMessageContaining(Stranger.class.getName());
  }

  private void unknownType() {
    byte[] bytes = open().encode(basket(3));
    assertThatExceptionOfType(CodingException.class)
        .isThrownBy(() -> open(Map.of(), CodecLimits.DEFAULT).decode(bytes, Object.class));
  }

  private void anotherType() {
    byte[] bytes = open().encode("text");
    assertThatExceptionOfType(CodingException.class)
        .isThrownBy(() -> open().decode(bytes, Integer.class));
  }

  private void tooManyBytes() {
    Codec codec = open(types(), CodecLimits.DEFAULT.withMaxBytes(100));
    same(codec, "x".repeat(40));
    assertThatExceptionOfType(CodingException.class)
        .isThrownBy(() -> codec.encode("x".repeat(200)))
        .withMessageContaining("100");
  }

  private void tooManyBytesToRead() {
    byte[] bytes = open().encode("x".repeat(200));
    Codec codec = open(types(), CodecLimits.DEFAULT.withMaxBytes(100));
    assertThatExceptionOfType(CodingException.class)
        .isThrownBy(() -> codec.decode(bytes, String.class))
        .withMessageContaining("100");
  }

  private void cut() {
    Codec codec = open();
    byte[] bytes = codec.encode(basket(4));
    for (int length = 0; length < bytes.length; length++) {
      byte[] start = Arrays.copyOf(bytes, length);
      assertThatExceptionOfType(CodingException.class)
          .as("length %d", length)
          .isThrownBy(() -> codec.decode(start, Basket.class));
    }
  }

  private void changed() {
    Codec codec = open();
    byte[] bytes = codec.encode(basket(4));
    var random = new SplittableRandom(SEED);
    for (int i = 0; i < CHANGES; i++) {
      byte[] other = bytes.clone();
      for (int times = random.nextInt(1, 4); times > 0; times--) {
        other[random.nextInt(other.length)] = (byte) random.nextInt();
      }
      try {
        codec.decode(other, Object.class);
      } catch (CodingException e) {
        assertThat(e.getMessage()).isNotBlank();
      }
    }
  }

  private void evolution() {
    Item item = new Item("bell", 3, 2.5, Color.GREEN);
    Codec later =
        open(Map.of("color", Color.class, "item", ChangedItem.class), CodecLimits.DEFAULT);
    assertThat(later.decode(open().encode(item), ChangedItem.class))
        .isEqualTo(new ChangedItem(Color.GREEN, "bell", 3));
  }

  private void identity() {
    Codec codec = open();
    var inner = new ArrayList<Object>(List.of("x"));
    List<?> read = codec.decode(codec.encode(new ArrayList<>(List.of(inner, inner))), List.class);
    assertThat((Object) read.get(0)).isSameAs(read.get(1)).isEqualTo(inner);
  }

  private void circle() {
    Codec codec = open();
    var circle = new ArrayList<Object>();
    circle.add(circle);
    List<?> read = codec.decode(codec.encode(circle), List.class);
    assertThat((Object) read.get(0)).isSameAs(read);
  }

  private void limits() {
    CodecLimits all = CodecLimits.DEFAULT;
    refused(all.withMaxDepth(3), List.of(List.of(List.of(List.of()))), "3");
    refused(all.withMaxObjects(5), List.of(1, 2, 3, 4, 5, 6), "5");
    refused(all.withMaxText(7), "x".repeat(8), "7");
    refused(all.withMaxLength(9), new int[10], "9");
  }

  /** The limits are for values, not for what the codec itself writes around them. */
  private void smallLimits() {
    CodecLimits all = CodecLimits.DEFAULT;
    Item item = new Item("x", 1, 2.5, null);
    List<CodecLimits> small =
        List.of(
            all.withMaxText(1),
            all.withMaxLength(1),
            all.withMaxDepth(2),
            all.withMaxObjects(6),
            new CodecLimits(1000, 2, 6, 1, 1));
    for (CodecLimits limits : small) {
      Codec codec = open(types(), limits);
      same(codec, item);
      same(codec, new ArrayList<>(List.of(item)));
    }
  }

  private void refused(CodecLimits limits, Object value, String limit) {
    byte[] bytes = open().encode(value);
    assertThatExceptionOfType(CodingException.class)
        .isThrownBy(() -> open(types(), limits).encode(value))
        .withMessageContaining(limit);
    assertThatExceptionOfType(CodingException.class)
        .isThrownBy(() -> open(types(), limits).decode(bytes, Object.class))
        .withMessageContaining(limit);
  }

  private void manyThreads() throws Exception {
    Codec codec = open();
    try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
      List<Future<?>> all = new ArrayList<>();
      for (int t = 0; t < THREADS; t++) {
        int first = t * ROUNDS;
        all.add(
            threads.submit(() -> {
              for (int i = first; i < first + ROUNDS; i++) {
                same(codec, basket(i));
              }
            }));
      }
      for (Future<?> each : all) {
        each.get();
      }
    }
  }
}
