package dev.carillon.binary;

import dev.carillon.spi.CodecLimits;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * What a {@link BinaryCodec} writes and reads, and within which limits: immutable, changed by its
 * methods.
 *
 * <p>What is registered is a name and a class. The name is what stands in the bytes: the class may
 * be renamed and moved, the name must stay. Both sides register the same names.
 */
public final class BinaryConfig {
  static final BinaryConfig DEFAULT =
      new BinaryConfig(List.of(), CodecLimits.DEFAULT, MethodHandles.lookup());

  private final List<Registration> registrations;
  private final CodecLimits limits;
  private final MethodHandles.Lookup lookup;

  private BinaryConfig(
      List<Registration> registrations, CodecLimits limits, MethodHandles.Lookup lookup) {
    this.registrations = registrations;
    this.limits = limits;
    this.lookup = lookup;
  }

  List<Registration> registrations() {
    return registrations;
  }

  CodecLimits limits() {
    return limits;
  }

  MethodHandles.Lookup lookup() {
    return lookup;
  }

  /**
   * {@return these settings, with a record or an enum} {@link java.time.Month} and {@link
   * java.time.DayOfWeek} need it only for an {@link java.util.EnumSet} or {@link java.util.EnumMap}
   * of them. Single ones are then written by that name too, so readers need it first.
   *
   * @param name 1 to 200 characters, not beginning with {@code $}
   * @param type a record of at most 250 components, or an enum
   * @throws IllegalArgumentException if the name or the class is there already, or is none
   */
  public BinaryConfig register(String name, Class<?> type) {
    if (type.isEnum()) {
      return with(new Registration(name, type, (r, ordinal, lookup) -> new EnumType(r, ordinal)));
    }
    return registerRecord(name, type, RecordOptions.DEFAULT);
  }

  /**
   * {@return these settings, with a record}
   *
   * @param name 1 to 200 characters, not beginning with {@code $}
   * @param type a record of at most 250 components
   * @param options changes how it is written and read
   * @throws IllegalArgumentException if the name or the class is there already, or is none
   */
  public BinaryConfig register(
      String name, Class<? extends Record> type, UnaryOperator<RecordOptions> options) {
    return registerRecord(name, type, options.apply(RecordOptions.DEFAULT));
  }

  private BinaryConfig registerRecord(String name, Class<?> type, RecordOptions options) {
    if (!type.isRecord()) {
      throw new IllegalArgumentException(
          "what is registered by name and class alone must be a record or an enum, see"
              + " registerObject and registerVia for others: name=%s, class=%s"
                  .formatted(name, type.getName()));
    }
    return with(
        new Registration(
            name, type, (r, ordinal, own) -> new RecordType(r, ordinal, options, own)));
  }

  /**
   * {@return these settings, with a sealed type and all records and enums that it permits, by their
   * simple names}
   *
   * @param root a sealed interface or class, whose subtypes are all records, enums, or such types
   * @throws IllegalArgumentException if it is none, or a name is there already
   */
  public BinaryConfig registerSealed(Class<?> root) {
    return registerSealed("", root);
  }

  /**
   * {@return these settings, with a sealed type and all records and enums that it permits, by their
   * simple names behind a prefix} The sealed types have names so that there can be arrays of them.
   *
   * @param prefix of the names, as {@code "shapes."} for {@code shapes.Circle}
   * @param root a sealed interface or class, whose subtypes are all records, enums, or such types;
   *     a subtype that was registered before keeps the name that it has
   * @throws IllegalArgumentException if it is none, or a name is there already
   */
  public BinaryConfig registerSealed(String prefix, Class<?> root) {
    if (!root.isSealed() || root.isEnum()) {
      throw new IllegalArgumentException("the type must be sealed: class=" + root.getName());
    }
    BinaryConfig with =
        with(
            new Registration(
                prefix + root.getSimpleName(),
                root,
                (r, ordinal, own) -> new AbstractType(r, ordinal)));
    for (Class<?> permitted : root.getPermittedSubclasses()) {
      if (with.knows(permitted)) {
        continue;
      }
      if (permitted.isSealed() && !permitted.isEnum()) {
        with = with.registerSealed(prefix, permitted);
      } else if (permitted.isEnum() || permitted.isRecord()) {
        with = with.register(prefix + permitted.getSimpleName(), permitted);
      } else {
        throw new IllegalArgumentException(
            "what a sealed type permits must be a record, an enum, a sealed type, or registered"
                + " before: class="
                + permitted.getName());
      }
    }
    return with;
  }

