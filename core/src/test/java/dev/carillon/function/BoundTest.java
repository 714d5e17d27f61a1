package dev.carillon.function;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.build.Covers;
import dev.carillon.event.EventSystem;
import dev.carillon.event.PoisonedException;
import dev.carillon.event.Promise;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Functions with some of their arguments. */
class BoundTest {

  /** Functions to bind. */
  static final class Mailer {
    private final String host;

    Mailer(String host) {
      this.host = host;
    }

    static String send(String to, String text, int retries) {
      return to + "|" + text + "|" + retries;
    }

    String deliver(String to, long size) {
      return host + ":" + to + ":" + size;
    }

    static String join(String separator, Object... parts) {
      return String.join(separator, Stream.of(parts).map(String::valueOf).toList());
    }

    static @Nullable String orNull(@Nullable String value) {
      return value;
    }

    static int fail(String why) throws IOException {
      throw new IOException(why);
    }

    static CompletionStage<Integer> later(int value) {
      return CompletableFuture.completedStage(value);
    }

    static Stream<Integer> count(int to) {
      return Stream.iterate(1, i -> i + 1).limit(to);
    }
  }

  record Letter(String to, String text) {}

  private final Bound<String> send = Bound.of(Mailer::send);

  @Test
  @Covers("S6")
  void bind_byName_callsWithTheArgumentInItsPlace() throws Exception {
    assertThat(send.bind("retries", 3).bind("to", "a").bind("text", "b").call()).isEqualTo("a|b|3");
  }

  @Test
  @Covers("S6")
  void bind_byPosition_callsWithTheArgumentInItsPlace() throws Exception {
    assertThat(send.bind(2, 3).bind(0, "a").bind(1, "b").call()).isEqualTo("a|b|3");
    assertThat(send.bindNext("a", "b").call(3)).isEqualTo("a|b|3");
    assertThat(send.bind("text", "b").callWith("a", 3)).isEqualTo("a|b|3");
  }

  @Test
  @Covers("S6")
  void bind_givesAnotherValue_andLeavesTheFirst() throws Exception {
    Bound<String> toA = send.bind("to", "a");
    Bound<String> one = toA.bindNext("x", 1);
    Bound<String> two = toA.bindNext("y", 2);
    assertThat(one.call()).isEqualTo("a|x|1");
    assertThat(two.call()).isEqualTo("a|y|2");
    assertThat(toA.isComplete()).isFalse();
    assertThat(toA.arguments()).containsExactly(Map.entry("to", "a"));
    assertThat(toA.missing()).extracting(Parameter::name).containsExactly("text", "retries");
  }

  @Test
  void signature_ofAMethodReference_hasTheNamesOfItsMethod() {
    assertThat(send.signature())
        .hasToString("send(to: String, text: String, retries: Integer): String");
    assertThat(send.name()).isEqualTo("send");
    assertThat(send.method()).get().extracting(m -> m.getDeclaringClass()).isEqualTo(Mailer.class);
  }

  @Test
  void signature_ofInstanceMethods_hasTheReceiverFirstUnlessItIsBound() throws Exception {
    Fn3<Mailer, String, Long, String> free = Mailer::deliver;
    Bound<String> unbound = Bound.of(free);
    assertThat(unbound.bind("self", new Mailer("h")).bind("to", "t").bind("size", 5).call())
        .isEqualTo("h:t:5"); // an int was widened
    Mailer mailer = new Mailer("k");
    Fn2<String, Long, String> held = mailer::deliver;
    assertThat(Bound.of(held).bind("to", "t").call(7L)).isEqualTo("k:t:7");
  }

  @Test
  void signature_ofAConstructor_isThatOfTheConstructor() throws Exception {
    Bound<Letter> letter = Bound.of(Letter::new);
    assertThat(letter.bind("text", "t").bind("to", "a").call()).isEqualTo(new Letter("a", "t"));
    assertThat(letter.name()).isEqualTo("new Letter");
  }

