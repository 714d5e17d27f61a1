package dev.carillon.function;

import java.lang.reflect.Executable;
import java.lang.reflect.RecordComponent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

  /** {@return the same, which does something before each call} */
  Binding before(Runnable action) {
    return new Binding(new PrecededTarget(target, action), name, arguments, calls);
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
    if (only < 0 || calls != null || signature().parameters().get(only).isVariable()) {
      return with(arguments.bindNext(argument)).call();
    }
    return target.invoke(arguments.raw(), only, arguments.fitAt(only, argument));
  }

  @Nullable Object callWith(@Nullable Object[] rest) throws Exception {
    return with(arguments.bindNext(rest)).call();
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
