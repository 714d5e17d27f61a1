package dev.carillon.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.build.Covers;
import dev.carillon.build.Gen;
import dev.carillon.build.Property;
import dev.carillon.build.Workers;
import dev.carillon.codec.ForySamples.Circle;
import dev.carillon.codec.ForySamples.Node;
import dev.carillon.codec.ForySamples.Shape;
import dev.carillon.codec.ForySamples.Square;
import dev.carillon.spi.CodingException;
import java.io.Serializable;
import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Stream;
import org.apache.fory.Fory;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Values by Fory, behind the codecs' own interface. */
@Covers("S3")
final class ForyCodecTest {
  /** A value with a type that nobody named. */
  record Unnamed(int number) {}

  /** A record that checks itself. */
  record Positive(int number) {
    Positive {
      if (number < 1) {
        var reason = new IllegalStateException("that is the rule");
        throw new IllegalArgumentException("number must be positive: number=" + number, reason);
      }
    }
  }

  /** A record of the same shape that does not. */
  record Unchecked(int number) {}

  /** An object that serialises itself. */
  static final class Itself implements Serializable {
    private static final long serialVersionUID = 1L;

    private Object readResolve() {
      return this;
    }
  }

  private static final ForyCodec CODEC = ForyCodec.of(ForySamples::types);

  @TestFactory
  Stream<DynamicTest> decode_ofEncoded_isTheValue() {
    return Property.check(
        "a value is what Fory reads of what it wrote",
        100,
        gen -> {
          Object value = ForySamples.value(gen, 4);
          byte[] bytes = CODEC.encode(value);
          assertThat(CODEC.decode(bytes, Object.class)).isEqualTo(value);
          assertThat(CODEC.encode(value)).isEqualTo(bytes);
        });
  }

  @Test
  void decode_circlesAndSharedParts_areThoseAgain() {
    var node = new Node();
    node.name = "a";
    node.next = node;
    node.others.add(node);
    Node read = CODEC.decode(CODEC.encode(node), Node.class);
    assertThat(read.name).isEqualTo("a");
    assertThat(read.next).isSameAs(read);
    assertThat(read.others).singleElement().isSameAs(read);
  }

  @Test
  void decode_arraysAndConstantsWithBodies_areThose() {
    Object[] items = {new Samples.Item("a", 1, Samples.Size.LARGE), null};
    assertThat(CODEC.decode(CODEC.encode(List.of(1, items[0])), Object.class))
        .isEqualTo(List.of(1, items[0]));
    Samples.Item[] typed = {new Samples.Item("a", 1, Samples.Size.LARGE), null};
    assertThat(CODEC.decode(CODEC.encode(typed), Samples.Item[].class)).isEqualTo(typed);
    assertThat(CODEC.decode(CODEC.encode(new int[] {1, 2}), int[].class))
        .isEqualTo(new int[] {1, 2});
    assertThat(CODEC.decode(CODEC.encode(Samples.Size.LARGE), Samples.Size.class))
        .isSameAs(Samples.Size.LARGE);
  }

  @Test
  void typeOf_value_isTheNameThatWasGiven() {
    assertThat(CODEC.typeOf(new Circle(1))).isEqualTo("test.Circle");
    assertThat(CODEC.typeOf(Samples.Size.LARGE)).isEqualTo("test.Size");
    assertThat(CODEC.typeOf(new Circle[0])).isEqualTo("test.Circle[]");
    assertThat(CODEC.typeOf("a")).isEqualTo("java.lang.String");
    assertThatExceptionOfType(CodingException.class)
        .isThrownBy(() -> CODEC.typeOf(new Unnamed(1)))
        .withMessageContainingAll("withType", Unnamed.class.getName());
    assertThat(CODEC.format()).isEqualTo("fory-evolving/1");
  }

