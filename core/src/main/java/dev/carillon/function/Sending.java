package dev.carillon.function;

import dev.carillon.function.FunctionCodecConfig.Restoration;
import dev.carillon.function.SentFunction.Form;
import dev.carillon.function.SentFunction.Gift;
import dev.carillon.spi.CodingException;
import java.lang.invoke.SerializedLambda;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes one function, with those among its arguments. For one thread. */
final class Sending implements Inspection.Finder {
  /*
   * First everything is looked through: functions are described, each after those that it holds, so
   * that who reads can make them in their order; and objects that can rest are collected. Then, when
   * these rest, values are written, with marks in the places of both (see Wire). An object that can
   * rest and that the codec itself knows is left in its place where it has no mark.
   */
  private static final int MOST_LEVELS = 32; // of functions in functions; each needs stack
  private static final int LEFT = -1; // in its place
  private static final SecureRandom RANDOM = new SecureRandom();

  /** A function and its values. */
  private record Planned(SentFunction sent, List<@Nullable Object> values, List<String> names) {}

  private final LocalFunctionCodec own;
  private final Inspection inspection;
  private final List<Planned> functions = new ArrayList<>();
  private final IdentityHashMap<LocalBindable<?>, Integer> indexes = new IdentityHashMap<>();
  private final List<LocalBindable<?>> open = new ArrayList<>(); // those being looked through
  private final List<Quiescing.Part> parts = new ArrayList<>();
  private final IdentityHashMap<Quiescent<?>, Integer> partIndexes = new IdentityHashMap<>();
  private final List<String> restorations = new ArrayList<>();
  private final List<Quiescing.Part> left = new ArrayList<>(); // in their places, for the codec
  private final IdentityHashMap<Quiescent<?>, Boolean> isLeft = new IdentityHashMap<>();

  Sending(LocalFunctionCodec own) {
    this.own = own;
    this.inspection = new Inspection(own.codec().limits(), this);
  }

  /**
   * Looks through a function.
   *
   * @throws CodingException if it cannot be sent
   */
  void check(LocalBindable<?> function) {
    add(function, null);
  }

  /**
   * Looks through an argument.
   *
   * @throws CodingException if it cannot be sent
   */
  void check(@Nullable Object value, ValuePath path) {
    inspection.inspect(value, path);
    if (value == null || value instanceof Quiescent<?> || value instanceof LocalBindable<?>) {
      return;
    }
    try {
      var _ = own.codec().typeOf(value);
    } catch (CodingException e) {
      throw new CodingException(String.valueOf(e.getMessage()), path.toString(), e);
    }
  }

  /** {@return all that has to rest} */
  List<Quiescing.Part> parts() {
    var all = new ArrayList<>(parts);
    all.addAll(left);
    return all;
  }

  @Override
  public void found(Quiescent<?> part, ValuePath path, boolean isFree) {
    if (partIndexes.containsKey(part) && isFree) {
      return;
    }
    String name = own.restorationOf(part.getClass());
    Restoration<?, ?> restoration = name == null ? null : own.restoration(name);
    if (name == null || restoration == null || !isFree) {
      leave(part, path, isFree || name == null);
      return;
    }
    partIndexes.put(part, parts.size());
    parts.add(new Quiescing.Part(part, restoration.snapshot(), path));
    restorations.add(name);
  }

  private void leave(Quiescent<?> part, ValuePath path, boolean isUnknown) {
    try {
      var _ = own.codec().typeOf(part);
    } catch (CodingException e) {
      Inspection.checkFree(part, path, isUnknown);
      throw Inspection.refused(path, part, "it is Quiescent, but nothing says how to restore it");
    }
    if (isLeft.put(part, true) == null) {
      left.add(new Quiescing.Part(part, Object.class, path));
    }
  }

  @Override
  public void found(LocalBindable<?> function, ValuePath path) {
    if (!indexes.containsKey(function)) {
      add(function, path);
    }
  }