  @Test
  @Covers("S6")
  void withDefault_isUsedUnlessBound() throws Exception {
    Bound<String> twice = send.withDefault("retries", 2).bindNext("a", "b");
    assertThat(twice.isComplete()).isTrue();
    assertThat(twice.call()).isEqualTo("a|b|2");
    assertThat(twice.bind("retries", 9).call()).isEqualTo("a|b|9");
    assertThat(twice.call(8)).isEqualTo("a|b|8");
    assertThat(twice)
        .hasToString("send(to: String (bound), text: String (bound), retries: Integer = 2)");
  }

  @Test
  void bindRecord_bindsEachComponentByName() throws Exception {
    assertThat(send.bindRecord(new Letter("a", "b")).call(1)).isEqualTo("a|b|1");
    assertThatThrownBy(() -> Bound.of(Mailer::fail).bindRecord(new Letter("a", "b")))
        .isInstanceOf(BindingException.class)
        .hasMessageContaining("there is no parameter \"to\"")
        .hasMessageContaining("fail(why: String)");
  }

  @Test
  void bindAll_withOneWrong_bindsNone() {
    assertThatThrownBy(() -> send.bindAll(Map.of("to", "a", "subject", "s")))
        .isInstanceOf(BindingException.class)
        .hasMessageContaining("there is no parameter \"subject\"")
        .hasMessageContaining("send(");
  }

  @Test
  void varargs_takeWhatIsLeft_aWholeArray_orNothing() throws Exception {
    var method = Mailer.class.getDeclaredMethod("join", String.class, Object[].class);
    Bound<String> join = Bound.of(method, String.class);
    assertThat(join.bindNext("-", 1, 2, 3).call()).isEqualTo("1-2-3");
    assertThat(join.bindNext("-", new Object[] {4, 5}).call()).isEqualTo("4-5");
    assertThat(join.bind("parts", new Object[0]).call("-")).isEmpty();
    assertThat(join.callWith("-")).isEmpty();
  }

  // ── what does not fit ──

  @Test
  void call_withArgumentsMissing_listsThem() {
    assertThatThrownBy(() -> send.bind("text", "t").call())
        .isInstanceOf(BindingException.class)
        .hasMessage(
            "cannot bind send(to: String, text: String (bound), retries: Integer):"
                + " missing: to: String, retries: Integer");
  }

  @Test
  void bind_surplus_isRefused() {
    assertThatThrownBy(() -> send.bindNext("a", "b", 3, "c", "d"))
        .isInstanceOf(BindingException.class)
        .hasMessageContaining("5 arguments are too many, 3 can be taken: surplus=[c, d]");
    assertThatThrownBy(() -> send.bind(3, "x"))
        .isInstanceOf(BindingException.class)
        .hasMessageContaining("a position must be 0 to 2: position=3");
  }

  @Test
  void bind_twice_isRefused() {
    assertThatThrownBy(() -> send.bind("to", "a").bind("to", "b"))
        .isInstanceOf(BindingException.class)
        .hasMessageContaining("\"to\" is bound already, to a (java.lang.String)");
    assertThatThrownBy(() -> send.bind("to", "a").bind(0, "b"))
        .isInstanceOf(BindingException.class)
        .hasMessageContaining("position 0 is bound already");
    assertThatThrownBy(() -> send.bind("to", "a").withDefault("to", "b"))
        .isInstanceOf(BindingException.class)
        .hasMessageContaining("a default has no use");
  }

  @Test
  void bind_ofAnotherType_isRefused() throws Exception {
    assertThatThrownBy(() -> send.bind("retries", "three"))
        .isInstanceOf(BindingException.class)
        .hasMessageContaining(
            "\"retries\" must be of type java.lang.Integer: value=three (java.lang.String)");
    assertThatThrownBy(() -> send.bind("retries", 3L)) // it could lose digits
        .isInstanceOf(BindingException.class);
    var method = Mailer.class.getDeclaredMethod("later", int.class);
    assertThatThrownBy(() -> Bound.of(method, CompletionStage.class).bind(0, null))
        .isInstanceOf(BindingException.class)
        .hasMessageContaining("must be of type int: value=null");
    assertThatThrownBy(() -> Bound.of(method, String.class))
        .isInstanceOf(BindingException.class)
        .hasMessageContaining("returns a java.util.concurrent.CompletionStage");
  }

