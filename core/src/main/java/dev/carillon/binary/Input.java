package dev.carillon.binary;

import dev.carillon.spi.CodecLimits;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Reads one value, whose bytes may be anything; one thread, one value. */
final class Input extends InputBytes {
  /*
   * No memory is taken on the word of the bytes alone. Whatever announces elements has each of them
   * counted as open until it is read, and all that are open must not be more than the bytes that are
   * left, since each needs one at least. So what is allocated ahead, over all levels together, is
   * bounded by the length of the input; and what is made one by one, by maxObjects.
   *
   * Reading behind the end is left to the array's own check, whose exception Failure translates.
   *
   * Elements of sets and keys of maps are trees: in them no object is numbered and no reference is
   * followed. So hashing and comparing them ends, in a time in proportion to their bytes.
   */
  static final int UNNUMBERED = -1;

  private static final int BYTES_PER_STEP = 64;

  // A character needs three bytes at most, the halves of a pair two each.
  private static final int MOST_NAME_BYTES = 3 * Registration.LONGEST_NAME;

  private static final @Nullable Object[] NONE = new @Nullable Object[0];
  private static final Object UNMADE = new Object();
  private static final Object PASSED_OVER = new Object();

  final TypeTable types;
  private final CodecLimits limits;
  private final int maxText;
  private int open; // elements that were announced, and not read yet
  private int depth;
  private int objectsLeft;
  private int unshared; // how many sets and keys of maps are being read
  private @Nullable Object[] objects = NONE;
  private int objectCount;
  private @Nullable MetType[] met = new @Nullable MetType[4];
  private int typeCount;

  Input(TypeTable types, CodecLimits limits, byte[] bytes) {
    super(bytes);
    this.types = types;
    this.limits = limits;
    this.maxText = limits.maxText();
    this.objectsLeft = limits.maxObjects();
  }

  /** {@return the value that the bytes are} */
  Object whole() {
    if (bytes.length > limits.maxBytes()) {
      throw new Failure(
          "a value must not have more bytes than maxBytes=%d: bytes=%d"
              .formatted(limits.maxBytes(), bytes.length));
    }
    if (bytes.length <= WireFormat.VALUE_OFFSET
        || bytes[WireFormat.MAGIC_OFFSET] != WireFormat.MAGIC_FIRST
        || bytes[WireFormat.MAGIC_OFFSET + 1] != WireFormat.MAGIC_SECOND) {
      throw new Failure("a value must begin with the bytes ca 11: bytes=" + bytes.length);
    }
    int version = bytes[WireFormat.VERSION_OFFSET];
    if (version != WireFormat.VERSION) {
      throw new Failure(
          "the version must be one that is known here, 1: version=" + (version & 0xff));
    }
    at = WireFormat.VALUE_OFFSET;
    Object value = any();
    if (at != bytes.length) {
      throw new Failure("nothing must follow the value: bytes=" + (bytes.length - at));
    }
    if (value == null) {
      throw new Failure("a value must not be null as a whole: value=null");
    }
    return value;
  }

  /** {@return the name of the type that the whole value is of, as far as it was read; or null} */
  @Nullable String rootName() {
    MetType first = typeCount == 0 ? null : met[0];
    return first != null && bytes[WireFormat.VALUE_OFFSET] == WireFormat.NAMED
        ? first.name()
        : null;
  }

  /** {@return a value of any kind} */
  @Nullable Object any() {
    // Small, so that the JIT compiler has it inside of whatever calls it: most values are texts.
    int kind = bytes[at++];
    if (kind < 0) {
      countObject();
      return latin(kind & WireFormat.MOST_SHORT_TEXT);
    }
    return kind == WireFormat.NULL ? null : other(kind);
  }

  private @Nullable Object other(int kind) {
    if (kind >= WireFormat.NAMED_SHORT) {
      return named(kind - WireFormat.NAMED_SHORT);
    }
    if (kind == WireFormat.NAMED) {
      return named(type());
    }
    if (kind == WireFormat.REFERENCE) {
      return referenced();
    }
    Form form = Kinds.of(kind);
    if (!form.isNested) {
      countObject();
      return form.read(this, UNNUMBERED);
    }
    enter();
    int number = form.isTracked ? number() : UNNUMBERED;
    Object value = form.read(this, number);
    made(number, value);
    depth--;
    return value;
  }

  /** {@return a value of a type that a component or an array is declared with, or null} */
  @Nullable Object any(Class<?> declared) {
    Object value = any();
    if (value != null && !declared.isInstance(value)) {
      throw new Failure(
          "the value must be a %s: class=%s"
              .formatted(declared.getTypeName(), value.getClass().getTypeName()));
    }
    return value;
  }

