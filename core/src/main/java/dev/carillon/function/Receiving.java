package dev.carillon.function;

import dev.carillon.function.FunctionCodecConfig.Restoration;
import dev.carillon.function.LocalFunctionCodec.Allowed;
import dev.carillon.function.SentFunction.Form;
import dev.carillon.function.SentFunction.Gift;
import dev.carillon.function.SentSignature.Differs;
import dev.carillon.spi.CodingException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Makes the functions of one message. For one thread. */
final class Receiving {
  /*
   * All names are looked up before a value is read: registered functions, allowed classes, and
   * restorations. Then functions are made in their order; one has marks only of those before it, so
   * it cannot hold itself. Restored objects are told to resume when nothing else can fail.
   */
  private final LocalFunctionCodec own;
  private final Wire.Message message;
  private final String mark; // empty if there is none
  private final List<Quiescent<?>> resting = new ArrayList<>(); // those that the codec made
  private final List<Quiescent<?>> restored = new ArrayList<>();
  private final BitSet used = new BitSet(); // of those restored
  private final List<LocalBindable<?>> made = new ArrayList<>();
  private final Rewriting rewriting = new Rewriting(this::replace);

  /** Makes a function of its values. */
  private interface Maker {
    LocalBindable<?> make(List<? extends @Nullable Object> values);
  }

  Receiving(LocalFunctionCodec own, Wire.Message message) {
    this.own = own;
    this.message = message;
    this.mark = HexFormat.of().formatHex(message.mark());
  }

  private static CodingException refused(String what, @Nullable Throwable cause) {
    return new CodingException(what, "", cause);
  }

  /**
   * {@return the function}
   *
   * @param result what it has to return, now; null for any form and result
   * @throws CodingException if there is none
   */
  LocalBindable<?> receive(@Nullable Class<?> result) {
    if (!message.format().equals(own.codec().format())) {
      throw refused(
          "both sides must have the same codec: sent=%s, here=%s"
              .formatted(message.format(), own.codec().format()),
          null);
    }
    var makers = new ArrayList<Maker>();
    for (SentFunction each : message.functions()) {
      makers.add(each.lambda() == null ? registered(each) : lambda(each, each.lambda()));
    }
    var restorations = new ArrayList<Restoration<?, ?>>();
    for (String each : message.snapshots()) {
      restorations.add(restoration(each));
    }
    List<?> values = values(restorations.size());
    if (message.hasResting()) {
      collectResting(values);
    }
    int first = values.size() - restorations.size();
    for (int i = 0; i < restorations.size(); i++) {
      restored.add(restore(restorations.get(i), values.get(first + i)));
    }
    int next = 0;
    for (int i = 0; i < makers.size(); i++) {
      int count = message.functions().get(i).values();
      var mine = new ArrayList<@Nullable Object>();
      for (Object value : values.subList(next, next + count)) {
        mine.add(mark.isEmpty() ? value : rewriting.rewrite(value));
      }
      made.add(makers.get(i).make(mine));
      next += count;
    }
    LocalBindable<?> function = made.getLast();
    checkResult(function, result);
    if (used.cardinality() != restored.size()) {
      throw refused(
          "a restored object must be an argument or in one: restored=%d, used=%d"
              .formatted(restored.size(), used.cardinality()),
          null);
    }
    resume();
    return function;
  }

  private List<?> values(int snapshots) {
    int count = snapshots;
    for (SentFunction each : message.functions()) {
      count += each.values();
    }
    List<?> values = count == 0 && message.values().length == 0 ? List.of() : decode();
    if (values.size() != count) {
      throw refused(
          "there must be as many values as are taken: taken=%d, values=%d"
              .formatted(count, values.size()),
          null);
    }
    return values;
  }

  private List<?> decode() {
    try {
      return own.codec().decode(message.values(), List.class);
    } catch (CodingException e) {
      throw ValueNames.renamed(e, names());
    }
  }