  @Test
  void bind_lambdaByName_saysThatItHasNone() throws Exception {
    Fn2<Integer, Integer, Integer> plus = (a, b) -> a + b;
    Bound<Integer> sum = Bound.of(plus);
    assertThatThrownBy(() -> sum.bind("a", 1))
        .isInstanceOf(BindingException.class)
        .hasMessageContaining("its parameters have no names, so bind by position");
    assertThat(sum.signature()).hasToString("lambda(arg0: Integer, arg1: Integer): Integer");
    assertThat(sum.bind(1, 2).call(1)).isEqualTo(3);
    assertThat(sum.method()).isEmpty();
  }

  // ── forms ──

  @Test
  @Covers("S7")
  void bound_isACallableAndAWork() throws Exception {
    Bound<String> ready = send.bindNext("a", "b", 1);
    Callable<String> callable = ready;
    assertThat(callable.call()).isEqualTo("a|b|1");
    assertThat(Bound.ofCallable(callable)).isSameAs(ready);
    assertThat(Bound.ofCallable(() -> 5).call()).isEqualTo(5);
    try (var carillon = dev.carillon.Carillon.open()) {
      assertThat(carillon.scheduler().call(o -> o, ready).await()).isEqualTo("a|b|1");
      assertThat(carillon.scheduler().submit(ready).await(Duration.ofSeconds(10))).isTrue();
    }
  }

  @Test
  @Covers("S12")
  void callAsync_onAnExecutor_promisesTheResultOrTheFailure() throws Exception {
    try (var events = EventSystem.create()) {
      assertThat(send.bindNext("a", "b", 1).callAsync(events, Runnable::run).await())
          .isEqualTo("a|b|1");
      var failed = Bound.of(Mailer::fail).bind("why", "no host").callAsync(events, Runnable::run);
      assertThatThrownBy(failed::await)
          .isInstanceOf(PoisonedException.class)
          .hasMessageContaining("no host");
      var none = Bound.of(Mailer::orNull).bind(0, null).callAsync(events, Runnable::run);
      assertThatThrownBy(none::await).hasMessageContaining("has no result");
      Executor full =
          _ -> {
            throw new RejectedExecutionException("full");
          };
      var refused = send.bindNext("a", "b", 1).callAsync(events, full);
      assertThatThrownBy(refused::await).hasMessageContaining("full");
      assertThatThrownBy(() -> send.callAsync(events, Runnable::run))
          .isInstanceOf(BindingException.class);
    }
  }

  @Test
  void callAsync_completedBySomebodyElse_isLeftAsItIs() throws Exception {
    try (var events = EventSystem.create()) {
      var calls = new ArrayList<Runnable>();
      for (Bound<?> function :
          List.of(
              send.bindNext("a", "b", 1),
              Bound.of(Mailer::fail).bind("why", "no host"),
              Bound.of(Mailer::orNull).bind(0, null))) {
        Promise<?> promise = completed(function.callAsync(events, calls::add));
        calls.removeFirst().run();
        assertThat(promise.await()).isEqualTo("early");
      }
    }
  }

  @SuppressWarnings("unchecked") // nobody reads it
  private static Promise<?> completed(Promise<?> promise) {
    ((Promise<Object>) promise).complete("early");
    return promise;
  }

  @Test
  @Covers("S12")
  void async_promisesWhatTheStageBrings() throws Exception {
    AsyncBound<Integer> later = AsyncBound.of(Mailer::later);
    try (var events = EventSystem.create()) {
      assertThat(later.bind("value", 5).start(events).await()).isEqualTo(5);
    }
    assertThat(later.callWith(6).toCompletableFuture()).isCompletedWithValue(6);
  }

  @Test
  @Covers("S12")
  void generator_givesItsResultsOneByOne() throws Exception {
    Generator<Integer> count = Generator.of(Mailer::count);
    try (Stream<Integer> some = count.bind("to", Integer.MAX_VALUE).call()) {
      assertThat(some.limit(3)).containsExactly(1, 2, 3);
    }
  }

  @Test
  void named_isFoundInErrorsBesideTheSignature() {
    assertThat(send.named("alarm"))
        .hasToString("alarm = send(to: String, text: String, retries: Integer)");
    assertThatThrownBy(() -> send.named(" ")).isInstanceOf(IllegalArgumentException.class);
  }
}
