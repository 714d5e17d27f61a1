package dev.carillon.binary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.management.ThreadMXBean;
import dev.carillon.build.Covers;
import dev.carillon.build.Gen;
import dev.carillon.spi.CodingException;
import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Whatever bytes come, a value or the one exception follows, soon, and within the memory that the
 * limits allow. {@code -Dcarillon.fuzz=PT1H} tries for an hour, with other bytes each time.
 */
@Covers("S2")
final class HostileInputTest {
  private static final Duration TIME = Duration.parse(System.getProperty("carillon.fuzz", "PT10S"));
  private static final boolean IS_LONG = System.getProperty("carillon.fuzz") != null;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** What a value may take in memory: 64 bytes for each of its own, and some for the first ones. */
  private static final long BYTES_PER_BYTE = 64;

  private static final long BYTES_FOR_ANY = 20_000;

  private record Point(int x, int y) {}

  private static final BinaryCodec POINTS = BinaryCodec.of(c -> c.register("point", Point.class));

  @Test
  void decode_ofChangedBytes_isAValueOrTheException() {
    long seed = IS_LONG ? System.nanoTime() : 20_261_121;
    long start = System.nanoTime();
    long values = 0;
    long refusals = 0;
    for (; System.nanoTime() - start < TIME.toNanos(); seed++) {
      Gen gen = new Gen(seed);
      byte[] good =
          gen.chance(0.2)
              ? Samples.CODEC.encode(Samples.order())
              : Samples.CODEC.encode(new Samples.Graphs(gen, gen.intBetween(1, 80)).graph());
      for (int i = 0; i < 100; i++) {
        byte[] bytes = gen.chance(0.05) ? noise(gen) : changed(gen, good);
        if (isValue(Samples.CODEC, bytes, seed)) {
          values++;
        } else {
          refusals++;
        }
      }
    }
    assertThat(values).isPositive();
    assertThat(refusals).isGreaterThan(values / 10);
  }

