package dev.carillon.bench;

import dev.carillon.function.Bound;
import dev.carillon.function.Functions;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.CompilerControl;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * J3: what a bound function costs around what it calls. The work is not inlined, so all subjects
 * pay the same for it; a row without anything around it says how much. The mixed subjects go round
 * six callables of as many classes and numbers of parameters, so that no call site knows its
 * target.
 */
@State(Scope.Thread)
public class BoundCalls {
  static final Group GROUP =
      Group.of(
          "J3",
          "call of a function with two arguments that are bound",
          Group.Unit.NS,
          "call",
          "bound",
          List.of(
              Session.of(
                  BoundCalls.class,
                  "plain",
                  "handle",
                  "bound",
                  "boundLast",
                  "boundArray",
                  "boundMethod",
                  "boundCounted"),
              Session.of(BoundCalls.class, "plainMixed", "boundMixed").withVariant("mixed")),
          List.of(
              over("≤ 5 ns over the plain call", "bound", "plain"),
              over("≤ 5 ns over the plain call, one argument left", "boundLast", "plain"),
              Goal.bytes("0 B", 0.05, "bound", 0),
              Goal.bytes("0 B, one argument left", 0.05, "boundLast", 0),
              new Goal(
                  "0 B, mixed",
                  rows -> rows.find("boundMixed", "mixed", 0).map(row -> new Score(row.bytes(), 0)),
                  0.05,
                  false)));

  private static Goal over(String text, String method, String bare) {
    return new Goal(
        text,
        rows ->
            rows.find(method, "", 0)
                .flatMap(with -> rows.find(bare, "", 0).map(without -> difference(with, without))),
        5,
        true);
  }

  private static Score difference(Row with, Row without) {
    Score time = Objects.requireNonNull(with.time());
    Score less = Objects.requireNonNull(without.time());
    return new Score(time.value() - less.value(), Math.hypot(time.error(), less.error()));
  }

  private static final int MIXED = 8;

  private String first = "first";
  private String second = "second";
  private int next;

  private final MethodHandle picking = pickingHandle();
  private final Bound<String> bound = Bound.of(BoundCalls::pick).bindNext(first, second);
  private final Bound<String> half = Bound.of(BoundCalls::pick).bindNext(first);
  private final Bound<String> free = Bound.of(BoundCalls::pick);
  private final Bound<String> method = ofMethod().bindNext(first, second);
  private final Bound<String> counted = Functions.open("bench").register(bound.named("pick"));
  private final List<Bound<String>> mixed =
      List.of(
          Bound.of(() -> pick("a", "b")),
          Bound.of((String a) -> pick(a, "b")).bindNext(first),
          bound,
          Bound.of((String a, String b, String c) -> pick(a, c)).bindNext(first, second, "c"),
          Bound.of((String a, String b, String c, String d) -> pick(a, d))
              .bindNext(first, second, "c", "d"),
          Bound.of((String a, String b, String c, String d, String e) -> pick(a, e))
              .bindNext(first, second, "c", "d", "e"),
          Bound.of((String a, String b) -> pick(b, a)).bindNext(first, second),
          Bound.of((String a) -> pick("b", a)).bindNext(first));
  private final List<Callable<String>> plainMixed =
      List.of(
          () -> pick("a", "b"),
          () -> pick(first, "b"),
          () -> pick(first, second),
          () -> pick(first, "c"),
          () -> pick(first, "d"),
          () -> pick(first, "e"),
          () -> pick(second, first),
          () -> pick("b", first));

  private static MethodHandle pickingHandle() {
    try {
      return MethodHandles.lookup()
          .findStatic(
              BoundCalls.class,
              "pick",
              MethodType.methodType(String.class, String.class, String.class));
    } catch (ReflectiveOperationException e) {
      throw new BenchmarkException("the work is there", e);
    }
  }

  private static Bound<String> ofMethod() {
    try {
      return Bound.of(
          BoundCalls.class.getDeclaredMethod("pick", String.class, String.class), String.class);
    } catch (NoSuchMethodException e) {
      throw new BenchmarkException("the work is there", e);
    }
  }

  /** The work. */
  @CompilerControl(CompilerControl.Mode.DONT_INLINE)
  public static String pick(String a, String b) {
    return a.length() > b.length() ? a : b;
  }

  @Benchmark
  @Subject("the call alone")
  public String plain() {
    return pick(first, second);
  }

  @Benchmark
  @Subject("MethodHandle in a field")
  public String handle() throws Throwable {
    return (String) picking.invokeExact(first, second);
  }

  @Benchmark
  @Subject("Carillon, both arguments bound")
  public String bound() throws Exception {
    return bound.call();
  }

  @Benchmark
  @Subject("Carillon, one bound and one given")
  public String boundLast() throws Exception {
    return half.call(second);
  }

  @Benchmark
  @Subject("Carillon, both given as an array")
  public String boundArray() throws Exception {
    return free.callWith(first, second);
  }

  @Benchmark
  @Subject("Carillon, a method, both bound")
  public String boundMethod() throws Exception {
    return method.call();
  }

  @Benchmark
  @Subject("Carillon, registered and so counted")
  public String boundCounted() throws Exception {
    return counted.call();
  }

  @Benchmark
  @Subject("lambdas")
  public String plainMixed() throws Exception {
    return plainMixed.get(next++ & (MIXED - 1)).call();
  }

  @Benchmark
  @Subject("Carillon")
  public String boundMixed() throws Exception {
    return mixed.get(next++ & (MIXED - 1)).call();
  }
}
