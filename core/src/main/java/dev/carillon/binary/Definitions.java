package dev.carillon.binary;

import dev.carillon.spi.CodecLimits;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Definitions of types, as bytes and back. */
final class Definitions {
  private Definitions() {}

  /** {@return the definition, its length before it} */
  static byte[] bytes(String name, byte kind, List<Part> parts) {
    byte[] body =
        written(out -> {
          out.putByte(kind);
          out.putText(name);
          if (WireFormat.hasParts(kind)) {
            out.putVar(parts.size());
            for (Part part : parts) {
              Registration.checkName("component", part.name());
              out.putText(part.name());
              out.putByte(part.kind().letter);
            }
          }
        });
    return written(out -> {
      out.putVar(body.length);
      out.putBytes(body);
    });
  }

  private static byte[] written(Consumer<Output> writer) {
    var out = new Output(TypeTable.NONE, CodecLimits.DEFAULT);
    writer.accept(out);
    return Arrays.copyOf(out.buffer(), out.position());
  }

  /** {@return where the definition begins that has its length before it} */
  static int start(byte[] definition) {
    int start = 0;
    while (definition[start] < 0) {
      start++;
    }
    return start + 1;
  }

  /** {@return the definition that the input is at, of that length} */
  static MetType read(Input in, int length, TypeTable types) {
    int end = in.position() + length;
    byte kind = in.getByte();
    if (kind != WireFormat.ENUM
        && kind != WireFormat.VIA
        && kind != WireFormat.ABSTRACT
        && !WireFormat.hasParts(kind)) {
      throw new Failure("the kind of a type must be one of rsoeva: kind=" + kind);
    }
    String name = in.name();
    List<Part> parts = List.of();
    if (WireFormat.hasParts(kind)) {
      parts = parts(in);
    }
    if (in.position() != end) {
      throw new Failure("a definition must be as long as it says: length=" + length);
    }
    return met(name, kind, parts, types.named(name));
  }

  private static List<Part> parts(Input in) {
    int count = in.var();
    if (count < 0 || count > Registration.MOST_PARTS) {
      throw new Failure(
          "a type must have at most %d components: components=%s"
              .formatted(Registration.MOST_PARTS, Integer.toUnsignedString(count)));
    }
    in.checkParts(count);
    List<Part> parts = new ArrayList<>(count);
    Set<String> names = new HashSet<>();
    for (int i = 0; i < count; i++) {
      String name = in.name();
      if (!names.add(name)) {
        throw new Failure("a component must be there once: component=" + Failure.shown(name));
      }
      PartKind kind = PartKind.of(in.getByte());
      parts.add(new Part(name, kind.type, kind, null));
    }
    return parts;
  }

  private static MetType met(String name, byte kind, List<Part> parts, @Nullable NamedType local) {
    if (local == null) {
      return new MetType(name, kind, parts, null, null, null);
    }
    if (local.kind != kind && !(WireFormat.hasParts(kind) && WireFormat.hasParts(local.kind))) {
      String misfit =
          "a type must be of the kind that it was registered as, '%c': type=%s, kind='%c'"
              .formatted((char) local.kind, name, (char) kind);
      return new MetType(name, kind, parts, local, null, misfit);
    }
    if (!WireFormat.hasParts(kind)) {
      return local.exact;
    }
    try {
      return new MetType(name, kind, parts, local, ForeignParts.of(parts, local), null);
    } catch (Failure f) {
      return new MetType(name, kind, parts, local, null, f.getMessage());
    }
  }
}