  private void add(LocalBindable<?> function, @Nullable ValuePath path) {
    for (LocalBindable<?> each : open) {
      if (each == function) {
        throw refused(function, path, "a function must not hold itself");
      }
    }
    if (open.size() == MOST_LEVELS) {
      throw refused(function, path, "functions must be at most 32 levels deep in each other");
    }
    open.add(function);
    Planned planned = plan(function, path);
    open.removeLast();
    indexes.put(function, functions.size());
    functions.add(planned);
  }

  private static CodingException refused(
      LocalBindable<?> function, @Nullable ValuePath path, String why) {
    return new CodingException(
        why + ": function=" + function, path == null ? "" : path.toString(), null);
  }

  private Planned plan(LocalBindable<?> function, @Nullable ValuePath path) {
    LocalBindable<?> registered = own.functions().findOrNull(function.name());
    Form form = Form.of(function);
    boolean isKnown =
        registered != null
            && Form.of(registered) == form
            && Targets.callsSame(registered.binding.origin(), function.binding.origin());
    var values = new ArrayList<@Nullable Object>();
    var names = new ArrayList<String>();
    SentLambda lambda = isKnown ? null : lambda(function, path, values, names);
    Signature signature = // what a lambda gives is looked at by who receives it
        isKnown ? function.signature() : function.binding.origin().signature();
    Arguments given = function.binding.arguments();
    Arguments base = isKnown && registered != null ? registered.binding.arguments() : null;
    var gifts = new ArrayList<Gift>();
    for (int i = 0; i < given.signature().arity(); i++) {
      if (base != null && base.isBoundAt(i) && given.isFreeAt(i)) {
        throw refused(
            function,
            path,
            "an argument must not be open that the registered function has bound: parameter="
                + given.signature().parameters().get(i));
      }
      Gift gift = Gift.NONE;
      if (!given.isFreeAt(i) && (base == null || !isSame(given, base, i))) {
        gift = given.isBoundAt(i) ? Gift.ARGUMENT : Gift.DEFAULT;
        values.add(given.raw()[i]);
        names.add(given.signature().parameters().get(i).name());
      }
      gifts.add(gift);
    }
    for (int i = 0; i < values.size(); i++) {
      check(values.get(i), path == null ? ValuePath.of(names.get(i)) : path.field(names.get(i)));
    }
    var sent = new SentFunction(form, function.name(), SentSignature.of(signature), gifts, lambda);
    return new Planned(sent, values, names);
  }

  /** {@return whether the registered function has the same for a parameter} */
  @SuppressWarnings("ReferenceEquality") // what is equal now may change
  private static boolean isSame(Arguments given, Arguments base, int at) {
    Object one = given.raw()[at];
    Object other = base.raw()[at];
    return !base.isFreeAt(at)
        && base.isBoundAt(at) == given.isBoundAt(at)
        && (one == other || (one != null && Inspection.isPlain(one) && one.equals(other)));
  }

  /** {@return how the lambda is made that a function calls} Adds what it captured. */
  private static SentLambda lambda(
      LocalBindable<?> function,
      @Nullable ValuePath path,
      List<@Nullable Object> values,
      List<String> names) {
    Fn fn = function.binding.origin() instanceof FnTarget target ? target.fn() : null;
    SerializedLambda form = fn == null ? null : Targets.form(fn);
    if (fn == null || form == null) {
      throw refused(
          function,
          path,
          "a function must be registered under its name, or be a lambda or method reference in a"
              + " package that is open to this module");
    }
    Class<?> writtenIn = Lambdas.writtenIn(form, fn);
    if (!writtenIn.isAnnotationPresent(Sendable.class)) {
      throw refused(
          function,
          path,
          "a function must be registered under its name, or written in a class that is marked as"
              + " @Sendable: class="
              + writtenIn.getTypeName());
    }
    for (int i = 0; i < form.getCapturedArgCount(); i++) {
      values.add(form.getCapturedArg(i));
      names.add("captured " + (i + 1));
    }
    if (Lambdas.hasThis(form, writtenIn)) {
      names.set(0, "this");
      Object captured = form.getCapturedArg(0);
      if (!captured.getClass().isAnnotationPresent(Sendable.class)) {
        throw Inspection.refused(
            ValuePath.of("this"),
            captured,
            "a lambda must not capture `this` of a class that is not marked as @Sendable; copy what"
                + " it needs to local variables");
      }
    }
    return Lambdas.describe(form, writtenIn, fn);
  }

