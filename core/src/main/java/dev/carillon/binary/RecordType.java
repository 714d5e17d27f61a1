package dev.carillon.binary;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A record. */
final class RecordType extends NamedType {
  /*
   * The first values of a record are written and read by method handles, one call per component,
   * with boxes. A record that is used more gets code of its own, once (RecordCompiler): one method
   * that writes all components, and one that reads them and calls the constructor. Both ways write
   * the same bytes, and a record with other components than the bytes have takes the first always.
   */
  private static final int USES_BEFORE_CODE = 200;
  private static final int MOST_COMPILED_SLOTS = 200;

  private final MethodHandle constructor; // (Object[])Object
  private final MethodHandle[] accessors; // (Object)Object
  private final MethodHandle exactConstructor;
  private final MethodHandle[] exactAccessors;
  private final AtomicBoolean isCompiling = new AtomicBoolean();
  private int uses; // racy: an estimate is enough
  private volatile @Nullable RecordCode code;

  RecordType(
      Registration registration, int ordinal, RecordOptions options, MethodHandles.Lookup lookup) {
    super(
        registration,
        ordinal,
        options.isShared() ? WireFormat.SHARED_RECORD : WireFormat.RECORD,
        options.parts(registration));
    RecordComponent[] components = type.getRecordComponents();
    this.accessors = new MethodHandle[components.length];
    this.exactAccessors = new MethodHandle[components.length];
    Class<?>[] types = new Class<?>[components.length];
    // What is in no module of its own, or in one that is not required here, has to be read first.
    RecordType.class.getModule().addReads(type.getModule());
    try {
      MethodHandles.Lookup inside = MethodHandles.privateLookupIn(type, lookup);
      for (int i = 0; i < components.length; i++) {
        types[i] = components[i].getType();
        exactAccessors[i] = inside.unreflect(components[i].getAccessor());
        accessors[i] = exactAccessors[i].asType(MethodType.methodType(Object.class, Object.class));
      }
      exactConstructor =
          inside.findConstructor(type, MethodType.methodType(void.class, types)).asFixedArity();
      constructor =
          exactConstructor
              .asType(MethodType.genericMethodType(types.length))
              .asSpreader(Object[].class, types.length);
    } catch (IllegalAccessException e) {
      throw new IllegalArgumentException(
          "a record must be open to this module, or the settings have a lookup of its own,"
              + " withLookup(MethodHandles.lookup()): class="
              + type.getName(),
          e);
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException("a record has its constructor: class=" + type, e);
    }
  }

  @Override
  void write(Output out, Object value) {
    RecordCode compiled = code;
    if (compiled != null) {
      compiled.write(out, value);
      return;
    }
    used();
    for (int i = 0; i < accessors.length; i++) {
      Part part = parts.get(i);
      try {
        part.kind().write(out, component(accessors[i], value));
      } catch (Throwable t) {
        throw Failure.writing(t).in(part.name());
      }
    }
  }

  // An accessor that throws is told as the component's failure, whatever it throws.
  private static @Nullable Object component(MethodHandle accessor, Object value) throws Throwable {
    return (@Nullable Object) accessor.invokeExact(value);
  }

  @Override
  Object read(Input in, int number) {
    RecordCode compiled = code;
    if (compiled != null) {
      return compiled.read(in);
    }
    used();
    @Nullable Object[] values = new @Nullable Object[accessors.length];
    for (int i = 0; i < values.length; i++) {
      Part part = parts.get(i);
      try {
        values[i] = part.kind().read(in, part.type());
      } catch (Throwable t) {
        throw Failure.reading(t).in(part.name());
      }
    }
    return made(values);
  }

  @Override
  Object readForeign(Input in, int number, ForeignParts foreign) {
    return made(foreign.read(in));
  }

  private Object made(@Nullable Object[] values) {
    try {
      return (Object) constructor.invokeExact(values);
    } catch (Throwable t) {
      throw refused(t);
    }
  }

  /** {@return that the constructor threw} */
  Failure refused(Throwable thrown) {
    return Failure.own(
        "the record must accept its components: type=%s, refused by ".formatted(name), thrown);
  }

  @Override
  void skip(Input in) {
    for (Part part : parts) {
      part.kind().skip(in);
    }
  }

  private void used() {
    if (++uses > USES_BEFORE_CODE && isCompiling.compareAndSet(false, true)) {
      compile(this::newCode);
    }
  }

  /**
   * Gives the record code of its own. A value needs none, so it does not fail if there is none: the
   * handles go on. Only a full stack is a reason to try again, after as many uses.
   */
  void compile(Supplier<@Nullable RecordCode> compiler) {
    try {
      code = compiler.get();
    } catch (StackOverflowError e) {
      uses = 0;
      isCompiling.set(false);
    } catch (RuntimeException | LinkageError e) {
      code = null;
    }
  }

  /** {@return code for the record; null if it is too large for that} */
  private @Nullable RecordCode newCode() {
    int slots =
        parts.stream()
            .mapToInt(p -> p.type() == long.class || p.type() == double.class ? 2 : 1)
            .sum();
    return slots <= MOST_COMPILED_SLOTS
        ? RecordCompiler.compile(this, exactConstructor, List.of(exactAccessors))
        : null;
  }

  /** {@return whether it has code of its own} */
  boolean isCompiled() {
    return code != null;
  }
}
