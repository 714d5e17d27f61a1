package dev.carillon.binary;

import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A type that was registered, under its name. */
abstract class NamedType extends Form {
  final Class<?> type;

  /** Its kind, as in the format. */
  final byte kind;

  /** Its place among all that were registered. */
  final int ordinal;

  /** What it consists of, if it does. */
  final List<Part> parts;

  /** The definition as it is written, its length before it. */
  final byte[] definition;

  /** Where the definition itself begins. */
  final int definitionStart;

  /** This type, met in bytes with the same definition. */
  final MetType exact;

  /** The last other definition that was met; any thread may replace it. */
  volatile @Nullable Recent recent;

  /**
   * A definition that was met.
   *
   * @param definition its bytes, without the length
   * @param met what it stands for
   */
  record Recent(ByteBuffer definition, MetType met) {}

  NamedType(Registration registration, int ordinal, byte kind, List<Part> parts) {
    super(registration.name(), true, WireFormat.isTracked(kind), kind != WireFormat.OBJECT);
    this.type = registration.type();
    this.kind = kind;
    this.ordinal = ordinal;
    this.parts = parts;
    this.definition = Definitions.bytes(name, kind, parts);
    this.definitionStart = Definitions.start(definition);
    this.exact = new MetType(name, kind, List.of(), this, null, null);
  }

  @Override
  final void writeKind(Output out) {
    out.namedKind(this);
  }

  /**
   * {@return a value that was written with other parts}
   *
   * @param foreign how those parts become these
   */
  Object readForeign(Input in, int number, ForeignParts foreign) {
    throw new IllegalStateException("a type without parts has no other parts: type=" + name);
  }

  static String kindName(Class<? extends NamedType> kind) {
    return kind == EnumType.class ? "enum" : "type";
  }

  @Override
  public String toString() {
    return name;
  }
}
