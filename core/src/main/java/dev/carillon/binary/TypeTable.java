package dev.carillon.binary;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The types of a codec: by class, for writing, and by name, for reading. */
final class TypeTable {
  /*
   * byClass is an open table, twice as large as it needs to be, keyed by the class's identity hash;
   * a class is found by one look, mostly. By name there is another one, keyed by the bytes of the
   * name as definitions have them, so that finding a type that is defined as here makes no text.
   * Both are filled before the table is shared, and never change.
   */
  static final TypeTable NONE = new TypeTable(List.of());

  // A definition that is kept stays until another one comes, so a large one is not.
  private static final int MOST_KEPT_BYTES = 1 << 14;

  private final List<NamedType> types;
  private final Map<String, NamedType> byName = new HashMap<>();
  private final Class<?>[] classes;
  private final Form[] forms;
  private final @Nullable NamedType[] names;

  private TypeTable(List<NamedType> types) {
    this.types = types;
    Map<Class<?>, Form> byClass = new HashMap<>(Kinds.byClass());
    for (NamedType type : types) {
      byClass.put(type.type, type);
      byName.put(type.name, type);
    }
    int size = Integer.highestOneBit(byClass.size() + 1) * 4;
    classes = new Class<?>[size];
    forms = new Form[size];
    byClass.forEach((type, form) -> {
      int at = slot(type);
      while (classes[at] != null) {
        at = (at + 1) & (size - 1);
      }
      classes[at] = type;
      forms[at] = form;
    });
    names = new @Nullable NamedType[Integer.highestOneBit(types.size() + 1) * 4];
    for (NamedType type : types) {
      int start = type.definitionStart;
      int at = hash(type.definition, start, nameEnd(type.definition, start)) & (names.length - 1);
      while (names[at] != null) {
        at = (at + 1) & (names.length - 1);
      }
      names[at] = type;
    }
  }

  static TypeTable of(BinaryConfig config) {
    List<NamedType> types = new ArrayList<>();
    for (Registration registration : config.registrations()) {
      types.add(registration.maker().make(registration, types.size(), config.lookup()));
    }
    return new TypeTable(List.copyOf(types));
  }

  int size() {
    return types.size();
  }

  private int slot(Class<?> type) {
    int hash = System.identityHashCode(type);
    return (hash ^ (hash >>> 15)) & (classes.length - 1);
  }

  private @Nullable Form byClass(Class<?> type) {
    int at = slot(type);
    Class<?> found = classes[at];
    while (found != type) {
      if (found == null) {
        return null;
      }
      at = (at + 1) & (classes.length - 1);
      found = classes[at];
    }
    return forms[at];
  }

  /** {@return how a value is written; null if it is not} */
  @Nullable Form find(Object value) {
    Form form = byClass(value.getClass());
    if (form != null) {
      return form;
    }
    return value instanceof Enum<?> constant
        ? byClass(constant.getDeclaringClass()) // one that has a body is of a class of its own
        : Kinds.ofOther(value);
  }

  /** {@return how a value is written} */
  Form of(Object value) {
    Form form = find(value);
    if (form == null) {
      throw new Failure(
          "the class must be registered, or one that needs none: class="
              + value.getClass().getTypeName());
    }
    return form;
  }

  /** {@return the type that was registered for a class} */
  NamedType registered(Class<?> type) {
    if (byClass(type) instanceof NamedType named) {
      return named;
    }
    throw new Failure("the class must be registered: class=" + type.getTypeName());
  }

  @Nullable NamedType named(String name) {
    return byName.get(name);
  }

  /** {@return the enum whose constants are the keys of a map, which does not tell} */
  NamedType enumThatFits(EnumMap<?, ?> empty) {
    for (NamedType type : types) {
      if (type instanceof EnumType keys && keys.constants.length > 0 && takes(empty, keys)) {
        return keys;
      }
    }
    throw new Failure("the enum of the keys of an empty map must be registered: map={}");
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // a key of another type is refused by the map itself
  private static boolean takes(EnumMap<?, ?> empty, EnumType keys) {
    EnumMap copy = empty.clone();
    try {
      copy.put(keys.constants[0], keys);
      return true;
    } catch (ClassCastException anotherEnum) {
      return false;
    }
  }

  /** {@return the type that is defined there} */
  MetType met(byte[] bytes, int from, int length, Input in) {
    int end = from + length;
    int nameEnd = nameEnd(bytes, from);
    NamedType local = nameEnd < 0 || nameEnd > end ? null : named(bytes, from, nameEnd);
    if (local == null) {
      return Definitions.read(in, length, this);
    }
    byte[] own = local.definition;
    if (Arrays.equals(own, local.definitionStart, own.length, bytes, from, end)) {
      return local.exact;
    }
    NamedType.Recent recent = local.recent;
    if (recent != null && recent.definition().equals(ByteBuffer.wrap(bytes, from, length))) {
      return recent.met();
    }
    MetType met = Definitions.read(in, length, this);
    if (length <= MOST_KEPT_BYTES) {
      byte[] kept = Arrays.copyOfRange(bytes, from, end);
      local.recent = new NamedType.Recent(ByteBuffer.wrap(kept), met);
    }
    return met;
  }

  private @Nullable NamedType named(byte[] bytes, int from, int nameEnd) {
    int at = hash(bytes, from, nameEnd) & (names.length - 1);
    for (NamedType type = names[at]; type != null; type = names[at]) {
      byte[] own = type.definition;
      int start = type.definitionStart;
      // The byte before the name says the kind, which may be another one there.
      if (Arrays.equals(own, start + 1, nameEnd(own, start), bytes, from + 1, nameEnd)) {
        return type;
      }
      at = (at + 1) & (names.length - 1);
    }
    return null;
  }

  /** {@return where the name ends in a definition; -1 if its length is none} */
  private static int nameEnd(byte[] bytes, int from) {
    int length = 0;
    int at = from + 1;
    for (int shift = 0; shift <= 14 && at < bytes.length; shift += 7) {
      byte next = bytes[at++];
      length |= (next & 0x7f) << shift;
      if (next >= 0) {
        return at + (length >>> WireFormat.FORM_BITS);
      }
    }
    return -1;
  }

  private static int hash(byte[] bytes, int from, int end) {
    int hash = 0;
    for (int i = from + 1; i < end; i++) {
      hash = 31 * hash + bytes[i];
    }
    return hash ^ (hash >>> 15);
  }

  @Override
  public String toString() {
    return "types=" + types;
  }
}
