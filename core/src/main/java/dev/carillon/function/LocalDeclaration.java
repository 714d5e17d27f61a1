package dev.carillon.function;

import java.lang.reflect.Executable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** What was declared so far: immutable. */
final class LocalDeclaration implements Declaration {

  /** What the declared function stands for. */
  private enum Kind {
    NO_METHOD,
    STATIC_METHOD,
    INSTANCE_METHOD,
    CONSTRUCTOR
  }

  private final Kind kind;
  private final Class<?> owner; // means nothing if there is no method
  private final String member;
  private final Class<?> result;
  private final List<Parameter> parameters;
  private final Map<String, @Nullable Object> defaults;

  private LocalDeclaration(
      Kind kind,
      Class<?> owner,
      String member,
      Class<?> result,
      List<Parameter> parameters,
      Map<String, @Nullable Object> defaults) {
    this.kind = kind;
    this.owner = owner;
    this.member = member;
    this.result = result;
    this.parameters = parameters;
    this.defaults = defaults;
  }

  private LocalDeclaration(Kind kind, Class<?> owner, String member, Class<?> result) {
    this(
        kind,
        Objects.requireNonNull(owner, "owner"),
        Objects.requireNonNull(member, "method"),
        Objects.requireNonNull(result, "result"),
        List.of(),
        Map.of());
  }

  static LocalDeclaration function(Class<?> result) {
    return new LocalDeclaration(Kind.NO_METHOD, Object.class, "", result);
  }

  static LocalDeclaration method(Class<?> owner, String method, Class<?> result) {
    return new LocalDeclaration(Kind.STATIC_METHOD, owner, method, result);
  }

  static LocalDeclaration instanceMethod(Class<?> owner, String method, Class<?> result) {
    return new LocalDeclaration(Kind.INSTANCE_METHOD, owner, method, result)
        .with(new Parameter("self", owner, false), Map.of());
  }

  static LocalDeclaration constructor(Class<?> owner) {
    return new LocalDeclaration(Kind.CONSTRUCTOR, owner, "new " + owner.getSimpleName(), owner);
  }

  // ── parameters ──

  @Override
  public Declaration parameter(String name, Class<?> type) {
    return with(new Parameter(name, type, false), defaults);
  }

  @Override
  public Declaration parameter(String name, Class<?> type, @Nullable Object byDefault) {
    var more = new LinkedHashMap<String, @Nullable Object>(defaults);
    more.put(name, byDefault);
    LocalDeclaration declared = with(new Parameter(name, type, false), more);
    var _ = declared.arguments(member); // is it of that type?
    return declared;
  }

  @Override
  public Declaration variable(String name, Class<?> type) {
    if (!type.isArray()) {
      throw new IllegalArgumentException(
          "a variable number needs an array type: \"%s\" is of type %s"
              .formatted(name, type.getTypeName()));
    }
    return with(new Parameter(name, type, true), defaults);
  }

  private LocalDeclaration with(Parameter added, Map<String, @Nullable Object> allDefaults) {
    if (added.name().isBlank()) {
      throw new IllegalArgumentException(
          "a parameter's name must not be blank: name=\"" + added.name() + "\"");
    }
    if (added.type() == void.class) {
      throw new IllegalArgumentException("a parameter cannot be void: name=" + added.name());
    }
    for (Parameter each : parameters) {
      if (each.name().equals(added.name())) {
        throw new IllegalArgumentException(
            "a parameter's name must be its own: \"" + added.name() + "\" is there already");
      }
      if (each.isVariable()) {
        throw new IllegalArgumentException(
            "only the last parameter can take a variable number: \"%s\" comes after \"%s\""
                .formatted(added.name(), each.name()));
      }
    }
    var more = new ArrayList<>(parameters);
    more.add(added);
    return new LocalDeclaration(kind, owner, member, result, List.copyOf(more), allDefaults);
  }

  // ── the function ──

  @Override
  public <R> Bound<R> bound(String name, Body body) {
    return new LocalBound<>(binding(name, body));
  }

  @Override
  public <R> AsyncBound<R> async(String name, Body body) {
    return new LocalAsyncBound<>(binding(name, body));
  }

  @Override
  public <R> Generator<R> generator(String name, Body body) {
    return new LocalGenerator<>(binding(name, a -> stream(body.call(a))));
  }

  private static @Nullable Object stream(@Nullable Object results) {
    return results instanceof Iterator<?> iterator
        ? StreamSupport.stream(
            Spliterators.spliteratorUnknownSize(iterator, Spliterator.ORDERED), false)
        : results;
  }

  private Binding binding(String name, Body body) {
    Objects.requireNonNull(body, "body");
    Arguments arguments = arguments(kind == Kind.NO_METHOD ? name : member);
    var target = new DeclaredTarget(body, arguments.signature(), method(arguments.signature()));
    return Binding.of(target).with(arguments).named(name);
  }

  private Arguments arguments(String name) {
    var arguments = Arguments.none(new Signature(name, parameters, result, true));
    for (Map.Entry<String, @Nullable Object> each : defaults.entrySet()) {
      arguments = arguments.withDefault(each.getKey(), each.getValue());
    }
    return arguments;
  }

  private @Nullable Executable method(Signature signature) {
    int first = kind == Kind.INSTANCE_METHOD ? 1 : 0; // the receiver is no parameter of its own
    Class<?>[] types =
        parameters.stream().skip(first).map(Parameter::type).toArray(Class<?>[]::new);
    try {
      return switch (kind) {
        case NO_METHOD -> null;
        case CONSTRUCTOR -> owner.getDeclaredConstructor(types);
        case STATIC_METHOD, INSTANCE_METHOD -> owner.getDeclaredMethod(member, types);
      };
    } catch (NoSuchMethodException e) {
      throw new BindingException(
          "%s has no %s; was it compiled without what declares that?"
              .formatted(owner.getTypeName(), signature),
          e);
    }
  }

  /** Calls the body of a declared function. */
  private static final class DeclaredTarget extends Target {
    private final Body body;

    DeclaredTarget(Body body, Signature signature, @Nullable Executable method) {
      super(signature, method);
      this.body = body;
    }

    @Override
    @SuppressWarnings("NullAway") // bodies see plain objects, as methods with their own types would
    @Nullable Object invoke(@Nullable Object[] arguments) throws Exception {
      return body.call(arguments);
    }
  }
}
