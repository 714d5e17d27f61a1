package dev.carillon.bench;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The parcel as a message of protobuf, on the streams of its runtime: what code of its compiler
 * does, without the message object and its builder in between.
 */
final class ParcelProtobuf {
  private ParcelProtobuf() {}

  static byte[] write(Parcel parcel) throws IOException {
    byte[] sender = parcel.sender().getBytes(StandardCharsets.UTF_8);
    byte[] receiver = parcel.receiver().getBytes(StandardCharsets.UTF_8);
    byte[] city = parcel.city().getBytes(StandardCharsets.UTF_8);
    int size =
        CodedOutputStream.computeInt64Size(1, parcel.id())
            + CodedOutputStream.computeByteArraySize(2, sender)
            + CodedOutputStream.computeByteArraySize(3, receiver)
            + CodedOutputStream.computeByteArraySize(4, city)
            + CodedOutputStream.computeInt32Size(5, parcel.pieces())
            + CodedOutputStream.computeDoubleSize(6, parcel.weight())
            + CodedOutputStream.computeBoolSize(7, parcel.paid())
            + CodedOutputStream.computeInt64Size(8, parcel.created())
            + CodedOutputStream.computeEnumSize(9, parcel.size().number());
    for (Map.Entry<String, String> label : parcel.labels().entrySet()) {
      int entry = entrySize(label);
      size += 1 + CodedOutputStream.computeUInt32SizeNoTag(entry) + entry;
    }
    var bytes = new byte[size];
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    out.writeInt64(1, parcel.id());
    out.writeByteArray(2, sender);
    out.writeByteArray(3, receiver);
    out.writeByteArray(4, city);
    out.writeInt32(5, parcel.pieces());
    out.writeDouble(6, parcel.weight());
    out.writeBool(7, parcel.paid());
    out.writeInt64(8, parcel.created());
    out.writeEnum(9, parcel.size().number());
    for (Map.Entry<String, String> label : parcel.labels().entrySet()) {
      out.writeTag(10, 2);
      out.writeUInt32NoTag(entrySize(label));
      out.writeString(1, label.getKey());
      out.writeString(2, label.getValue());
    }
    out.checkNoSpaceLeft();
    return bytes;
  }

  private static int entrySize(Map.Entry<String, String> label) {
    return CodedOutputStream.computeStringSize(1, label.getKey())
        + CodedOutputStream.computeStringSize(2, label.getValue());
  }

  static Parcel read(byte[] bytes) throws IOException {
    CodedInputStream in = CodedInputStream.newInstance(bytes);
    long id = 0;
    String sender = "";
    String receiver = "";
    String city = "";
    int pieces = 0;
    double weight = 0;
    boolean paid = false;
    long created = 0;
    Parcel.Size size = Parcel.Size.SMALL;
    var labels = new LinkedHashMap<String, String>();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag >>> 3) {
        case 1 -> id = in.readInt64();
        case 2 -> sender = in.readStringRequireUtf8();
        case 3 -> receiver = in.readStringRequireUtf8();
        case 4 -> city = in.readStringRequireUtf8();
        case 5 -> pieces = in.readInt32();
        case 6 -> weight = in.readDouble();
        case 7 -> paid = in.readBool();
        case 8 -> created = in.readInt64();
        case 9 -> size = Parcel.Size.at(in.readEnum());
        case 10 -> readLabel(in, labels);
        default -> in.skipField(tag);
      }
    }
    return new Parcel(id, sender, receiver, city, pieces, weight, paid, created, size, labels);
  }

  private static void readLabel(CodedInputStream in, Map<String, String> labels)
      throws IOException {
    int outer = in.pushLimit(in.readRawVarint32());
    String key = "";
    String value = "";
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag >>> 3) {
        case 1 -> key = in.readStringRequireUtf8();
        case 2 -> value = in.readStringRequireUtf8();
        default -> in.skipField(tag);
      }
    }
    in.popLimit(outer);
    labels.put(key, value);
  }
}