  @Test
  void encode_whatIsNotNamed_isRefused() {
    refusedToWrite(new Unnamed(1), "Unnamed");
    refusedToWrite(List.of(new Unnamed(1)), "Unnamed");
    refusedToWrite(Thread.currentThread(), "Thread");
    refusedToWrite(List.of(new Object[] {Thread.currentThread()}), "Thread");
    Runnable lambda = (Runnable & Serializable) () -> {};
    refusedToWrite(lambda, "Lambda");
    var node = new Node();
    node.task = lambda;
    refusedToWrite(node, "lambda or proxy");
    node.task =
        (Runnable)
            Proxy.newProxyInstance(
                ForyCodecTest.class.getClassLoader(),
                new Class<?>[] {Runnable.class},
                (_, _, _) -> null);
    refusedToWrite(node, "lambda or proxy");
    node.task = null;
    assertThat(CODEC.decode(CODEC.encode(node), Node.class).task).isNull(); // still works
  }

  @Test
  void encode_queueOverAnArray_isRefused_andOthersAreRead() {
    var bounded = new ArrayBlockingQueue<Object>(100);
    bounded.add("a");
    refusedToWrite(bounded, "ArrayBlockingQueue");
    refusedToWrite(new Object[] {bounded}, "LinkedBlockingQueue: class=");
    assertThat(CODEC.decode(CODEC.encode(new ArrayDeque<>(bounded)), Object.class).toString())
        .isEqualTo("[a]");
    for (var queue :
        List.of(new LinkedBlockingQueue<Object>(), new LinkedBlockingQueue<Object>(100))) {
      queue.add("a");
      var read = CODEC.decode(CODEC.encode(queue), LinkedBlockingQueue.class);
      assertThat(read.toString()).isEqualTo("[a]");
      assertThat(read.remainingCapacity()).isEqualTo(queue.remainingCapacity());
    }
  }

  private static void refusedToWrite(Object value, String words) {
    assertThatExceptionOfType(CodingException.class)
        .isThrownBy(() -> CODEC.encode(value))
        .withMessageContaining(words);
  }

  private static void refusedToRead(byte[] bytes, String... words) {
    assertThatExceptionOfType(CodingException.class)
        .isThrownBy(() -> CODEC.decode(bytes, Object.class))
        .withMessageContainingAll(words);
  }

  @Test
  void decode_bytesOfAnotherFory_givesNoLambda() {
    Fory open = Fory.builder().withXlang(false).withRefTracking(true).build();
    open.register(Node.class, "test.Node");
    open.register(ForyCodecTest.class, "test.Test");
    ForyCodec codec =
        ForyCodec.of(c -> ForySamples.types(c).withType("test.Test", ForyCodecTest.class));
    Runnable lambda = (Runnable & Serializable) () -> {};
    for (Object bad : List.of(lambda, new Object[] {lambda})) {
      byte[] bytes = framed(open.serialize(bad));
      assertThatExceptionOfType(CodingException.class)
          .isThrownBy(() -> codec.decode(bytes, Object.class))
          .withMessageContaining("must not stand for a lambda or proxy");
    }
  }

  /** {@return what a Fory wrote as bytes of the codec} */
  private static byte[] framed(byte[] written) {
    byte[] header = Arrays.copyOf(CODEC.encode(1), 2);
    byte[] bytes = Arrays.copyOf(header, 2 + written.length);
    System.arraycopy(written, 0, bytes, 2, written.length);
    return bytes;
  }

  @Test
  void decode_whatIsNoValue_isRefused() {
    refusedToRead(new byte[0], "fory-evolving/1", "length=0");
    refusedToRead("{\"a\":1}".getBytes(), "fory-evolving/1");
    byte[] bytes = CODEC.encode(List.of("a", "b"));
    refusedToRead(Arrays.copyOf(bytes, bytes.length - 1), "a value must be one");
    refusedToRead(Arrays.copyOf(bytes, bytes.length + 1), "nothing must come after");
    assertThatExceptionOfType(CodingException.class)
        .isThrownBy(() -> CODEC.decode(bytes, String.class))
        .withMessageContainingAll("type=java.lang.String", "ImmutableCollections");
    ForyCodec other = ForyCodec.of(c -> c.withType("test.Unnamed", Unnamed.class));
    refusedToRead(other.encode(new Unnamed(1)), "with all classes named");
  }

