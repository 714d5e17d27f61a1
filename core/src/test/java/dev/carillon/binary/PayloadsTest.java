package dev.carillon.binary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.carillon.build.Covers;
import dev.carillon.spi.PayloadCodec;
import dev.carillon.spi.PayloadException;
import org.junit.jupiter.api.Test;

/** A codec stands behind the payloads of a bus. */
@Covers("S2")
final class PayloadsTest {
  private final PayloadCodec payloads = Codecs.payloadCodec(Samples.CODEC);

  @Test
  void payloadCodec_keepsWhateverTheCodecTakes() {
    Samples.Order order = Samples.order();
    assertThat(payloads.typeOf(order)).isEqualTo("order");
    assertThat(payloads.decode("order", payloads.encode(order))).isEqualTo(order);
    assertThat(payloads.typeOf("text")).isEqualTo("$text");
    assertThat(payloads.decode("$text", payloads.encode("text"))).isEqualTo("text");
  }

  @Test
  void payloadCodec_refusesOtherPayloadsAndOtherTypes() {
    assertThatExceptionOfType(PayloadException.class)
        .isThrownBy(() -> payloads.typeOf(new Object()));
    assertThatExceptionOfType(PayloadException.class)
        .isThrownBy(() -> payloads.encode(new Object()));
    assertThatExceptionOfType(PayloadException.class)
        .isThrownBy(() -> payloads.decode("line", payloads.encode(Samples.order())))
        .withMessage("the bytes must be of the type that they were kept as: type=line, read=order");
  }
}