  private @Nullable Object named(int number) {
    MetType type = met(number);
    NamedType local = type.local();
    if (local == null) {
      throw new Failure("no type was registered by this name: type=" + Failure.shown(type.name()));
    }
    enter();
    int object = type.isTracked() ? number() : UNNUMBERED;
    Object value = type.read(this, object);
    made(object, value);
    depth--;
    return value;
  }

  private MetType met(int number) {
    MetType type = number < typeCount ? met[number] : null;
    if (type == null) {
      throw new Failure("a type must be defined before it is used: number=" + number);
    }
    return type;
  }

  @SuppressWarnings("ReferenceEquality") // the marks are objects that no input can have
  private @Nullable Object referenced() {
    int number = var();
    if (unshared > 0) {
      throw new Failure("what is in a set or a key must not refer to another: number=" + number);
    }
    if (number < 0 || number >= objectCount) {
      throw new Failure("a reference must be to an object before it: number=" + number);
    }
    Object object = objects[number];
    if (object == UNMADE) {
      throw new Failure("a circle must not lead through a value that is made of its parts");
    }
    if (object == PASSED_OVER) {
      throw new Failure("a value must not be shared with a component that is not there any more");
    }
    return object;
  }

  /** Passes over a value of any kind, whose types need not be known. */
  void skip() {
    int kind = bytes[at++] & 0xff;
    if (kind == WireFormat.NULL) {
      return;
    }
    if (kind >= WireFormat.TEXT_SHORT) {
      skipBytes(kind - WireFormat.TEXT_SHORT);
    } else if (kind >= WireFormat.NAMED_SHORT) {
      skipNamed(kind - WireFormat.NAMED_SHORT);
    } else if (kind == WireFormat.NAMED) {
      skipNamed(type());
    } else if (kind == WireFormat.REFERENCE) {
      var();
    } else {
      skip(Kinds.of(kind));
    }
  }

  private void skip(Form form) {
    if (!form.isNested) {
      countObject();
      form.skip(this);
      return;
    }
    enter();
    if (form.isTracked) {
      passOver();
    }
    form.skip(this);
    depth--;
  }

  private void skipNamed(int number) {
    MetType type = met(number);
    enter();
    if (type.isTracked()) {
      passOver();
    }
    type.skip(this);
    depth--;
  }

  private void passOver() {
    int number = number();
    if (number != UNNUMBERED) {
      objects[number] = PASSED_OVER;
    }
  }

  /** {@return an element of a set or a key of a map} */
  @Nullable Object key() {
    unshared++;
    Object value = any();
    unshared--;
    return value;
  }

  /** {@return whether an element of a set or a key of a map is being read} */
  boolean isInKey() {
    return unshared > 0;
  }

  /** {@return what was read so far, in objects, and in bytes as a few words each} */
  long work() {
    return (long) limits.maxObjects() - objectsLeft + at / BYTES_PER_STEP;
  }

  void skipKey() {
    unshared++;
    skip();
    unshared--;
  }

  private void enter() {
    countObject();
    if (++depth > limits.maxDepth()) {
      throw new Failure("a value must not be deeper than maxDepth=" + limits.maxDepth());
    }
  }

  private void countObject() {
    charge(1);
  }

  /** Counts objects, or memory in proportion to them, against the bound. */
  void charge(int count) {
    objectsLeft -= count;
    if (objectsLeft < 0) {
      throw tooManyObjects();
    }
  }

  private Failure tooManyObjects() {
    return new Failure("a value must not have more objects than maxObjects=" + limits.maxObjects());
  }

  private int number() {
    if (unshared > 0) {
      return UNNUMBERED;
    }
    if (objectCount == objects.length) {
      objects = Arrays.copyOf(objects, Math.max(8, objectCount * 2));
    }
    objects[objectCount] = UNMADE;
    return objectCount++;
  }

  /** Tells that the object of a number exists, though perhaps not all of its parts. */
  void made(int number, @Nullable Object object) {
    if (number != UNNUMBERED) {
      objects[number] = object;
    }
  }

  /** {@return the number of a type that is met here, defined here or before} */
  int type() {
    int number = var();
    if (number != 0) {
      return number - 1;
    }
    if (typeCount == met.length) {
      met = Arrays.copyOf(met, typeCount * 2);
    }
    int length = var();
    if (length < 0 || length > bytes.length - at) {
      throw new Failure(
          "there must be all bytes of a definition: bytes=%s, left=%d"
              .formatted(Integer.toUnsignedString(length), bytes.length - at));
    }
    int from = at;
    MetType type = types.met(bytes, from, length, this);
    at = from + length;
    met[typeCount] = type;
    return typeCount++;
  }

  /** {@return a type that was registered, of that number} */
  <N extends NamedType> N registered(int number, Class<N> kind) {
    MetType type = met(number);
    type.checkFits();
    if (!kind.isInstance(type.local())) {
      throw new Failure(
          "no %s was registered by this name: type=%s"
              .formatted(NamedType.kindName(kind), Failure.shown(type.name())));
    }
    return kind.cast(type.local());
  }