  @Test
  void decode_recordWhoseConstructorRefuses_isRefusedWithItsReason() {
    ForyCodec writer = ForyCodec.of(c -> c.withType("test.Number", Unchecked.class));
    ForyCodec reader = ForyCodec.of(c -> c.withType("test.Number", Positive.class));
    assertThat(reader.decode(writer.encode(new Unchecked(1)), Positive.class).number()).isOne();
    assertThatExceptionOfType(CodingException.class)
        .isThrownBy(() -> reader.decode(writer.encode(new Unchecked(-1)), Positive.class))
        .withMessageContaining("number must be positive")
        .withCauseInstanceOf(IllegalArgumentException.class);
  }

  record First(String name, int count) {}

  record Later(int count, Optional<String> note, String name, int added) {}

  @Test
  void decode_classWithOtherFields_isReadIfItMayEvolve() {
    ForyCodec first = ForyCodec.of(c -> c.withType("test.Value", First.class));
    ForyCodec later = ForyCodec.of(c -> c.withType("test.Value", Later.class));
    Later read = later.decode(first.encode(new First("a", 3)), Later.class);
    assertThat(read.name()).isEqualTo("a");
    assertThat(read.count()).isEqualTo(3);
    assertThat(read.added()).isZero();
    First back = first.decode(later.encode(new Later(5, Optional.of("x"), "b", 7)), First.class);
    assertThat(back).isEqualTo(new First("b", 5));

    ForyCodec strictFirst =
        ForyCodec.of(c -> c.withType("test.Value", First.class).withEvolution(false));
    ForyCodec strictLater =
        ForyCodec.of(c -> c.withType("test.Value", Later.class).withEvolution(false));
    byte[] bytes = strictFirst.encode(new First("a", 3));
    assertThat(strictFirst.decode(bytes, First.class)).isEqualTo(new First("a", 3));
    assertThatExceptionOfType(CodingException.class)
        .isThrownBy(() -> first.decode(bytes, First.class))
        .withMessageContaining("fory-evolving/1");
    assertThat(bytes.length).isLessThan(first.encode(new First("a", 3)).length);
    assertThatExceptionOfType(CodingException.class)
        .isThrownBy(() -> strictLater.decode(bytes, Later.class));
  }

  @Test
  void encodeOrDecode_beyondTheLimits_isRefused() {
    ForyCodec small =
        ForyCodec.of(
            c -> ForySamples.types(c).withMaxBytes(1_000).withMaxDepth(10).withMaxMemory(2_000));
    assertThat(small.limits().maxBytes()).isEqualTo(1_000);
    assertThat(small.limits().maxDepth()).isEqualTo(10);
    assertThatExceptionOfType(CodingException.class)
        .isThrownBy(() -> small.encode("x".repeat(1_000)))
        .withMessageContaining("maxBytes=1000");
    assertThatExceptionOfType(CodingException.class)
        .isThrownBy(() -> small.decode(new byte[1_001], Object.class))
        .withMessageContaining("maxBytes=1000");
    byte[] deep = CODEC.encode(nested(11));
    assertThatExceptionOfType(CodingException.class)
        .isThrownBy(() -> small.decode(deep, Object.class))
        .withMessageContaining("depth");
    assertThat(small.decode(CODEC.encode(nested(8)), Object.class)).isEqualTo(nested(8));
    var wide = new ArrayList<Object>();
    for (int i = 0; i < 90; i++) {
      wide.add(new ArrayList<>(List.of("a")));
    }
    byte[] many = CODEC.encode(wide);
    assertThat(many.length).isLessThan(1_000);
    assertThatExceptionOfType(CodingException.class)
        .isThrownBy(() -> small.decode(many, Object.class))
        .withMessageContaining("emory");
  }