  private List<String> names() {
    var names = new ArrayList<String>();
    for (SentFunction each : message.functions()) {
      for (int i = 0; each.lambda() != null && i < each.lambda().captured(); i++) {
        names.add("captured " + (i + 1));
      }
      for (int i = 0; i < each.gifts().size(); i++) {
        if (each.gifts().get(i) != Gift.NONE) {
          names.add(each.signature().parameters().get(i).name());
        }
      }
    }
    names.addAll(message.snapshots());
    return names;
  }

  private Object replace(Object value) {
    if (!(value instanceof String text) || !text.startsWith(mark)) {
      return value;
    }
    int length = mark.length();
    List<?> all = text.startsWith("s", length) ? restored : made;
    try {
      int at = Integer.parseInt(text, length + 1, text.length(), 10);
      Object found = all.get(at);
      if (found instanceof Quiescent<?>) {
        used.set(at);
      }
      return found;
    } catch (IndexOutOfBoundsException | NumberFormatException e) {
      throw refused("there is nothing that a mark stands for: mark=" + text, e);
    }
  }

  private static void checkResult(LocalBindable<?> function, @Nullable Class<?> result) {
    if (result == null) {
      return;
    }
    Class<?> returned = Fitting.box(function.signature().result());
    if (!(function instanceof LocalBound<?>) || !result.isAssignableFrom(returned)) {
      throw refused(
          "a function must return a %s when it is called: function=%s"
              .formatted(result.getTypeName(), function.signature()),
          null);
    }
  }

  // ── registered functions ──

  private Maker registered(SentFunction sent) {
    LocalBindable<?> here = own.functions().findOrNull(sent.name());
    if (here == null) {
      throw refused(
          "a function must be registered here: name=\"%s\", sent=%s"
              .formatted(sent.name(), sent.signature()),
          null);
    }
    if (Form.of(here) != sent.form()) {
      throw refused(
          "a function must be of the same form on both sides: name=\"%s\", sent=%s, here=%s"
              .formatted(sent.name(), sent.form(), Form.of(here)),
          null);
    }
    SentSignature local = SentSignature.of(here.signature());
    int[] positions;
    try {
      positions = sent.signature().positionsIn(local);
      checkOthers(here.binding.arguments(), positions);
    } catch (Differs e) {
      throw refused(
          "a function must have the same signature on both sides: %s: name=\"%s\", sent=%s, here=%s"
              .formatted(e.getMessage(), sent.name(), sent.signature(), local),
          e);
    }
    return values -> bind(here, sent, 0, positions, values);
  }

  /** What the sender does not know, the receiver has to have. */
  private static void checkOthers(Arguments here, int[] positions) throws Differs {
    var isSent = new boolean[here.signature().arity()];
    for (int each : positions) {
      isSent[each] = true;
    }
    for (int i = 0; i < isSent.length; i++) {
      Parameter parameter = here.signature().parameters().get(i);
      if (!isSent[i] && here.isFreeAt(i) && !parameter.isVariable()) {
        throw new Differs(
            "parameter \"%s\" is not there, and has no default here".formatted(parameter.name()));
      }
    }
  }

  private static LocalBindable<?> bind(
      LocalBindable<?> function,
      SentFunction sent,
      int from,
      int[] positions,
      List<? extends @Nullable Object> values) {
    Arguments arguments = function.binding.arguments();
    int next = from;
    for (int i = 0; i < positions.length; i++) {
      Gift gift = sent.gifts().get(i);
      if (gift == Gift.NONE) {
        continue;
      }
      if (arguments.isBoundAt(positions[i])) {
        throw refused(
            "an argument must not be sent for what is bound here: parameter=%s, function=%s"
                .formatted(sent.signature().parameters().get(i), function),
            null);
      }
      try {
        arguments = arguments.with(positions[i], values.get(next++), gift == Gift.ARGUMENT);
      } catch (BindingException e) {
        throw refused("an argument does not fit: " + e.getMessage(), e);
      }
    }
    Binding bound = function.binding.with(arguments);
    return sent.form().make(bound);
  }

  // ── lambdas ──

