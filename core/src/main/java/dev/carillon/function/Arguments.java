package dev.carillon.function;

import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** The arguments that a function has been given so far: immutable. */
final class Arguments {
  /*
   * One place for each parameter. A place that is OPEN waits for its argument; one with a default
   * waits too, but a call fills it. `values` has the defaults in their places, so a call without
   * further arguments hands the array to the function as it is; nobody may write to it.
   */
  private enum Place {
    OPEN
  }

  private static final int MOST_SHOWN = 80; // characters of a text

  private final Signature signature;
  private final @Nullable Object[] values; // OPEN where there is neither an argument nor a default
  private final boolean[] isBound; // by an argument, not by a default
  private final int open;
  private final int only; // see only()
  private final Class<?> onlyType; // of the parameter that `only` is
  private final @Nullable ArgumentCheck check; // null unless they are to be sent

  private Arguments(
      Signature signature,
      @Nullable Object[] values,
      boolean[] isBound,
      @Nullable ArgumentCheck check) {
    this.signature = signature;
    this.values = values;
    this.isBound = isBound;
    this.check = check;
    int waiting = 0;
    int unbound = 0;
    int last = -1;
    for (int i = 0; i < values.length; i++) {
      waiting += values[i] == Place.OPEN ? 1 : 0;
      unbound += isBound[i] ? 0 : 1;
      last = isBound[i] ? last : i;
    }
    this.open = waiting;
    boolean isOnly = unbound == 1 && !signature.parameters().get(last).isVariable();
    this.only = isOnly ? last : -1;
    this.onlyType = isOnly ? Fitting.box(signature.parameters().get(last).type()) : Object.class;
  }

  static Arguments none(Signature signature) {
    var values = new @Nullable Object[signature.arity()];
    Arrays.fill(values, Place.OPEN);
    for (int i = 0; i < values.length; i++) {
      Parameter parameter = signature.parameters().get(i);
      if (parameter.isVariable()) { // of which there may be none
        values[i] = Array.newInstance(parameter.type().componentType(), 0);
      }
    }
    return new Arguments(signature, values, new boolean[values.length], null);
  }

  /** {@return the same, where what is given from now on is looked at first} */
  Arguments checkedBy(ArgumentCheck given) {
    return new Arguments(signature, values, isBound, given);
  }

  /** {@return the same, where nothing is looked at} */
  Arguments unchecked() {
    return check == null ? this : new Arguments(signature, values, isBound, null);
  }

  private void check(int at, @Nullable Object value) {
    if (check != null && value != null) {
      check.check(signature.parameters().get(at).name(), value);
    }
  }

  Signature signature() {
    return signature;
  }

  /** {@return whether the same is bound, and the same by default} */
  boolean isSameAs(Arguments other) {
    return Arrays.equals(isBound, other.isBound) && Arrays.equals(values, other.values);
  }

  boolean isComplete() {
    return open == 0;
  }

  /** {@return the parameters that wait for an argument and have no default} */
  List<Parameter> missing() {
    var missing = new ArrayList<Parameter>();
    for (int i = 0; i < values.length; i++) {
      if (values[i] == Place.OPEN) {
        missing.add(signature.parameters().get(i));
      }
    }
    return missing;
  }

  /** {@return what is bound, by parameter, in order} */
  Map<String, @Nullable Object> bound() {
    var bound = new LinkedHashMap<String, @Nullable Object>();
    for (int i = 0; i < values.length; i++) {
      if (isBound[i]) {
        bound.put(signature.parameters().get(i).name(), values[i]);
      }
    }
    return bound;
  }

  boolean isBoundAt(int position) {
    return isBound[position];
  }

  /** {@return whether nobody gave an argument or a default} */
  boolean isFreeAt(int position) {
    return values[position] == Place.OPEN
        || (signature.parameters().get(position).isVariable()
            && !isBound[position]
            && values[position] != null
            && Array.getLength(values[position]) == 0);
  }

  // ── binding ──

  Arguments bind(String parameter, @Nullable Object value) {
    int at = find(parameter);
    if (isBound[at]) {
      throw error("\"%s\" is bound already, to %s".formatted(parameter, shown(values[at])));
    }
    return with(at, value, true);
  }

  Arguments bind(int position, @Nullable Object value) {
    if (position < 0 || position >= values.length) {
      throw error("a position must be 0 to %d: position=%d".formatted(values.length - 1, position));
    }
    if (isBound[position]) {
      throw error(
          "position %d is bound already, to %s".formatted(position, shown(values[position])));
    }
    return with(position, value, true);
  }

