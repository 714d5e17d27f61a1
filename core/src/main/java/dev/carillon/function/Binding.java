package dev.carillon.function;

import java.lang.reflect.Executable;
import java.lang.reflect.RecordComponent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What all forms of a bound function are made of: a target, a name and arguments. */
final class Binding {
  private final Target target;
  private final String name;
  private final Arguments arguments;
  private final @Nullable Calls calls; // null unless they are counted

  Binding(Target target, String name, Arguments arguments, @Nullable Calls calls) {
    this.target = target;
    this.name = name;
    this.arguments = arguments;
    this.calls = calls;
  }

  static Binding of(Target target) {
    Signature signature = target.signature();
    return new Binding(target, signature.name(), Arguments.none(signature), null);
  }

  Binding named(String newName) {
    if (newName.isBlank()) {
      throw new IllegalArgumentException("name must not be blank: name=\"" + newName + "\"");
    }
    return new Binding(target, newName, arguments, calls);
  }

  Binding counted(Calls counts) {
    return new Binding(target, name, arguments, counts);
  }

  /** {@return the same, which is registered by its first call, and counted as that says} */
  Binding joining(Supplier<Calls> joins) {
    return new Binding(new JoiningTarget(target, joins), name, arguments, null);
  }

  /**
   * {@return how calls of the same function, bound alike, are counted; null for another one} Asks
   * the user's objects whether they are equal.
   */
  @Nullable Calls callsAs(Binding other) {
    boolean isSame =
        signature().result().equals(other.signature().result())
            && Targets.callsSame(target.origin(), other.target.origin())
            && arguments.isSameAs(other.arguments);
    return isSame ? calls : null;
  }

  /**
   * {@return the same, which returns nothing of another type; whether it does is seen when it is
   * called if the function does not say}
   *
   * @throws BindingException if it returns another type
   */
  Binding returning(Class<?> result) {
    Class<?> declared = Fitting.box(signature().result());
    if (result.isAssignableFrom(declared)) {
      return this;
    }
    if (!declared.isAssignableFrom(result)) {
      throw otherResult(result);
    }
    return new Binding(new CheckedTarget(target, result), name, arguments, calls);
  }

  BindingException otherResult(Class<?> result) {
    return new BindingException(
        "%s returns a %s, and no %s"
            .formatted(
                signature(),
                Fitting.box(signature().result()).getTypeName(),
                result.getTypeName()));
  }

  /** {@return the same, whose further arguments are looked at when they are bound} */
  Binding checkedBy(ArgumentCheck check) {
    return with(arguments.checkedBy(check));
  }

  /** {@return what is called in the end, without what is done before or after} */
  Target origin() {
    return target.origin();
  }

  CallStats stats() {
    return calls == null ? new Calls().stats() : calls.stats();
  }

  Binding with(Arguments bound) {
    return new Binding(target, name, bound, calls);
  }

  Binding bindAll(Map<String, ? extends @Nullable Object> values) {
    Arguments bound = arguments;
    for (Map.Entry<String, ? extends @Nullable Object> each : values.entrySet()) {
      bound = bound.bind(each.getKey(), each.getValue());
    }
    return with(bound);
  }

  Binding bindRecord(Record bundle) {
    var values = new LinkedHashMap<String, @Nullable Object>();
    for (RecordComponent component : bundle.getClass().getRecordComponents()) {
      values.put(component.getName(), read(bundle, component));
    }
    return bindAll(values);
  }

  private static @Nullable Object read(Record bundle, RecordComponent component) {
    try {
      var accessor = component.getAccessor();
      accessor.setAccessible(true);
      return accessor.invoke(bundle);
    } catch (ReflectiveOperationException | RuntimeException e) {
      throw new BindingException(
          "cannot read component \"%s\" of %s: it must be public and exported, or its package open"
              .formatted(component.getName(), bundle.getClass().getTypeName()),
          e);
    }
  }

  // ── calling ──

  @Nullable Object call() throws Exception {
    @Nullable Object[] all = arguments.complete();
    return calls == null ? target.invoke(all) : calls.count(target, all);
  }

  @Nullable Object call(@Nullable Object argument) throws Exception {
    int only = arguments.only();
    if (only < 0 || calls != null) {
      return with(arguments.unchecked().bindNext(argument)).call();
    }
    return target.invoke(arguments.raw(), only, arguments.fitOnly(argument));
  }

  @Nullable Object callWith(@Nullable Object[] rest) throws Exception {
    return with(arguments.unchecked().bindNext(rest)).call();
  }

  // ── what it is ──

  String name() {
    return name;
  }

  Signature signature() {
    return target.signature();
  }

  Arguments arguments() {
    return arguments;
  }

  Optional<Executable> method() {
    return Optional.ofNullable(target.method());
  }

  List<Parameter> missing() {
    return arguments.missing();
  }

  @Override
  public String toString() {
    return name.equals(signature().name()) ? arguments.toString() : name + " = " + arguments;
  }
}
