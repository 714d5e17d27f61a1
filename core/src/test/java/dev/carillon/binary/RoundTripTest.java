package dev.carillon.binary;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Covers;
import dev.carillon.build.Gen;
import dev.carillon.build.Property;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What is written is read as the same: in content, kind and shape. */
@Covers("S2")
final class RoundTripTest {

  @TestFactory
  Stream<DynamicTest> decode_ofRandomGraphs_givesTheSameGraph() {
    return Property.check(
        "a graph is the same again",
        300,
        gen -> {
          Object graph = new Samples.Graphs(gen, gen.intBetween(1, 120)).graph();
          byte[] bytes = Samples.CODEC.encode(graph);
          Object read = Samples.CODEC.decode(bytes, Object.class);
          SameGraph.check(Samples.CODEC, graph, read);
        });
  }

  @TestFactory
  Stream<DynamicTest> decode_ofLeaves_givesTheirEquals() {
    return Property.check(
        "a value is equal again",
        50,
        gen -> {
          List<Object> values = gen.listOf(1, 60, Samples::leaf);
          Object read = Samples.CODEC.decode(Samples.CODEC.encode(values), Object.class);
          assertThat(read).isEqualTo(values);
        });
  }

  /** The first values of a record take another way than later ones. */
  @Test
  void encode_beforeAndAfterTheRecordHasItsOwnCode_givesTheSameBytes() {
    BinaryCodec codec = BinaryCodec.of(Samples::types);
    Gen gen = new Gen(17);
    List<Samples.Primitives> values = gen.listOf(400, 400, Samples::primitives);
    List<byte[]> first = new ArrayList<>();
    for (Samples.Primitives value : values) {
      first.add(codec.encode(value));
    }
    byte[] order = codec.encode(Samples.order());
    for (int i = 0; i < 500; i++) {
      assertThat(codec.encode(Samples.order())).isEqualTo(order);
      assertThat(codec.decode(order, Samples.Order.class)).isEqualTo(Samples.order());
    }
    for (int i = 0; i < values.size(); i++) {
      assertThat(codec.encode(values.get(i))).isEqualTo(first.get(i));
      assertThat(codec.decode(first.get(i), Samples.Primitives.class)).isEqualTo(values.get(i));
    }
  }

  @Test
  void encode_afterAFailure_isAsBefore() {
    byte[] before = Samples.CODEC.encode(Samples.order());
    for (int i = 0; i < 40; i++) {
      try {
        Samples.CODEC.encode(List.of(Samples.order(), new Object()));
      } catch (dev.carillon.spi.CodingException expected) {
        assertThat(expected.path()).isEqualTo("[1]");
      }
      assertThat(Samples.CODEC.encode(Samples.order())).isEqualTo(before);
    }
  }
}
