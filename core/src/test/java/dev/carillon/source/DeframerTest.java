package dev.carillon.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.build.Covers;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Frames are found however their bytes are cut, and bytes that are none harm nobody. */
class DeframerTest {
  private static final int MAX = 40;
  private static final int ROUNDS = 20_000;

  private static byte[] random(Random random, int most) {
    byte[] bytes = new byte[random.nextInt(most + 1)];
    for (int i = 0; i < bytes.length; i++) { // what matters is more frequent than by chance
      bytes[i] =
          (byte)
              (random.nextInt(3) == 0
                  ? "\r\n\0\1(".charAt(random.nextInt(5))
                  : random.nextInt(256));
    }
    return bytes;
  }

  /**
   * {@return the frames in bytes as a whole, by the most simple means; null behind them: refused}
   */
  private static List<byte[]> expected(byte[] bytes, Framing.Form form) {
    List<byte[]> frames = new ArrayList<>();
    int at = 0;
    if (form == Framing.Form.LENGTH_PREFIXED) {
      while (bytes.length - at >= 4) {
        int size = ByteBuffer.wrap(bytes, at, 4).getInt();
        if (size < 0 || size > MAX) {
          frames.add(null);
          return frames;
        }
        if (bytes.length - at - 4 < size) {
          return frames;
        }
        frames.add(java.util.Arrays.copyOfRange(bytes, at + 4, at + 4 + size));
        at += 4 + size;
      }
      return frames;
    }
    for (int i = 0; i < bytes.length; i++) {
      boolean isEnd = bytes[i] == '\n';
      if (isEnd) {
        int end = i > at && bytes[i - 1] == '\r' ? i - 1 : i;
        if (end - at > MAX) {
          frames.add(null);
          return frames;
        }
        frames.add(java.util.Arrays.copyOfRange(bytes, at, end));
        at = i + 1;
      }
    }
    if (bytes.length - at > MAX + 1) {
      frames.add(null);
    }
    return frames;
  }

  private static List<byte[]> found(byte[] bytes, Framing.Form form, Random random, boolean whole) {
    Deframer deframer = new Framing(form, MAX).deframer();
    List<byte[]> frames = new ArrayList<>();
    ByteBuffer in = random.nextBoolean() ? ByteBuffer.allocateDirect(64) : ByteBuffer.allocate(64);
    try {
      for (int from = 0; from < bytes.length; ) {
        int most = whole ? 64 : 1 + random.nextInt(20);
        int count = Math.min(bytes.length - from, most);
        in.clear().put(bytes, from, count).flip();
        from += count;
        for (byte[] frame = deframer.next(in); frame != null; frame = deframer.next(in)) {
          frames.add(frame);
        }
        assertThat(in.hasRemaining()).isFalse();
        assertThat(deframer.held()).isLessThanOrEqualTo(Math.max(64, MAX + 1));
        assertThat(deframer.hasBegun() || deframer.held() == 0).isTrue();
      }
    } catch (BadInputException e) {
      assertThat(e.rule()).isEqualTo("max-frame");
      assertThat(e.what()).contains("at most " + MAX);
      frames.add(null);
    }
    return frames;
  }

  @ParameterizedTest
  @EnumSource(
      value = Framing.Form.class,
      names = {"LINES", "LENGTH_PREFIXED"})
  @Covers({"C38"})
  void next_ofAnyBytes_findsWhatASimpleReferenceFinds(Framing.Form form) {
    long seed = Long.getLong("carillon.seed", System.nanoTime());
    var random = new Random(seed);
    for (int i = 0; i < ROUNDS; i++) {
      byte[] bytes = random(random, 300);
      if (form == Framing.Form.LENGTH_PREFIXED && random.nextInt(10) > 0) {
        withLengths(bytes, random);
      }
      assertThat(found(bytes, form, random, random.nextBoolean()))
          .as("seed=%d round=%d", seed, i)
          .usingElementComparator((a, b) -> java.util.Arrays.compare(a, b))
          .isEqualTo(expected(bytes, form));
    }
  }

  /** Makes most of the bytes frames. */
  private static void withLengths(byte[] bytes, Random random) {
    for (int at = 0; at + 4 <= bytes.length; ) {
      int size = random.nextInt(40) == 0 ? MAX + random.nextInt(2) : random.nextInt(MAX);
      ByteBuffer.wrap(bytes).putInt(at, size);
      at += 4 + size;
    }
  }

  @ParameterizedTest
  @EnumSource(Framing.Form.class)
  void encode_ofAFrame_isFoundAgain(Framing.Form form) throws BadInputException {
    var framing = new Framing(form, MAX);
    byte[] data = "some data".getBytes();
    var bytes = ByteBuffer.allocate(framing.encodedLength(data));
    framing.encode(data, bytes);
    assertThat(bytes.hasRemaining()).isFalse();
    assertThat(framing.deframer().next(bytes.flip())).isEqualTo(data);
    if (form == Framing.Form.LINES) {
      assertThatThrownBy(() -> framing.encodedLength(new byte[] {'\n'}))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
