package dev.carillon.binary;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How the components that some bytes have become those of a type here. */
final class ForeignParts {
  private static final int PASSED_OVER = -1;
  private static final int MISSING_PER_OBJECT = 4;

  private final List<Part> written;
  private final int[] targets; // per written part: its place here
  private final List<Part> local;
  private final @Nullable Object[] fallbacks; // per local part
  private final int charge;

  private ForeignParts(
      List<Part> written,
      int[] targets,
      List<Part> local,
      @Nullable Object[] fallbacks,
      int missing) {
    this.written = written;
    this.targets = targets;
    this.local = local;
    this.fallbacks = fallbacks;
    this.charge = missing / MISSING_PER_OBJECT;
  }

  /**
   * {@return how parts as they were written become those of a type}
   *
   * @throws Failure if one is missing that must be there
   */
  static ForeignParts of(List<Part> written, NamedType type) {
    List<Part> local = type.parts;
    int[] targets = new int[written.size()];
    Arrays.fill(targets, PASSED_OVER);
    @Nullable Object[] fallbacks = new @Nullable Object[local.size()];
    int missing = 0;
    for (int to = 0; to < local.size(); to++) {
      Part part = local.get(to);
      int from = place(written, part.name());
      if (from >= 0) {
        targets[from] = to;
        continue;
      }
      Part.Fallback fallback = part.fallback();
      if (fallback == null) {
        throw new Failure(
            "a component that was added must have a default: type=%s, component=%s"
                .formatted(type, part.name()));
      }
      fallbacks[to] = fallback.value();
      missing++;
    }
    return new ForeignParts(written, targets, local, fallbacks, missing);
  }

  private static int place(List<Part> parts, String name) {
    for (int i = 0; i < parts.size(); i++) {
      if (parts.get(i).name().equals(name)) {
        return i;
      }
    }
    return -1;
  }

  /** {@return whether a part of here was written there} */
  boolean isWritten(int part) {
    for (int target : targets) {
      if (target == part) {
        return true;
      }
    }
    return false;
  }

  /** {@return the values of the parts here} */
  @Nullable Object[] read(Input in) {
    in.charge(charge);
    @Nullable Object[] values = fallbacks.clone();
    for (int i = 0; i < targets.length; i++) {
      Part part = written.get(i);
      try {
        if (targets[i] == PASSED_OVER) {
          part.kind().skip(in);
        } else {
          values[targets[i]] = local.get(targets[i]).fit(part.kind().read(in, part.kind().type));
        }
      } catch (Throwable t) {
        throw Failure.reading(t).in(part.name());
      }
    }
    return values;
  }
}