  private static Object nested(int levels) {
    Object value = "end";
    for (int i = 0; i < levels; i++) {
      value = new ArrayList<>(Arrays.asList(value));
    }
    return value;
  }

  @Test
  void encode_deeperThanTheStack_isRefused() {
    assertThatExceptionOfType(CodingException.class)
        .isThrownBy(() -> CODEC.encode(nested(1_000_000)))
        .withMessageContaining("stack");
    assertThat(CODEC.decode(CODEC.encode(nested(5)), Object.class)).isEqualTo(nested(5));
  }

  @Test
  void withType_classThatForyMustNotHave_isRefused() {
    var good = ForyConfig.DEFAULT.withType("a", Circle.class);
    assertThatThrownBy(() -> good.withType("a", Square.class)).hasMessageContaining("one class");
    assertThatThrownBy(() -> good.withType("b", Circle.class)).hasMessageContaining("one name");
    assertThatThrownBy(() -> good.withType("", Square.class)).hasMessageContaining("1 to 200");
    assertThatThrownBy(() -> good.withType("a b", Square.class)).hasMessageContaining("\"a b\"");
    assertThatThrownBy(() -> good.withType("s", Shape.class))
        .hasMessageContaining("instances of its own");
    assertThatThrownBy(() -> good.withType("s", int.class))
        .hasMessageContaining("instances of its own");
    assertThatThrownBy(() -> good.withType("s", HashMap.class)).hasMessageContaining("of the JDK");
    assertThatThrownBy(() -> good.withType("s", Itself.class))
        .hasMessageContainingAll("serialise itself", "readResolve");
    assertThatThrownBy(() -> good.withMaxBytes(1)).hasMessageContaining("maxBytes=1");
    assertThatThrownBy(() -> good.withMaxDepth(1)).hasMessageContaining("maxDepth=1");
    assertThatThrownBy(() -> good.withMaxMemory(1)).hasMessageContaining("maxMemory=1");
  }

  @Test
  void codec_usedByManyThreads_givesEachItsValue() {
    ForyCodec codec = ForyCodec.of(ForySamples::types);
    try (var workers = new Workers()) {
      for (int i = 0; i < 8; i++) {
        long seed = i;
        workers.start(() -> {
          var gen = new Gen(seed);
          for (int j = 0; j < 50; j++) {
            Object value = ForySamples.value(gen, 3);
            assertThat(codec.decode(codec.encode(value), Object.class)).isEqualTo(value);
          }
        });
      }
      workers.join();
    }
  }

  @Test
  void decode_inAConstructorThatUsesTheCodec_doesNotBlock() {
    ForyCodec codec = ForyCodec.of(c -> c.withType("test.Nested", Nested.class));
    byte[] inner = CODEC.encode("a");
    Nested.reading = () -> codec.decode(inner, String.class);
    assertThat(codec.decode(codec.encode(new Nested(1)), Nested.class)).isEqualTo(new Nested(1));
  }

  record Nested(int number) {
    static Runnable reading = () -> {};

    Nested {
      reading.run();
    }
  }

  /** Bytes of Fory 1.6.0: another version of it has to read them. */
  @Test
  void decode_bytesThatWereKept_isTheValue() {
    List<Object> value = List.of(new Samples.Item("apple", -1, Samples.Size.LARGE), 7L, "ä");
    byte[] evolving =
        HexFormat.of()
            .parseHex(
                "f0110000cf0301001c001a20ba6d143d150c10071cf0a7a2be073489d46cc0140526340c"
                    + "201415264919201001ff146170706c65ff0100060e000000001504e4");
    byte[] strict =
        HexFormat.of()
            .parseHex(
                "f0010000cf0301001bf0a7a2be070f644bf601ff146170706c65ff0100060e0000000015"
                    + "04e4");
    assertThat(CODEC.decode(evolving, Object.class)).isEqualTo(value);
    ForyCodec strictCodec = ForyCodec.of(c -> ForySamples.types(c).withEvolution(false));
    assertThat(strictCodec.decode(strict, Object.class)).isEqualTo(value);
  }
}