  private Maker lambda(SentFunction sent, SentLambda lambda) {
    Allowed allowed = own.allowed(lambda.writtenIn());
    if (allowed == null) {
      throw refused(
          "the class that a lambda is written in must be allowed here: class=" + lambda.writtenIn(),
          null);
    }
    Lambdas.checkBuild(lambda, allowed);
    return values -> make(sent, lambda, allowed, values);
  }

  private static LocalBindable<?> make(
      SentFunction sent,
      SentLambda lambda,
      Allowed allowed,
      List<? extends @Nullable Object> values) {
    @Nullable Object[] captured = values.subList(0, lambda.captured()).toArray();
    Target target = Targets.of(Lambdas.make(lambda, allowed, captured));
    SentSignature here = SentSignature.of(target.signature());
    Class<?> result = target.signature().result();
    boolean isOfForm =
        switch (sent.form()) {
          case SYNC -> true;
          case ASYNC -> CompletionStage.class.isAssignableFrom(result);
          case GENERATOR -> Stream.class.isAssignableFrom(result);
        };
    if (!here.equals(sent.signature()) || !isOfForm) {
      throw refused(
          "a lambda must have the signature that was sent: form=%s, sent=%s, here=%s"
              .formatted(sent.form(), sent.signature(), here),
          null);
    }
    Binding binding = Binding.of(target);
    LocalBindable<?> function =
        sent.form().make(sent.name().equals(here.name()) ? binding : binding.named(sent.name()));
    int[] positions = new int[here.arity()];
    for (int i = 0; i < positions.length; i++) {
      positions[i] = i;
    }
    return bind(function, sent, lambda.captured(), positions, values);
  }

  // ── running objects ──

  private Restoration<?, ?> restoration(String name) {
    Restoration<?, ?> found = own.restoration(name);
    if (found == null) {
      throw refused("nothing says how to restore an object: name=\"" + name + "\"", null);
    }
    return found;
  }

  private static <S, T extends Quiescent<S>> T restore(
      Restoration<S, T> restoration, @Nullable Object snapshot) {
    if (!restoration.snapshot().isInstance(snapshot)) {
      throw refused(
          "a snapshot must be a %s: snapshot=%s"
              .formatted(
                  restoration.snapshot().getTypeName(),
                  snapshot == null ? "null" : snapshot.getClass().getTypeName()),
          null);
    }
    try {
      return restoration
          .type()
          .cast(restoration.restore().apply(restoration.snapshot().cast(snapshot)));
    } catch (RuntimeException e) {
      throw refused(
          "an object could not be restored: class=" + restoration.type().getTypeName(), e);
    }
  }

  /** A codec may make an object in two places; it resumes once. */
  private void collectResting(List<?> values) {
    var isKnown = new IdentityHashMap<Quiescent<?>, Boolean>();
    var inspection =
        new Inspection(
            own.codec().limits(),
            new Inspection.Finder() {
              @Override
              public void found(Quiescent<?> part, ValuePath path, boolean isFree) {
                if (isKnown.put(part, true) == null) {
                  resting.add(part);
                }
              }

              @Override
              public void found(LocalBindable<?> function, ValuePath path) {
                throw Inspection.refused(path, function, "a codec must not make functions");
              }
            });
    for (int i = 0; i < values.size(); i++) {
      inspection.inspect(values.get(i), ValuePath.of("values").at(i));
    }
  }

  /** Has the restored objects run; brings them to rest again if one cannot. */
  private void resume() {
    int running = 0;
    var all = new ArrayList<>(restored);
    all.addAll(resting);
    try {
      for (Quiescent<?> each : all) {
        each.resume();
        running++;
      }
    } catch (RuntimeException | Error e) { // those that run are to rest
      var failure = refused("a restored object could not resume: " + e, e);
      for (Quiescent<?> each : all.subList(0, running)) {
        stop(each, failure);
      }
      throw failure;
    }
  }

  private void stop(Quiescent<?> running, CodingException failure) {
    try {
      var _ = running.quiesce(own.config().quiesceWithin());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      failure.addSuppressed(e);
    } catch (Exception | Error e) { // the others are to rest all the same
      failure.addSuppressed(e);
    }
  }
}