  @Test
  void decode_ofALongNameThatTheJdkRepeats_cutsTheMessage() {
    byte[] bytes = new Raw().raw(WireFormat.ZONE).text("\u001f".repeat(1000)).bytes();
    assertThatExceptionOfType(CodingException.class)
        .isThrownBy(() -> POINTS.decode(bytes, Object.class))
        .withMessageContaining("Invalid ID for region-based ZoneId")
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(500).doesNotContain("\u001f"));
  }

  /** {@return whether it is a value} Fails on anything but a value or the exception. */
  private static boolean isValue(BinaryCodec codec, byte[] bytes, long seed) {
    long least = Long.MAX_VALUE;
    boolean isValue = false;
    // What is made once, as code of a record and messages' formats, is not of this value.
    for (int i = 0; i < 4 && least > BYTES_FOR_ANY + BYTES_PER_BYTE * bytes.length; i++) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      isValue = isRead(codec, bytes, seed);
      least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
    }
    assertThat(least)
        .as("bytes allocated for %d bytes, seed %x", bytes.length, seed)
        .isLessThanOrEqualTo(BYTES_FOR_ANY + BYTES_PER_BYTE * bytes.length);
    return isValue;
  }

  private static boolean isRead(BinaryCodec codec, byte[] bytes, long seed) {
    try {
      codec.decode(bytes, Object.class);
      return true;
    } catch (CodingException e) {
      assertThat(e.getMessage()).isNotBlank().hasSizeLessThan(2000);
      return false;
    } catch (Throwable t) {
      throw new AssertionError(
          "seed %x, bytes %s".formatted(seed, java.util.HexFormat.of().formatHex(bytes)), t);
    }
  }

  private static byte[] noise(Gen gen) {
    byte[] bytes = new byte[gen.intBetween(0, 400)];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) gen.intBetween(0, 255);
    }
    if (bytes.length > WireFormat.VALUE_OFFSET && gen.chance(0.95)) {
      bytes[0] = WireFormat.MAGIC_FIRST;
      bytes[1] = WireFormat.MAGIC_SECOND;
      bytes[2] = WireFormat.VERSION;
    }
    return bytes;
  }

  private static byte[] changed(Gen gen, byte[] good) {
    byte[] bytes = good.clone();
    for (int times = gen.intBetween(1, 4); times > 0 && bytes.length > 4; times--) {
      int at = gen.intBetween(WireFormat.VALUE_OFFSET, bytes.length - 1);
      switch (gen.intBetween(0, 5)) {
        case 0 -> bytes[at] = (byte) gen.intBetween(0, 255);
        case 1 -> bytes[at] ^= (byte) (1 << gen.intBetween(0, 7));
        case 2 -> bytes[at] = (byte) gen.intBetween(0, WireFormat.KINDS);
        case 3 -> bytes = Arrays.copyOf(bytes, at);
        case 4 -> {
          int from = gen.intBetween(WireFormat.VALUE_OFFSET, bytes.length - 1);
          int length = Math.min(gen.intBetween(1, 40), bytes.length - Math.max(at, from));
          System.arraycopy(bytes, from, bytes, at, length);
        }
        default -> {
          for (int i = at; i < Math.min(at + 5, bytes.length); i++) {
            bytes[i] = (byte) 0xff; // a large number
          }
        }
      }
    }
    return bytes;
  }

  /**
   * Each list announces as many elements as there are bytes, and is the first of the one before.
   */
  @Test
  void decode_ofNestedAnnouncements_takesNoMemoryForThem() {
    for (int kind :
        new int[] {
          WireFormat.ARRAY_LIST,
          WireFormat.HASH_SET,
          WireFormat.HASH_MAP,
          WireFormat.CONCURRENT_MAP,
          WireFormat.ARRAY_DEQUE
        }) {
      var out = new Raw();
      for (int i = 0; i < 190; i++) {
        out.raw(kind).var(kind == WireFormat.HASH_MAP ? 200_000 : 400_000);
      }
      out.zeros(900_000);
      assertThat(isValue(Samples.CODEC, out.bytes(), kind)).isFalse();
    }
  }

  @Test
  void decode_ofLargeAnnouncements_isRefusedAtOnce() {
    for (int kind = 0; kind < WireFormat.KINDS; kind++) {
      for (int announced : new int[] {-1, Integer.MAX_VALUE, 1 << 20, 5000}) {
        byte[] bytes = new Raw().raw(kind).var(announced).zeros(300).bytes();
        isValue(Samples.CODEC, bytes, kind);
      }
    }
  }

  @Test
  void decode_ofDeepNesting_isRefused() {
    var out = new Raw();
    for (int i = 0; i < 500_000; i++) {
      out.raw(WireFormat.LIST).var(1);
    }
    assertThatExceptionOfType(CodingException.class)
        .isThrownBy(() -> Samples.CODEC.decode(out.bytes(), Object.class))
        .withMessageContaining("maxDepth=200");
    BinaryCodec deep =
        BinaryCodec.of(c -> c.withLimits(l -> l.withMaxDepth(10_000).withMaxBytes(1 << 24)));
    var nested = new Raw();
    for (int i = 0; i < 9_990; i++) {
      nested.raw(WireFormat.HASH_SET).var(1);
    }
    nested.raw(WireFormat.NULL);
    // Either the stack holds that many hashes of sets of sets, or that is told; both are fine.
    isValue(deep, nested.bytes(), 0);
  }

  /** A list that has the list before it twice, thirty times over, would take years to hash. */
  @Test
  void decode_ofASharedTreeAsAKey_isRefused() {
    var out = new Raw().raw(WireFormat.ARRAY_LIST).var(32);
    out.raw(WireFormat.ARRAY_LIST).var(0); // number 1
    for (int i = 2; i < 32; i++) {
      out.raw(WireFormat.ARRAY_LIST).var(2);
      out.raw(WireFormat.REFERENCE).var(i - 1).raw(WireFormat.REFERENCE).var(i - 1);
    }
    out.raw(WireFormat.HASH_SET).var(1).raw(WireFormat.REFERENCE).var(31);
    assertThatExceptionOfType(CodingException.class)
        .isThrownBy(() -> Samples.CODEC.decode(out.bytes(), Object.class))
        .withMessageContaining("what is in a set or a key must not refer to another");
  }

  @Test
  void decode_ofManyKeysWithOneHash_isRefused_andOfHonestOnesIsNot() {
    Set<Point> grid = new java.util.HashSet<>();
    for (int x = 0; x < 200; x++) {
      for (int y = 0; y < 200; y++) {
        grid.add(new Point(x, y));
      }
    }
    assertThat(POINTS.decode(POINTS.encode(grid), Object.class)).isEqualTo(grid);
    List<Point> equalHashes = new ArrayList<>();
    for (int x = 0; x < 60_000; x++) {
      equalHashes.add(new Point(x, -31 * x));
    }
    byte[] bytes = POINTS.encode(equalHashes);
    assertThat(bytes[WireFormat.VALUE_OFFSET]).isEqualTo((byte) WireFormat.ARRAY_LIST);
    bytes[WireFormat.VALUE_OFFSET] = WireFormat.HASH_SET;
    assertThatExceptionOfType(CodingException.class)
        .isThrownBy(() -> POINTS.decode(bytes, Object.class))
        .withMessageContaining("must have different hashes: more than 256 have 0");
  }

  @Test
  void decode_ofDefinitionsThatLie_isRefused() {
    String name = "order";
    for (int kind : new int[] {'r', 's', 'o', 'e', 'v', 'a', 'x'}) {
      for (int parts : new int[] {0, 1, 3, 255, 100_000}) {
        Raw body = new Raw().raw(kind).text(name).var(parts);
        for (int i = 0; i < Math.min(parts, 300); i++) {
          body.text("c" + i).raw(i % 7 == 0 ? 'T' : 'A');
        }
        byte[] definition = body.withoutHead();
        Raw out = new Raw().raw(WireFormat.NAMED).var(0).var(definition.length);
        for (byte each : definition) {
          out.raw(each);
        }
        isValue(Samples.CODEC, out.zeros(400).bytes(), kind);
      }
    }
  }

  /** HashMap orders keys of one class only, so those of two are as if they had no order. */
  @Test
  void decode_ofManyKeysOfTwoClassesWithOneHash_isRefused() {
    List<Object> keys = new ArrayList<>(List.of(1));
    for (int i = 0; i < 300; i++) {
      keys.add(new java.util.UUID(0, (long) i << 32 | i)); // hash 0
    }
    byte[] bytes = POINTS.encode(keys);
    bytes[WireFormat.VALUE_OFFSET] = WireFormat.HASH_SET;
    assertThatExceptionOfType(CodingException.class)
        .isThrownBy(() -> POINTS.decode(bytes, Object.class))
        .withMessageContaining("must have different hashes: more than 256 have 0");
    keys.removeFirst();
    byte[] alone = POINTS.encode(new java.util.HashSet<>(keys));
    assertThat(POINTS.decode(alone, Object.class)).isEqualTo(new java.util.HashSet<>(keys));
  }

  /** Sets of points of one hash, in sets, in sets: each level multiplies what comparing takes. */
  @Test
  void decode_ofSetsInSetsWithOneHash_isRefusedSoon() {
    Object[] level = new Object[1 << 15];
    for (int i = 0; i < level.length; i++) {
      level[i] = new Point(i, -31 * i);
    }
    while (level.length > 1) {
      Object[] next = new Object[level.length / 32];
      for (int i = 0; i < next.length; i++) {
        next[i] = new ArrayList<>(Arrays.asList(level).subList(32 * i, 32 * i + 32));
      }
      level = next;
    }
    byte[] bytes = POINTS.encode(level[0]);
    for (int i = WireFormat.VALUE_OFFSET; i < bytes.length - 1; i++) {
      if (bytes[i] == WireFormat.ARRAY_LIST && bytes[i + 1] == 32) {
        bytes[i] = WireFormat.HASH_SET;
      }
    }
    long start = System.nanoTime();
    assertThatExceptionOfType(CodingException.class)
        .isThrownBy(() -> POINTS.decode(bytes, Object.class))
        .withMessageContaining("more objects than maxObjects=500000");
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
  }

  @Test
  void sets_withDecimalsOfHugeScale_areRefused_andOfDoublesAreNot() {
    var large = new java.math.BigDecimal("1E+1101");
    for (Object keys :
        List.of(
            new java.util.TreeSet<>(List.of(large)),
            new java.util.HashSet<>(List.of(List.of(large))),
            new java.util.TreeMap<>(java.util.Map.of(large, 1)))) {
      assertThatExceptionOfType(CodingException.class)
          .isThrownBy(() -> POINTS.encode(keys))
          .withMessageContaining("a decimal in a set or a key must have a scale of -1100 to 1100")
          .withMessageContaining("scale=-1101");
    }
    var out = new Raw().raw(WireFormat.TREE_SET).var(1).raw(WireFormat.NATURAL_ORDER);
    out.raw(WireFormat.BIG_DECIMAL).var(2202).var(1).raw(1);
    assertThatExceptionOfType(CodingException.class)
        .isThrownBy(() -> POINTS.decode(out.bytes(), Object.class))
        .withMessageContaining("scale=1101");
    var doubles = new java.util.TreeSet<java.math.BigDecimal>();
    for (double each : new double[] {Double.MIN_VALUE, Double.MAX_VALUE, 0.1, -1e-300}) {
      doubles.add(new java.math.BigDecimal(each));
    }
    assertThat(POINTS.decode(POINTS.encode(doubles), Object.class)).isEqualTo(doubles);
    assertThat(POINTS.decode(POINTS.encode(large), Object.class)).isEqualTo(large);
  }

  @Test
  void decode_ofHugeNumbersAndNames_saysSoInAFewWords() {
    var huge = java.math.BigInteger.ONE.shiftLeft(4_000_000);
    byte[] bytes = WIDE.encode(new Wide(huge, 1));
    assertThatExceptionOfType(CodingException.class)
        .isThrownBy(() -> POINTS.decode(bytes, Object.class))
        .withMessageContaining("must not be read as a int: value=…, at point.x");
    byte[] map = POINTS.encode(java.util.Map.of(huge, List.of(1)));
    assertThatExceptionOfType(CodingException.class)
        .isThrownBy(() -> POINTS.decode(Arrays.copyOf(map, map.length - 1), Object.class))
        .withMessageContaining("at […]");
  }

  private record Wide(Object x, int y) {}

  private static final BinaryCodec WIDE = BinaryCodec.of(c -> c.register("point", Wide.class));

  @Test
  void decode_ofADefinitionWithALongName_isRefused() {
    byte[] definition = new Raw().raw('r').text("n".repeat(201)).var(0).withoutHead();
    byte[] bytes =
        new Raw().raw(WireFormat.NAMED).var(0).var(definition.length).raw(definition).bytes();
    assertThatExceptionOfType(CodingException.class)
        .isThrownBy(() -> POINTS.decode(bytes, Object.class))
        .withMessage("a name in a definition must have at most 200 characters: bytes=201");
  }

  /** Bytes written by hand, behind the head of a value. */
  private static final class Raw {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    Raw raw(int each) {
      bytes.write(each);
      return this;
    }

    Raw raw(byte[] all) {
      bytes.writeBytes(all);
      return this;
    }

    Raw var(int number) {
      int rest = number;
      while ((rest & ~0x7f) != 0) {
        bytes.write(rest | 0x80);
        rest >>>= 7;
      }
      bytes.write(rest);
      return this;
    }

    Raw text(String text) {
      var(text.length() << 2);
      bytes.writeBytes(text.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
      return this;
    }

    Raw zeros(int count) {
      bytes.writeBytes(new byte[count]);
      return this;
    }

    byte[] withoutHead() {
      return bytes.toByteArray();
    }

    byte[] bytes() {
      var whole = new ByteArrayOutputStream();
      whole.write(WireFormat.MAGIC_FIRST);
      whole.write(WireFormat.MAGIC_SECOND);
      whole.write(WireFormat.VERSION);
      whole.writeBytes(bytes.toByteArray());
      return whole.toByteArray();
    }
  }
}
