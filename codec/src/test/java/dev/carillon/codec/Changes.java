package dev.carillon.codec;

import dev.carillon.build.Gen;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** Bytes that are almost what was written. */
final class Changes {
  private Changes() {}

  /** {@return bytes in which one to three things are other than they were} */
  static byte[] of(Gen gen, byte[] written, List<String> pieces) {
    byte[] bytes = written;
    for (int i = gen.intBetween(1, 3); i > 0; i--) {
      bytes = once(gen, bytes, pieces);
    }
    return bytes;
  }

  private static byte[] once(Gen gen, byte[] bytes, List<String> pieces) {
    int from = gen.intBetween(0, bytes.length);
    int to = gen.intBetween(from, Math.min(bytes.length, from + 12));
    byte[] between =
        switch (gen.intBetween(0, 4)) {
          case 0 -> new byte[0];
          case 1 -> new byte[] {(byte) gen.intBetween(0, 255)};
          case 2 -> slice(bytes, gen.intBetween(0, from), from); // what came before, again
          case 3 -> gen.text(4).getBytes(StandardCharsets.UTF_8);
          default -> gen.oneOf(pieces).getBytes(StandardCharsets.UTF_8);
        };
    boolean replaces = gen.chance(0.5);
    return joined(slice(bytes, 0, from), between, slice(bytes, replaces ? to : from, bytes.length));
  }

  private static byte[] slice(byte[] bytes, int from, int to) {
    return Arrays.copyOfRange(bytes, from, to);
  }

  private static byte[] joined(byte[]... parts) {
    var all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }
}
