package dev.carillon.function;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.binary.BinaryCodec;
import dev.carillon.build.Covers;
import dev.carillon.spi.Codec;
import dev.carillon.spi.CodingException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Lambdas and method references as bytes and back. */
class SentLambdaTest {

  record Rate(String currency, double factor) {}

  /** Lambdas that may be sent. */
  @Sendable
  static class Jobs {
    private final String prefix;

    Jobs(String prefix) {
      this.prefix = prefix;
    }

    static Bound<String> labelled(String label, int times, Rate rate) {
      return Bound.of((String text) -> label.repeat(times) + text + rate);
    }

    static Bound<Double> times(double factor) {
      return Bound.of((Integer amount) -> secret(amount) * factor);
    }

    private static double secret(int amount) {
      return amount + 0.5;
    }

    static Bound<String> upper() {
      return Bound.of(String::strip);
    }

    static Bound<Integer> elsewhere() {
      return Bound.of(Elsewhere::twice);
    }

    static Bound<String> of(Rate rate) {
      return Bound.of(rate::currency);
    }

    static AsyncBound<String> later(String text) {
      return AsyncBound.of(() -> CompletableFuture.completedStage(text));
    }

    static Generator<String> twice(String text) {
      return Generator.of(() -> Stream.of(text, text));
    }

    static Bound<String> around(Bound<String> inner) {
      return Bound.of(() -> "<" + inner.call() + ">");
    }

    static Bound<Integer> big(byte[] bytes) {
      return Bound.of(() -> bytes.length);
    }

    static Bound<String> running(Thread thread) {
      return Bound.of(thread::getName);
    }

    Bound<String> prefixed() {
      return Bound.of((String text) -> prefix + text);
    }
  }

  /** A class of its own, to which a reference leads. */
  static final class Elsewhere {
    static int twice(int number) {
      return 2 * number;
    }
  }

  /** Not marked, though what it extends is. */
  static final class Unmarked extends Jobs {
    Unmarked() {
      super("u");
    }

    static Bound<String> own(String text) {
      return Bound.of(() -> text);
    }
  }

  /** Marked, without any lambda. */
  @Sendable
  static final class Empty {}

  private static final Codec CODEC =
      BinaryCodec.of(c ->
          c.register("rate", Rate.class)
              .registerVia("jobs", Jobs.class, String.class, j -> j.prefix, Jobs::new));

  private final Functions functions = Functions.open("none");
  private final FunctionCodec sender = FunctionCodec.open(functions, CODEC);
  private final FunctionCodec receiver =
      FunctionCodec.open(functions, CODEC, c -> c.allow(Jobs.class));

  @Test
  @Covers("S2")
  void encode_lambdaOfAMarkedClass_isMadeWithWhatItCaptured() throws Exception {
    Bound<String> labelled = Jobs.labelled("ab", 2, new Rate("EUR", 1.5));
    Bound<String> received = receiver.decode(sender.encode(labelled), String.class);
    assertThat(received.call(":")).isEqualTo("abab:Rate[currency=EUR, factor=1.5]");
    assertThat(receiver.decode(sender.encode(labelled.bind(0, "?")), String.class).call())
        .startsWith("abab?");
    assertThat(receiver.decode(sender.encode(Jobs.times(2)), Double.class).call(3)).isEqualTo(7.0);
    assertThat(received.name()).isEqualTo("lambda");
    assertThat(receiver.decode(sender.encode(labelled.named("job"))).name()).isEqualTo("job");
  }

  @Test
  @Covers("S2")
  void encode_methodReference_isMade() throws Exception {
    assertThat(receiver.decode(sender.encode(Jobs.upper()), String.class).call(" A "))
        .isEqualTo("A");
    assertThat(receiver.decode(sender.encode(Jobs.elsewhere()), Integer.class).call(4))
        .isEqualTo(8);
    assertThat(receiver.decode(sender.encode(Jobs.of(new Rate("CHF", 1))), String.class).call())
        .isEqualTo("CHF");
  }

  @Test
  @Covers("S13")
  void encode_otherForms_andSentOn_areMade() throws Exception {
    var async = (AsyncBound<?>) receiver.decode(sender.encode(Jobs.later("l")));
    assertThat(async.call().toCompletableFuture().get()).isEqualTo("l");
    var twice = (Generator<?>) receiver.decode(sender.encode(Jobs.twice("t")));
    assertThat(receiver.decode(receiver.encode(twice))).isInstanceOf(Generator.class);
    try (Stream<?> results = twice.call()) {
      assertThat(results.toArray()).containsExactly("t", "t");
    }
    byte[] around = sender.encode(Jobs.around(Jobs.around(Jobs.of(new Rate("x", 0)))));
    assertThat(receiver.decode(around, String.class).call()).isEqualTo("<<x>>");
  }