  /** {@return how many elements follow, of at least one byte each} To be read by {@link #next}. */
  int count() {
    return count(1);
  }

  /**
   * {@return how many elements follow, of that many values each}
   *
   * @param values of at least one byte each, all to be announced by {@link #next}
   */
  int count(int values) {
    int count = var();
    if (count < 0 || count > limits.maxLength()) {
      throw new Failure(
          "there must not be more elements than maxLength=%d: elements=%s"
              .formatted(limits.maxLength(), Integer.toUnsignedString(count)));
    }
    long needed = (long) count * values;
    if (needed > bytes.length - at - open) {
      throw new Failure(
          "there must be a byte for each element: elements=%d, bytes=%d"
              .formatted(count, bytes.length - at));
    }
    open += (int) needed;
    return count;
  }

  /** Checks that so many components of a definition can follow, of two bytes each at least. */
  void checkParts(int count) {
    if (2 * count > bytes.length - at) {
      throw new Failure(
          "there must be two bytes for each component: components=%d, bytes=%d"
              .formatted(count, bytes.length - at));
    }
  }

  /** Tells that the next of the elements that were announced is read now. */
  void next() {
    open--;
  }

  /** {@return how many elements of that width follow, all of which are there} */
  int fixedCount(int width) {
    int count = var();
    if (count < 0 || count > limits.maxLength()) {
      throw new Failure(
          "there must not be more elements than maxLength=%d: elements=%s"
              .formatted(limits.maxLength(), Integer.toUnsignedString(count)));
    }
    if ((long) count * width > bytes.length - at) {
      throw new Failure(
          "there must be %d bytes for each element: elements=%d, bytes=%d"
              .formatted(width, count, bytes.length - at));
    }
    return count;
  }

  /** {@return how many bytes follow, all of which are there} */
  int length() {
    return fixedCount(1);
  }

  /** {@return the text of a component} */
  @Nullable String text() {
    String text = uncountedText();
    if (text != null) {
      countObject();
    }
    return text;
  }

  private @Nullable String uncountedText() {
    int header = var();
    if (header == WireFormat.NO_TEXT) {
      return null;
    }
    int length = header >>> WireFormat.FORM_BITS;
    if ((header & WireFormat.NO_TEXT) == WireFormat.LATIN_1) {
      return latin(length);
    }
    return wide(header & WireFormat.NO_TEXT, length);
  }

  /** {@return a text that must not be null, and is a part of an object that was counted} */
  String requiredText() {
    String text = uncountedText();
    if (text == null) {
      throw new Failure("this text must not be null: text=null");
    }
    return text;
  }

  /** {@return a name in a definition} It is no part of a value, so maxText is not for it. */
  String name() {
    int header = var();
    int form = header & WireFormat.NO_TEXT;
    int length = header >>> WireFormat.FORM_BITS;
    if (form == WireFormat.NO_TEXT) {
      throw new Failure("a name in a definition must not be null: name=null");
    }
    if (length > MOST_NAME_BYTES) {
      throw tooLongName(length);
    }
    checkBytes(length);
    String name =
        form == WireFormat.LATIN_1
            ? new String(bytes, at, length, StandardCharsets.ISO_8859_1)
            : Texts.read(form, bytes, at, length);
    if (name.length() > Registration.LONGEST_NAME) {
      throw tooLongName(length);
    }
    at += length;
    return name;
  }

  private static Failure tooLongName(int length) {
    return new Failure(
        "a name in a definition must have at most %d characters: bytes=%d"
            .formatted(Registration.LONGEST_NAME, length));
  }

  private String latin(int length) {
    if (length > maxText) {
      checkText(length);
    }
    String text = new String(bytes, at, length, StandardCharsets.ISO_8859_1);
    at += length;
    return text;
  }

  private String wide(int form, int length) {
    if (form == WireFormat.NO_TEXT) {
      throw new Failure("a text that is null must have no bytes: bytes=" + length);
    }
    checkBytes(length);
    // A character needs a byte at least, and three bytes at most, the halves of a pair two each.
    checkText((length + 2) / 3);
    String text = Texts.read(form, bytes, at, length);
    checkText(text.length());
    at += length;
    return text;
  }

  private void checkText(int length) {
    if (length > maxText) {
      throw new Failure(
          "a text must not be longer than maxText=%d characters: length=%d"
              .formatted(maxText, length));
    }
  }

  void skipText() {
    int header = var();
    if (header != WireFormat.NO_TEXT) {
      skipBytes(header >>> WireFormat.FORM_BITS);
    }
  }

  @Override
  public String toString() {
    return "Input[bytes=" + bytes.length + ", at=" + at + "]";
  }
}
