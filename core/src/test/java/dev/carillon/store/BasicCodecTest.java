package dev.carillon.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.build.Gen;
import dev.carillon.build.Property;
import dev.carillon.spi.PayloadCodec;
import dev.carillon.spi.PayloadException;
import java.math.BigInteger;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The codec for the commonest payloads. */
class BasicCodecTest {
  private final PayloadCodec codec = Stores.basicCodec();

  @TestFactory
  Stream<DynamicTest> decode_whatWasEncoded_isEqual() {
    return Property.check(
        "decode(encode(x)) = x",
        200,
        gen -> {
          Object payload = any(gen);
          Object decoded = codec.decode(codec.typeOf(payload), codec.encode(payload));
          assertThat(decoded).isEqualTo(payload).hasSameClassAs(payload);
        });
  }

  private static Object any(Gen gen) {
    return switch (gen.intBetween(0, 5)) {
      case 0 -> gen.text(50);
      case 1 -> gen.text(20).getBytes(java.nio.charset.StandardCharsets.UTF_16);
      case 2 -> gen.chance(0.5);
      case 3 -> gen.intBetween(Integer.MIN_VALUE, Integer.MAX_VALUE);
      case 4 -> gen.anyLong();
      default -> Double.longBitsToDouble(gen.anyLong());
    };
  }

  @Test
  void encode_forms_areFixed() {
    assertThat(codec.encode("ü")).containsExactly(0xc3, 0xbc);
    assertThat(codec.encode(true)).containsExactly(1);
    assertThat(codec.encode(258)).containsExactly(0, 0, 1, 2);
    assertThat(codec.encode(1L)).containsExactly(0, 0, 0, 0, 0, 0, 0, 1);
    assertThat(codec.encode(1.0)).containsExactly(0x3f, 0xf0, 0, 0, 0, 0, 0, 0);
    assertThat(Stream.of("", new byte[0], true, 1, 1L, 1.0).map(codec::typeOf))
        .containsExactly("string", "bytes", "boolean", "int", "long", "double");
  }

  @Test
  void typeOf_anotherClass_isRefusedNamingItAndTheSetting() {
    for (Object other : List.of(BigInteger.ONE, 'c', 1f, List.of())) {
      assertThatThrownBy(() -> codec.typeOf(other))
          .isInstanceOf(PayloadException.class)
          .hasMessageContainingAll(other.getClass().getName(), "BusConfig.withStore");
      assertThatThrownBy(() -> codec.encode(other)).isInstanceOf(PayloadException.class);
    }
  }

  @Test
  void encode_halfASurrogatePair_isRefused() {
    assertThatThrownBy(() -> codec.encode("\ud800")).isInstanceOf(PayloadException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "java.lang.String, 0, java.lang.String",
    "int, 3, bytes=3",
    "long, 9, bytes=9",
    "double, 0, bytes=0",
    "boolean, 2, bytes=2"
  })
  void decode_whatIsNoneOfTheType_isRefused(String type, int length, String says) {
    assertThatThrownBy(() -> codec.decode(type, new byte[length]))
        .isInstanceOf(PayloadException.class)
        .hasMessageContaining(says);
  }

  @Test
  void decode_badBytes_areRefused() {
    assertThatThrownBy(() -> codec.decode("boolean", new byte[] {2}))
        .isInstanceOf(PayloadException.class)
        .hasMessageContaining("byte=2");
    assertThatThrownBy(() -> codec.decode("string", new byte[] {(byte) 0xc3}))
        .isInstanceOf(PayloadException.class)
        .hasMessageContaining("UTF-8");
  }
}