  @Test
  @Covers("S2")
  void encode_capturedThis_needsAMarkedClassThatTheCodecKnows() throws Exception {
    byte[] bytes = sender.encode(new Jobs("p-").prefixed());
    assertThat(receiver.decode(bytes, String.class).call("x")).isEqualTo("p-x");
    assertThatThrownBy(() -> sender.encode(new Unmarked().prefixed()))
        .isInstanceOf(CodingException.class)
        .hasMessageContaining("must not capture `this` of a class that is not marked")
        .hasMessageEndingWith(", at this");
  }

  @Test
  void encode_classNotMarked_isRefused() {
    assertThatThrownBy(() -> sender.encode(Unmarked.own("x")))
        .isInstanceOf(CodingException.class)
        .hasMessageContaining("marked as @Sendable: class=" + Unmarked.class.getTypeName());
    assertThatThrownBy(() -> FunctionCodec.open(functions, CODEC, c -> c.allow(Unmarked.class)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("must be marked as @Sendable: class=" + Unmarked.class.getTypeName());
  }

  @Test
  @Covers("S2")
  void decode_classNotAllowed_isRefused() {
    byte[] bytes = sender.encode(Jobs.upper());
    assertThatThrownBy(() -> sender.decode(bytes))
        .isInstanceOf(CodingException.class)
        .hasMessageContaining("must be allowed here: class=" + Jobs.class.getName());
  }

  @Test
  void decode_anotherLambdaOrOtherCaptures_isRefused() {
    byte[] bytes = sender.encode(Jobs.labelled("ab", 2, new Rate("EUR", 1.5)));
    Wire.Message message = Wire.read(bytes);
    SentFunction sent = message.functions().getFirst();
    SentLambda lambda = java.util.Objects.requireNonNull(sent.lambda());
    var renamed =
        new SentLambda(
            lambda.writtenIn(),
            lambda.build(),
            lambda.leadsTo(),
            lambda.fn(),
            lambda.fnMethod(),
            lambda.fnType(),
            lambda.kind(),
            lambda.owner(),
            "secret",
            lambda.type(),
            lambda.madeType(),
            lambda.captured());
    assertThatThrownBy(() -> receiver.decode(with(message, sent, renamed, message.values())))
        .isInstanceOf(CodingException.class)
        .hasMessageContaining("no such lambda is written in the class")
        .hasMessageContaining("lambda=secret");
    byte[] others = CODEC.encode(Arrays.asList("ab", "two", null));
    assertThatThrownBy(() -> receiver.decode(with(message, sent, lambda, others)))
        .isInstanceOf(CodingException.class)
        .hasMessageContaining("or it captured something else");
    FunctionCodec empty = FunctionCodec.open(functions, CODEC, c -> c.allow(Empty.class));
    var inEmpty =
        new SentLambda(
            Empty.class.getName(),
            BuildHash.of(Empty.class),
            null,
            lambda.fn(),
            lambda.fnMethod(),
            lambda.fnType(),
            lambda.kind(),
            lambda.owner(),
            lambda.method(),
            lambda.type(),
            lambda.madeType(),
            lambda.captured());
    // Empty is of the same nest, so of the same build
    assertThatThrownBy(() -> empty.decode(with(message, sent, inEmpty, message.values())))
        .hasMessageContaining(
            "no function is written in the class: class=" + Empty.class.getName());
  }

  private static byte[] with(
      Wire.Message message, SentFunction sent, SentLambda lambda, byte[] values) {
    var changed =
        new SentFunction(sent.form(), sent.name(), sent.signature(), sent.gifts(), lambda);
    return Wire.write(
        new Wire.Message(
            message.format(),
            List.of(changed),
            message.snapshots(),
            false,
            message.mark(),
            values));
  }

  @Test
  void encode_capturesTooMuch_saysTheSize() throws Exception {
    Bound<Integer> big = Jobs.big(new byte[70_000]);
    assertThatThrownBy(() -> sender.encode(big))
        .isInstanceOf(CodingException.class)
        .hasMessageContaining("must capture at most 65536 bytes: captured=70");
    FunctionCodec wide = FunctionCodec.open(functions, CODEC, c -> c.withMaxCaptured(100_000));
    assertThat(receiver.decode(wide.encode(big), Integer.class).call()).isEqualTo(70_000);
  }

  @Test
  void sendable_capturedThread_isRefusedAtOnce() {
    assertThatThrownBy(() -> sender.sendable(Jobs.running(Thread.currentThread())))
        .isInstanceOf(BindingException.class)
        .hasMessageContaining("it is a thread, at captured 1");
  }

  @Test
  void config_outOfRange_isRefused() {
    assertThatThrownBy(() -> FunctionCodecConfig.DEFAULT.withMaxCaptured(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("maxCaptured must be 1 to 2000000000: maxCaptured=0");
    assertThatThrownBy(() -> FunctionCodecConfig.DEFAULT.withQuiesceWithin(java.time.Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("quiesceWithin must be PT0.001S to PT1H: quiesceWithin=PT0S");
  }
}