  /** Binds those in front that are not bound; what is left over goes to a variable number. */
  Arguments bindNext(@Nullable Object... given) {
    @Nullable Object[] filled = values.clone();
    boolean[] nowBound = isBound.clone();
    int next = 0;
    for (int i = 0; i < filled.length && next < given.length; i++) {
      Parameter parameter = signature.parameters().get(i);
      if (nowBound[i]) {
        continue;
      }
      if (parameter.isVariable() && !isWhole(parameter, given, next)) {
        filled[i] = collect(parameter, given, next);
        next = given.length;
      } else {
        filled[i] = fit(parameter, given[next++]);
      }
      nowBound[i] = true;
      check(i, filled[i]);
    }
    if (next < given.length) {
      throw error(
          "%d arguments are too many, %d can be taken: surplus=%s"
              .formatted(
                  given.length,
                  next,
                  Arrays.stream(given, next, given.length).map(Arguments::brief).toList()));
    }
    return new Arguments(signature, filled, nowBound, check);
  }

  /** {@return whether the array itself was given for a variable number} */
  private static boolean isWhole(Parameter parameter, @Nullable Object[] given, int next) {
    return next == given.length - 1 && parameter.type().isInstance(given[next]);
  }

  private Object collect(Parameter parameter, @Nullable Object[] given, int from) {
    Class<?> type = parameter.type().componentType();
    Object array = Array.newInstance(type, given.length - from);
    var element = new Parameter(parameter.name(), type, false);
    for (int i = from; i < given.length; i++) {
      Array.set(array, i - from, fit(element, given[i]));
    }
    return array;
  }

  Arguments withDefault(String parameter, @Nullable Object value) {
    int at = find(parameter);
    if (isBound[at]) {
      throw error("\"%s\" is bound already, so a default has no use".formatted(parameter));
    }
    return with(at, value, false);
  }

  /** {@return these with a value in a place: as an argument, or as a default} */
  Arguments with(int at, @Nullable Object value, boolean binds) {
    @Nullable Object[] filled = values.clone();
    boolean[] nowBound = isBound.clone();
    filled[at] = fit(signature.parameters().get(at), value);
    nowBound[at] = binds;
    check(at, filled[at]);
    return new Arguments(signature, filled, nowBound, check);
  }

  private int find(String parameter) {
    if (!signature.hasNames()) {
      throw error(
          "its parameters have no names, so bind by position; names need a method reference, and its"
              + " class compiled with -parameters: parameter=\""
              + parameter
              + "\"");
    }
    int at = signature.find(parameter);
    if (at < 0) {
      throw error("there is no parameter \"" + parameter + "\"");
    }
    return at;
  }

  private @Nullable Object fit(Parameter parameter, @Nullable Object value) {
    try {
      return Fitting.fit(parameter.type(), value);
    } catch (ClassCastException e) {
      throw error(
          "\"%s\" must be of type %s: value=%s"
              .formatted(parameter.name(), parameter.type().getTypeName(), shown(value)));
    }
  }

  // ── calling ──

  /** {@return all arguments, not to be written to} */
  @Nullable Object[] complete() {
    if (open != 0) {
      throw incomplete();
    }
    return values;
  }

  /**
   * {@return the position of the only parameter that no argument is bound to; -1 if not just one,
   * or it takes a variable number}
   */
  int only() {
    return only;
  }

  /** {@return as {@link #complete}, where some may be open} */
  @Nullable Object[] raw() {
    return values;
  }

  /** {@return a value for the parameter that {@link #only} is, fitted} */
  @Nullable Object fitOnly(@Nullable Object value) {
    return onlyType.isInstance(value) ? value : fit(signature.parameters().get(only), value);
  }

  BindingException incomplete() {
    StringJoiner names = new StringJoiner(", ");
    missing().forEach(parameter -> names.add(parameter.toString()));
    return error("missing: " + names);
  }

  private BindingException error(String what) {
    return new BindingException("cannot bind %s: %s".formatted(this, what));
  }

  private static String shown(@Nullable Object value) {
    if (value == null) {
      return "null";
    }
    String type = value.getClass().getTypeName();
    String text = brief(value);
    return text.equals(type) ? "a " + type : text + " (" + type + ")";
  }

  /**
   * {@return a short text for a value} That of its class, unless it is plain: a value may come from
   * bytes of anybody, and the text of a list that holds others, or itself, may have no end.
   */
  private static String brief(@Nullable Object value) {
    return switch (value) {
      case null -> "null";
      case String text when text.length() > MOST_SHOWN -> text.substring(0, MOST_SHOWN) + "…";
      case String text -> text;
      case Enum<?> one -> one.name();
      case Integer _, Long _, Short _, Byte _, Double _, Float _, Boolean _, Character _ ->
          value.toString();
      default -> value.getClass().getTypeName();
    };
  }

  /** {@return the signature with what is bound and what has a default} */
  @Override
  public String toString() {
    StringJoiner text = new StringJoiner(", ", signature.name() + "(", ")");
    for (int i = 0; i < values.length; i++) {
      Parameter parameter = signature.parameters().get(i);
      boolean isWithout = values[i] == Place.OPEN || (parameter.isVariable() && !isBound[i]);
      if (isWithout) {
        text.add(parameter.toString());
      } else {
        text.add(parameter + (isBound[i] ? " (bound)" : " = " + brief(values[i])));
      }
    }
    return text.toString();
  }
}
