package dev.carillon.function;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.build.Covers;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntBinaryOperator;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Whatever can be called, as a bound function. */
class CallablesTest {

  static String greet(String name, int times) {
    return ("hi " + name + " ").repeat(times).strip();
  }

  /** An interface of a user's, which is not marked. */
  interface Pricing {
    long price(String article, int count);

    @Override
    boolean equals(Object other); // every object has it, so it does not count
  }

  /** A class that is called in one way. */
  static final class Doubling implements UnaryOperator<Integer>, Comparable<Doubling> {
    @Override
    public Integer apply(Integer n) {
      return 2 * n;
    }

    @Override
    public int compareTo(Doubling other) {
      return 0;
    }
  }

  /** A class that is called in two ways. */
  static final class Both implements Supplier<String>, Callable<String> {
    @Override
    public String get() {
      return "get";
    }

    @Override
    public String call() {
      return "call";
    }
  }

  @Test
  @Covers("S8")
  void ofAny_functionsOfTheJdk_areCalledWithTheirArguments() throws Exception {
    Supplier<String> supplier = () -> "s";
    assertThat(Bound.ofAny(supplier, String.class).call()).isEqualTo("s");
    Function<String, Integer> length = String::length;
    assertThat(Bound.ofAny(length, Integer.class).call("abc")).isEqualTo(3);
    BiFunction<String, Integer, String> greets = CallablesTest::greet;
    assertThat(Bound.ofAny(greets, String.class).bind(1, 2).call("you")).isEqualTo("hi you hi you");
    Predicate<String> isEmpty = String::isEmpty;
    assertThat(Bound.ofAny(isEmpty, Boolean.class).call("")).isTrue();
    IntBinaryOperator plus = Integer::sum;
    assertThat(Bound.ofAny(plus, Integer.class).callWith(1, 2)).isEqualTo(3);
    Comparator<String> natural = Comparator.naturalOrder();
    assertThat(Bound.ofAny(natural, Integer.class).callWith("a", "b")).isNegative();
    assertThat(Bound.ofAny(new Doubling(), Integer.class).call(4)).isEqualTo(8);
    assertThat(Bound.ofAny(new Doubling(), Integer.class).name()).isEqualTo("Doubling");
  }

  @Test
  @Covers("S8")
  void ofAny_withoutAResult_isVoid() throws Exception {
    var told = new ArrayList<String>();
    Runnable runnable = () -> told.add("ran");
    Consumer<String> consumer = told::add;
    assertThat(Bound.ofAny(runnable, Void.class).call()).isNull();
    assertThat(Bound.ofAny(consumer, Void.class).call("took")).isNull();
    assertThat(told).containsExactly("ran", "took");
    Functions functions = Functions.open("runs");
    functions.register(Bound.ofAny(runnable, Void.class).named("run"));
    assertThat(functions.require("run", Void.class).call()).isNull();
  }

  @Test
  @Covers("S8")
  void ofAny_methodsAndHandles_areCalled() throws Exception {
    var greet = CallablesTest.class.getDeclaredMethod("greet", String.class, int.class);
    assertThat(Bound.ofAny(greet, String.class).bind("times", 1).call("a")).isEqualTo("hi a");
    var handle =
        MethodHandles.lookup()
            .findStatic(List.class, "of", MethodType.methodType(List.class, Object[].class));
    Bound<?> list = Bound.ofAny(handle, List.class);
    assertThat(list.signature()).hasToString("handle(arg0: Object...): List");
    assertThat(list.callWith(1, 2, 3)).isEqualTo(List.of(1, 2, 3));
  }

  @Test
  @Covers("S8")
  void ofAny_boundFunctionsAndReferences_keepNamesAndArguments() throws Exception {
    Fn2<String, Integer, String> reference = CallablesTest::greet;
    assertThat(Bound.ofAny(reference, String.class).bind("name", "a").call(1)).isEqualTo("hi a");
    Bound<String> twice = Bound.of(CallablesTest::greet).bind("times", 2).named("twice");
    assertThat(Bound.ofAny(twice, String.class).call("b")).isEqualTo("hi b hi b");
    assertThat(Bound.ofAny(twice, String.class).name()).isEqualTo("twice");
    Fn1<Integer, CompletionStage<Integer>> stage = CompletableFuture::completedStage;
    AsyncBound<Integer> later = AsyncBound.of(stage);
    assertThat(Bound.ofAny(later, CompletionStage.class).call(1).toCompletableFuture().join())
        .isEqualTo(1);
  }

  @Test
  void ofAny_anInterfaceOfTheUsers_isCalled() throws Exception {
    Pricing pricing = (article, count) -> article.length() * (long) count;
    Bound<Long> price = Bound.ofAny(pricing, Long.class);
    assertThat(price.callWith("pear", 3)).isEqualTo(12);
    assertThat(price.bind("article", "fig").call(2)).isEqualTo(6); // compiled with -parameters
  }

  @Test
  void ofAny_whatCannotBeCalled_isRefused() {
    assertThatThrownBy(() -> Bound.ofAny("text", String.class))
        .isInstanceOf(BindingException.class)
        .hasMessageContaining("a callable must be")
        .hasMessageContaining("type=java.lang.String");
    assertThatThrownBy(() -> Bound.ofAny(new Both(), String.class))
        .isInstanceOf(BindingException.class)
        .hasMessageContaining("one functional interface")
        .hasMessageContaining("Supplier.get()")
        .hasMessageContaining("Callable.call()");
  }

  @Test
  void ofAny_ofAnotherResult_isRefused_orFailsWhenItIsSeen() {
    Predicate<String> isEmpty = String::isEmpty;
    assertThatThrownBy(() -> Bound.ofAny(isEmpty, String.class))
        .isInstanceOf(BindingException.class)
        .hasMessageContaining("returns a java.lang.Boolean, and no java.lang.String");
    Function<String, Integer> length = String::length;
    Bound<String> wrong = Bound.ofAny(length, String.class);
    assertThatThrownBy(() -> wrong.call("abc"))
        .isInstanceOf(ClassCastException.class)
        .hasMessageContaining("returned a java.lang.Integer");
  }
}