  // ── writing ──

  /**
   * {@return the message}
   *
   * @param all what {@link #parts} gave, in their order
   * @throws CodingException if something cannot be written
   */
  byte[] write(List<Object> all) {
    List<Object> snapshots = all.subList(0, parts.size());
    checkSnapshots(snapshots);
    byte[] mark = new byte[Wire.MARK];
    RANDOM.nextBytes(mark);
    String text = HexFormat.of().formatHex(mark);
    boolean hasMarks = functions.size() > 1 || !parts.isEmpty();
    var rewriting = new Rewriting(value -> replace(value, text));
    var values = new ArrayList<@Nullable Object>();
    var names = new ArrayList<String>();
    for (Planned each : functions) {
      each.values.forEach(value -> values.add(hasMarks ? rewriting.rewrite(value) : value));
      names.addAll(each.names);
    }
    values.addAll(snapshots);
    parts.forEach(part -> names.add(part.path() + ".snapshot"));
    byte[] bytes = values.isEmpty() ? new byte[0] : encode(values, names);
    if (bytes.length > own.config().maxCaptured()) {
      checkCaptured(values, names);
    }
    List<SentFunction> sent = functions.stream().map(Planned::sent).toList();
    return Wire.write(
        new Wire.Message(own.codec().format(), sent, restorations, !left.isEmpty(), mark, bytes));
  }

  private void checkSnapshots(List<Object> snapshots) {
    var inspecting = new Inspection(own.codec().limits(), Refusing.IN_SNAPSHOTS);
    for (int i = 0; i < snapshots.size(); i++) {
      inspecting.inspect(snapshots.get(i), parts.get(i).path().field("snapshot"));
    }
  }

  private enum Refusing implements Inspection.Finder {
    IN_SNAPSHOTS;

    @Override
    public void found(Quiescent<?> part, ValuePath path, boolean isFree) {
      throw Inspection.refused(path, part, "a snapshot must not have running parts");
    }

    @Override
    public void found(LocalBindable<?> function, ValuePath path) {
      throw Inspection.refused(path, function, "a snapshot must not have functions");
    }
  }

  private Object replace(Object value, String mark) {
    Integer at =
        switch (value) {
          case Quiescent<?> part when partIndexes.containsKey(part) -> partIndexes.get(part);
          case Quiescent<?> part when isLeft.containsKey(part) -> LEFT;
          case Quiescent<?> _ -> null;
          case LocalBindable<?> function -> indexes.get(function);
          default -> LEFT;
        };
    if (at == null) {
      throw new CodingException(
          "values must not change while they are sent: added=" + value.getClass().getTypeName(),
          "",
          null);
    }
    return at < 0 ? value : mark + (value instanceof Quiescent<?> ? 's' : 'f') + at;
  }

  private byte[] encode(List<@Nullable Object> values, List<String> names) {
    try {
      return own.codec().encode(values);
    } catch (CodingException e) {
      throw ValueNames.renamed(e, names);
    }
  }

  /** The values of a lambda are written alone only if all of them together are too long. */
  private void checkCaptured(List<@Nullable Object> values, List<String> names) {
    int most = own.config().maxCaptured();
    int from = 0;
    for (Planned each : functions) {
      SentLambda lambda = each.sent.lambda();
      if (lambda != null && lambda.captured() > 0) {
        int to = from + lambda.captured();
        int length =
            encode(new ArrayList<>(values.subList(from, to)), names.subList(from, to)).length;
        if (length > most) {
          throw new CodingException(
              "a lambda must capture at most %d bytes: captured=%d, lambda=%s, in=%s"
                  .formatted(most, length, each.sent.name(), lambda.writtenIn()),
              "",
              null);
        }
      }
      from += each.values.size();
    }
  }
}
