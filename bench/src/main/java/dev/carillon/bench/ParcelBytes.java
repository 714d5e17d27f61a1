package dev.carillon.bench;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** The parcel by hand, in a format that has no room for change. */
final class ParcelBytes {
  private static final int ENOUGH = 512;

  private ParcelBytes() {}

  static byte[] write(Parcel parcel) {
    ByteBuffer out = ByteBuffer.allocate(ENOUGH);
    out.putLong(parcel.id());
    put(out, parcel.sender());
    put(out, parcel.receiver());
    put(out, parcel.city());
    out.putInt(parcel.pieces());
    out.putDouble(parcel.weight());
    out.put((byte) (parcel.paid() ? 1 : 0));
    out.putLong(parcel.created());
    out.put((byte) parcel.size().number());
    out.put((byte) parcel.labels().size());
    for (Map.Entry<String, String> label : parcel.labels().entrySet()) {
      put(out, label.getKey());
      put(out, label.getValue());
    }
    return Arrays.copyOf(out.array(), out.position());
  }

  static Parcel read(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    return new Parcel(
        in.getLong(),
        text(bytes, in),
        text(bytes, in),
        text(bytes, in),
        in.getInt(),
        in.getDouble(),
        in.get() == 1,
        in.getLong(),
        Parcel.Size.at(in.get()),
        labels(bytes, in));
  }

  private static Map<String, String> labels(byte[] bytes, ByteBuffer in) {
    int count = in.get();
    var labels = LinkedHashMap.<String, String>newLinkedHashMap(count);
    for (int i = 0; i < count; i++) {
      labels.put(text(bytes, in), text(bytes, in));
    }
    return labels;
  }

  private static void put(ByteBuffer out, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.putShort((short) bytes.length).put(bytes);
  }

  private static String text(byte[] bytes, ByteBuffer in) {
    int length = in.getShort();
    String text = new String(bytes, in.position(), length, StandardCharsets.UTF_8);
    in.position(in.position() + length);
    return text;
  }
}
