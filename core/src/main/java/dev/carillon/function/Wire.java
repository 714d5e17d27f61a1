package dev.carillon.function;

import dev.carillon.function.SentFunction.Coded;
import dev.carillon.function.SentFunction.Form;
import dev.carillon.function.SentFunction.Gift;
import dev.carillon.function.SentSignature.Place;
import dev.carillon.spi.CodingException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The format of a function as bytes. */
final class Wire {
  /*
   * Numbers are big-endian. A text is its length in bytes (2) and modified UTF-8, as DataOutput
   * writes it.
   *
   *   0        4   5
   *   +--------+---+----------------+---------+-------------+---------+-------------+
   *   | "CFUN" | 1 | format of the  | count   | function,   | count   | name of a   |
   *   |        |   | codec (text)   | (1)     | count times | (1)     | restoration |
   *   +--------+---+----------------+---------+-------------+---------+-------------+
   *   | whether the codec makes objects that have to resume (1)                     |
   *   +-----------------------------------------------------------------------------+
   *   | mark (16), if there is more than one function, or a restoration             |
   *   +------------+--------------------------------------------------------------- +
   *   | length (4) | all values, written by the codec as one list; none, if length is 0
   *   +------------+---------------------------------------------------------------
   *
   *   function:  form (1), name (text), signature, what there is for each parameter (1 each),
   *              whether it is a lambda (1), lambda
   *   signature: name (text), result (text), whether names are known (1), count (1), and for each
   *              parameter name (text), type (text), whether it is of a variable number (1)
   *   lambda:    class (text), build (32), whether a reference leads elsewhere (1), that build (32),
   *              functional interface, its method, its type (texts), kind (1), owner, method, type,
   *              type as used (texts), how many values it captured (1)
   *
   * The values are those of the first function, of the second one, and so on, and then snapshots.
   * A value that is a function or is restored is a text instead: the mark as hexadecimal digits,
   * 'f' or 's', and the index. Nobody else can know a mark that was made for one message.
   */
  static final int MAX_NAME = 200;
  static final int MARK = 16;

  private static final int MAGIC = 0x4346554e;
  private static final int VERSION = 1;
  private static final int MAX_TYPE = 1_000;
  private static final int MAX_TYPES = 20_000; // a method's descriptor
  private static final int MAX_COUNT = 255;
  private static final HexFormat HEX = HexFormat.of();

  /** All that a message says; its arrays are not written to. */
  static final class Message {
    private final String format;
    private final List<SentFunction> functions;
    private final List<String> snapshots;
    private final boolean hasResting;
    private final byte[] mark;
    private final byte[] values;

    /**
     * All of a message.
     *
     * @param format of the codec
     * @param functions each after those that it holds
     * @param snapshots the restoration of each
     * @param hasResting whether the codec makes objects that have to resume
     * @param mark stands for functions and restored objects among the values
     * @param values of the codec; empty if there are none
     */
    Message(
        String format,
        List<SentFunction> functions,
        List<String> snapshots,
        boolean hasResting,
        byte[] mark,
        byte[] values) {
      this.format = format;
      this.functions = functions;
      this.snapshots = snapshots;
      this.hasResting = hasResting;
      this.mark = mark;
      this.values = values;
    }

    String format() {
      return format;
    }

    List<SentFunction> functions() {
      return functions;
    }

    List<String> snapshots() {
      return snapshots;
    }

    boolean hasResting() {
      return hasResting;
    }

    byte[] mark() {
      return mark;
    }

    byte[] values() {
      return values;
    }

    boolean hasMark() {
      return functions.size() > 1 || !snapshots.isEmpty();
    }
  }

  private Wire() {}

  private static CodingException refused(String what, @Nullable Throwable cause) {
    return new CodingException(what, "", cause);
  }

  // ── writing ──

  static byte[] write(Message message) {
    var bytes = new ByteArrayOutputStream(256 + message.values.length);
    try (var out = new DataOutputStream(bytes)) {
      out.writeInt(MAGIC);
      out.writeByte(VERSION);
      out.writeUTF(message.format);
      count(out, "functions", message.functions.size());
      for (SentFunction function : message.functions) {
        write(out, function);
      }
      count(out, "restored objects", message.snapshots.size());
      for (String each : message.snapshots) {
        out.writeUTF(each);
      }
      out.writeBoolean(message.hasResting);
      if (message.hasMark()) {
        out.write(message.mark);
      }
      out.writeInt(message.values.length);
      out.write(message.values);
    } catch (IOException e) { // memory does not fail, so a text is too long for its length
      throw refused("a name is too long to be sent: " + e.getMessage(), e);
    }
    return bytes.toByteArray();
  }

  private static void count(DataOutputStream out, String of, int count) throws IOException {
    if (count > MAX_COUNT) {
      throw refused("%s must be at most %d: count=%d".formatted(of, MAX_COUNT, count), null);
    }
    out.writeByte(count);
  }

  private static void text(DataOutputStream out, String text, int most) throws IOException {
    if (text.length() > most) {
      throw refused("a name must have at most %d characters: name=%s".formatted(most, text), null);
    }
    out.writeUTF(text);
  }

  private static void write(DataOutputStream out, SentFunction function) throws IOException {
    out.writeByte(function.form().code());
    text(out, function.name(), MAX_NAME);
    SentSignature signature = function.signature();
    text(out, signature.name(), MAX_TYPE);
    text(out, signature.result(), MAX_TYPE);
    out.writeBoolean(signature.hasNames());
    count(out, "parameters", signature.arity());
    for (Place place : signature.parameters()) {
      text(out, place.name(), MAX_TYPE);
      text(out, place.type(), MAX_TYPE);
      out.writeBoolean(place.isVariable());
    }
    for (Gift gift : function.gifts()) {
      out.writeByte(gift.code());
    }
    SentLambda lambda = function.lambda();
    out.writeBoolean(lambda != null);
    if (lambda != null) {
      write(out, lambda);
    }
  }