  private boolean knows(Class<?> type) {
    return registrations.stream().anyMatch(r -> r.type() == type);
  }

  /**
   * {@return these settings, with a class whose objects can change} Its objects keep their
   * identity, and may refer to each other in circles.
   *
   * @param name 1 to 200 characters, not beginning with {@code $}
   * @param type the class itself; its subclasses are not registered with it
   * @param factory makes an object with nothing in it yet
   * @param fields adds the fields that are written
   * @param <T> the class
   * @throws IllegalArgumentException if the name or the class is there already, or is none
   */
  public <T> BinaryConfig registerObject(
      String name,
      Class<T> type,
      Supplier<? extends T> factory,
      UnaryOperator<ObjectFields<T>> fields) {
    checkConcrete(name, type);
    ObjectFields<T> all = fields.apply(ObjectFields.none(type, factory));
    if (all.parts().size() > Registration.MOST_PARTS) {
      throw new IllegalArgumentException(
          "an object must have at most %d fields: name=%s, fields=%d"
              .formatted(Registration.MOST_PARTS, name, all.parts().size()));
    }
    return with(new Registration(name, type, (r, ordinal, own) -> new ObjectType(r, ordinal, all)));
  }

  /**
   * {@return these settings, with a class whose objects are written as values of another} They have
   * no identity: one that is met twice becomes two.
   *
   * @param name 1 to 200 characters, not beginning with {@code $}
   * @param type the class itself; its subclasses are not registered with it
   * @param form what is written: a class that needs no registration, or was registered
   * @param to makes the form of an object
   * @param from makes an object of a form that was read; what it throws refuses the value
   * @param <T> the class
   * @param <F> its form
   * @throws IllegalArgumentException if the name or the class is there already, or is none
   */
  public <T, F> BinaryConfig registerVia(
      String name,
      Class<T> type,
      Class<F> form,
      Function<? super T, ? extends F> to,
      Function<? super F, ? extends T> from) {
    checkConcrete(name, type);
    Objects.requireNonNull(form, "form");
    Objects.requireNonNull(to, "to");
    Objects.requireNonNull(from, "from");
    Function<Object, Object> forward = value -> to.apply(type.cast(value));
    Class<F> boxed = Boxes.boxed(form); // what is read of a primitive form is its box
    Function<Object, Object> backward = value -> from.apply(boxed.cast(value));
    return with(
        new Registration(
            name, type, (r, ordinal, own) -> new ViaType(r, ordinal, boxed, forward, backward)));
  }

  private static void checkConcrete(String name, Class<?> type) {
    if (type.isArray()
        || type.isPrimitive()
        || type.isEnum()
        || Modifier.isAbstract(type.getModifiers())) {
      throw new IllegalArgumentException(
          "the class must be one that has objects of its own: name=%s, class=%s"
              .formatted(name, type.getName()));
    }
  }

  private BinaryConfig with(Registration added) {
    for (Registration known : registrations) {
      if (known.name().equals(added.name()) || known.type() == added.type()) {
        throw new IllegalArgumentException(
            "a name and a class must be registered once: %s=%s, %s=%s"
                .formatted(
                    known.name(), known.type().getName(), added.name(), added.type().getName()));
      }
    }
    // Enums of the JDK that are kinds have no name, which their sets and maps need.
    if (Kinds.byClass().containsKey(added.type()) && !added.type().isEnum()) {
      throw new IllegalArgumentException(
          "the class must not be one that needs no registration: class=" + added.type().getName());
    }
    var more = new ArrayList<>(registrations);
    more.add(added);
    return new BinaryConfig(List.copyOf(more), limits, lookup);
  }

  /**
   * {@return these settings, with other limits}
   *
   * @param change changes those that are set
   * @throws IllegalArgumentException if one is outside its range
   */
  public BinaryConfig withLimits(UnaryOperator<CodecLimits> change) {
    return new BinaryConfig(registrations, change.apply(limits), lookup);
  }

  /**
   * {@return these settings, with the right to reach records that are not open to Carillon's
   * module} It is needed for records of named modules that do not open their packages.
   *
   * @param own {@code MethodHandles.lookup()} of the module that has the records
   */
  public BinaryConfig withLookup(MethodHandles.Lookup own) {
    return new BinaryConfig(registrations, limits, Objects.requireNonNull(own, "own"));
  }

  @Override
  public String toString() {
    return "BinaryConfig[types="
        + registrations.stream().map(Registration::name).toList()
        + ", limits="
        + limits
        + "]";
  }
}
