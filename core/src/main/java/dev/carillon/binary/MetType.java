package dev.carillon.binary;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A type as some bytes define it.
 *
 * @param name what they call it
 * @param kind which they say it has
 * @param parts of it there; empty if they are those of the local type
 * @param local the type that was registered here by that name; null if none was
 * @param foreign how its parts become those of the local type; null if they are the same
 * @param misfit why its values cannot be read, though they can be passed over; null if they can
 */
record MetType(
    String name,
    byte kind,
    List<Part> parts,
    @Nullable NamedType local,
    @Nullable ForeignParts foreign,
    @Nullable String misfit) {

  @Nullable Object read(Input in, int number) {
    checkFits();
    NamedType known = local;
    if (known == null) {
      throw new IllegalStateException("an unknown type is passed over only: type=" + name);
    }
    return foreign == null ? known.read(in, number) : known.readForeign(in, number, foreign);
  }

  /** Refuses a type that cannot be read as the local one. */
  void checkFits() {
    if (misfit != null) {
      throw new Failure(misfit);
    }
  }

  /** {@return whether its values are numbered there, whatever is known of it here} */
  boolean isTracked() {
    return WireFormat.isTracked(kind);
  }

  void skip(Input in) {
    if (local != null && foreign == null && misfit == null) {
      local.skip(in);
      return;
    }
    switch (kind) {
      case WireFormat.ENUM -> in.skipText();
      case WireFormat.VIA -> in.skip();
      case WireFormat.ABSTRACT ->
          throw new Failure("an abstract type has no values: type=" + Failure.shown(name));
      default -> {
        for (Part part : parts) {
          part.kind().skip(in);
        }
      }
    }
  }
}