  private static void write(DataOutputStream out, SentLambda lambda) throws IOException {
    text(out, lambda.writtenIn(), MAX_TYPE);
    out.write(HEX.parseHex(lambda.build()));
    String leadsTo = lambda.leadsTo();
    out.writeBoolean(leadsTo != null);
    if (leadsTo != null) {
      out.write(HEX.parseHex(leadsTo));
    }
    text(out, lambda.fn(), MAX_TYPE);
    text(out, lambda.fnMethod(), MAX_TYPE);
    text(out, lambda.fnType(), MAX_TYPES);
    out.writeByte(lambda.kind());
    text(out, lambda.owner(), MAX_TYPE);
    text(out, lambda.method(), MAX_TYPE);
    text(out, lambda.type(), MAX_TYPES);
    text(out, lambda.madeType(), MAX_TYPES);
    count(out, "captured values", lambda.captured());
  }

  // ── reading ──

  /**
   * {@return what a message says}
   *
   * @throws CodingException if it is none
   */
  static Message read(byte[] bytes) {
    try (var in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      int magic = in.readInt();
      int version = in.readUnsignedByte();
      if (magic != MAGIC || version != VERSION) {
        throw refused(
            "a function must begin with CFUN and version %d: magic=%08x, version=%d"
                .formatted(VERSION, magic, version),
            null);
      }
      return readBody(in);
    } catch (IOException e) { // the end is too early, or a text is none
      throw refused(
          "the bytes are no function: length=%d, %s"
              .formatted(bytes.length, e.getMessage() == null ? "cut short" : e.getMessage()),
          e);
    }
  }

  private static Message readBody(DataInputStream in) throws IOException {
    String format = text(in, MAX_NAME);
    int count = in.readUnsignedByte();
    if (count == 0) {
      throw refused("a message must have at least 1 function: count=0", null);
    }
    var functions = new ArrayList<SentFunction>();
    for (int i = 0; i < count; i++) {
      functions.add(readFunction(in));
    }
    var snapshots = new ArrayList<String>();
    int more = in.readUnsignedByte();
    for (int i = 0; i < more; i++) {
      snapshots.add(text(in, MAX_NAME));
    }
    boolean hasResting = in.readBoolean();
    boolean hasMark = count > 1 || more > 0;
    byte[] mark = hasMark ? bytes(in, MARK) : new byte[0];
    int length = in.readInt();
    if (length != in.available()) {
      throw refused(
          "the length of the values must be what is left: length=%d, left=%d"
              .formatted(length, in.available()),
          null);
    }
    return new Message(format, functions, snapshots, hasResting, mark, in.readAllBytes());
  }

  private static SentFunction readFunction(DataInputStream in) throws IOException {
    Form form = one(Form.values(), in.readUnsignedByte());
    String name = text(in, MAX_NAME);
    if (name.isBlank()) {
      throw refused("a function's name must not be blank: name=\"%s\"".formatted(name), null);
    }
    String method = text(in, MAX_TYPE);
    String result = text(in, MAX_TYPE);
    boolean hasNames = in.readBoolean();
    int arity = in.readUnsignedByte();
    var places = new ArrayList<Place>();
    for (int i = 0; i < arity; i++) {
      places.add(new Place(text(in, MAX_TYPE), text(in, MAX_TYPE), in.readBoolean()));
    }
    var gifts = new ArrayList<Gift>();
    for (int i = 0; i < arity; i++) {
      gifts.add(one(Gift.values(), in.readUnsignedByte()));
    }
    SentLambda lambda = in.readBoolean() ? readLambda(in) : null;
    return new SentFunction(
        form, name, new SentSignature(method, places, result, hasNames), gifts, lambda);
  }

  private static SentLambda readLambda(DataInputStream in) throws IOException {
    String writtenIn = text(in, MAX_TYPE);
    String build = hash(in);
    String leadsTo = in.readBoolean() ? hash(in) : null;
    String fn = text(in, MAX_TYPE);
    String fnMethod = text(in, MAX_TYPE);
    String fnType = text(in, MAX_TYPES);
    int kind = in.readUnsignedByte();
    return new SentLambda(
        writtenIn,
        build,
        leadsTo,
        fn,
        fnMethod,
        fnType,
        kind,
        text(in, MAX_TYPE),
        text(in, MAX_TYPE),
        text(in, MAX_TYPES),
        text(in, MAX_TYPES),
        in.readUnsignedByte());
  }

  private static <T extends Coded> T one(T[] all, int code) {
    for (T each : all) {
      if (each.code() == code) {
        return each;
      }
    }
    throw refused("a kind must be less than %d: kind=%d".formatted(all.length, code), null);
  }

  private static String hash(DataInputStream in) throws IOException {
    return HEX.formatHex(bytes(in, BuildHash.LENGTH));
  }

  private static byte[] bytes(DataInputStream in, int length) throws IOException {
    byte[] bytes = new byte[length];
    in.readFully(bytes);
    return bytes;
  }

  private static String text(DataInputStream in, int most) throws IOException {
    String text = in.readUTF();
    if (text.length() > most) {
      throw refused(
          "a name must have at most %d characters: length=%d".formatted(most, text.length()), null);
    }
    return text;
  }
}
