package dev.carillon.binary;

import dev.carillon.spi.CodecLimits;
import java.util.Arrays;
import java.util.EnumMap;
import org.jspecify.annotations.Nullable;

/** Writes one value after the other; one thread at a time. */
final class Output extends OutputBytes {
  /*
   * What a value needs besides its bytes is kept for the next one: the buffer, the numbers of types,
   * the table of objects. So a small value costs one array, that of its bytes. A buffer that has
   * become large is not kept.
   */
  private static final int MOST_KEPT_BYTES = 1 << 16;
  private static final int SHORT_TEXT = 96; // up to here a loop is faster than a copy of the text

  private final TypeTable types;
  private final CodecLimits limits;
  private final References references = new References();
  private final int[] numbers; // by ordinal of the type: its number here, plus 1
  private int[] met = new int[8]; // ordinals of the types of this value
  private int typeCount;
  private int depth;
  private int objectsLeft;
  private int unshared; // how many sets and keys of maps are being written

  Output(TypeTable types, CodecLimits limits) {
    super(limits.maxBytes());
    this.types = types;
    this.limits = limits;
    this.numbers = new int[types.size()];
  }

  /** {@return a whole value as bytes} */
  byte[] whole(Object value) {
    at = 0;
    depth = 0;
    unshared = 0;
    objectsLeft = limits.maxObjects();
    try {
      putByte(WireFormat.MAGIC_FIRST);
      putByte(WireFormat.MAGIC_SECOND);
      putByte(WireFormat.VERSION);
      any(value);
      checkBytes(at);
      return Arrays.copyOf(bytes, at);
    } finally {
      for (int i = 0; i < typeCount; i++) {
        numbers[met[i]] = 0;
      }
      typeCount = 0;
      references.clear();
      if (bytes.length > MOST_KEPT_BYTES) {
        bytes = new byte[FIRST_BYTES];
      }
    }
  }

  /** Writes a value of any kind. */
  void any(@Nullable Object value) {
    if (value == null) {
      putByte(WireFormat.NULL);
    } else if (value instanceof String text) {
      countObject();
      anyText(text);
    } else if (value instanceof Boolean truth) {
      countObject();
      putByte(truth ? WireFormat.TRUE : WireFormat.FALSE);
    } else {
      Form form = types.of(value);
      if (form.isNested) {
        nested(form, value);
      } else {
        countObject();
        form.writeKind(this);
        form.write(this, value);
      }
    }
  }

  private void nested(Form form, Object value) {
    if (!form.isTracked || unshared > 0) {
      inside(form, value);
      return;
    }
    int number = references.find(value);
    if (number >= 0) {
      if (references.isUnmade(number)) {
        throw new Failure(
            "a circle must not lead through a value that is made of its parts: kind=" + form);
      }
      putByte(WireFormat.REFERENCE);
      putVar(number);
      return;
    }
    number = references.add(value, form.isLate);
    inside(form, value);
    if (form.isLate) {
      references.made(number);
    }
  }

  private void inside(Form form, Object value) {
    countObject();
    if (++depth > limits.maxDepth()) {
      throw new Failure("a value must not be deeper than maxDepth=" + limits.maxDepth());
    }
    form.writeKind(this);
    form.write(this, value);
    depth--;
  }

  /** Writes an element of a set, or a key of a map; what it has inside keeps no identity. */
  void key(@Nullable Object value) {
    unshared++;
    any(value);
    unshared--;
  }

  /** {@return whether an element of a set or a key of a map is being written} */
  boolean isInKey() {
    return unshared > 0;
  }

  private void countObject() {
    charge(1);
  }

  /** Counts objects, or memory that a reader needs in proportion to them, against the bound. */
  void charge(int count) {
    objectsLeft -= count;
    if (objectsLeft < 0) {
      throw new Failure(
          "a value must not have more objects than maxObjects=" + limits.maxObjects());
    }
  }

  /** Writes the number of elements that follow. */
  void count(int elements) {
    if (elements > limits.maxLength()) {
      throw new Failure(
          "there must not be more elements than maxLength=%d: elements=%d"
              .formatted(limits.maxLength(), elements));
    }
    putVar(elements);
  }

  /** Writes the kind of a value of a registered type. */
  void namedKind(NamedType type) {
    int number = numbers[type.ordinal];
    if (number == 0 || number > WireFormat.MOST_SHORT_TYPES) {
      putByte(WireFormat.NAMED);
      type(type);
    } else {
      putByte(WireFormat.NAMED_SHORT + number - 1);
    }
  }

  /** Writes a type: its number, or its definition where it is met first. */
  void type(NamedType type) {
    int number = numbers[type.ordinal];
    putVar(number);
    if (number == 0) {
      if (typeCount == met.length) {
        met = Arrays.copyOf(met, typeCount * 2);
      }
      met[typeCount] = type.ordinal;
      numbers[type.ordinal] = ++typeCount;
      putBytes(type.definition);
    }
  }

  /** {@return the type that was registered for a class} */
  NamedType registered(Class<?> type) {
    return types.registered(type);
  }

  /** {@return the enum whose constants are the keys of a map, which does not tell} */
  NamedType enumThatFits(EnumMap<?, ?> empty) {
    return types.enumThatFits(empty);
  }

  private void anyText(String text) {
    int length = text.length();
    if (length <= WireFormat.MOST_SHORT_TEXT && length <= limits.maxText()) {
      reserve(length + 1);
      if (copyLatin(text, at + 1)) {
        bytes[at] = (byte) (WireFormat.TEXT_SHORT | length);
        at += length + 1;
        return;
      }
    }
    putByte(WireFormat.TEXT);
    putText(text);
  }

  /** Writes the text of a component. */
  void text(@Nullable String text) {
    if (text != null) {
      countObject();
    }
    putText(text);
  }

  /** Writes a text without counting it as an object. */
  void putText(@Nullable String text) {
    if (text == null) {
      putByte(WireFormat.NO_TEXT);
      return;
    }
    int length = text.length();
    if (length > limits.maxText()) {
      throw new Failure(
          "a text must not be longer than maxText=%d characters: length=%d"
              .formatted(limits.maxText(), length));
    }
    if (length < 1 << (7 - WireFormat.FORM_BITS)) {
      reserve(length + 1);
      if (copyLatin(text, at + 1)) {
        bytes[at] = (byte) (length << WireFormat.FORM_BITS | WireFormat.LATIN_1);
        at += length + 1;
        return;
      }
    } else if (length <= SHORT_TEXT) {
      reserve(length + 2);
      if (copyLatin(text, at + 2)) {
        putVar(length << WireFormat.FORM_BITS | WireFormat.LATIN_1); // two bytes
        at += length;
        return;
      }
    }
    Texts.put(this, text);
  }

  /** {@return whether all characters fit into a byte, and were copied to the buffer} */
  private boolean copyLatin(String text, int to) {
    byte[] into = bytes;
    int length = text.length();
    int all = 0;
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      all |= c;
      into[to + i] = (byte) c;
    }
    return all <= 0xff;
  }

  void putTextBytes(int form, byte[] encoded) {
    if (encoded.length > Integer.MAX_VALUE >> WireFormat.FORM_BITS) {
      throw new Failure("a text must not have more than 536870911 bytes: bytes=" + encoded.length);
    }
    putVar(encoded.length << WireFormat.FORM_BITS | form);
    putBytes(encoded);
  }

  @Override
  public String toString() {
    return "Output[bytes=" + at + "]";
  }
}
