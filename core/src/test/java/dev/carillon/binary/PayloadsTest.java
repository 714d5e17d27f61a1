package dev.carillon.binary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import dev.carillon.bus.Bus;
import dev.carillon.bus.Topic;
import dev.carillon.spi.Durability;
import dev.carillon.spi.MessageStore;
import dev.carillon.spi.PayloadCodec;
import dev.carillon.spi.PayloadException;
import dev.carillon.store.Stores;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A codec stands behind the payloads of a bus. */
@Covers("S2")
final class PayloadsTest {
  @TempDir private Path directory;
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
  void history_keepsRecords_forTheNextBus() throws Exception {
    Topic<Samples.Order> orders = Topic.of("shop.orders", Samples.Order.class);
    try (MessageStore store = Stores.segments(directory);
        Bus bus = on(store)) {
      bus.publishAndAwait(orders, Samples.order(), Patience.LONG);
    }
    try (MessageStore store = Stores.segments(directory);
        Bus bus = on(store)) {
      assertThat(bus.history(q -> q))
          .singleElement()
          .satisfies(message -> assertThat(message.payload()).isEqualTo(Samples.order()));
    }
  }

  private Bus on(MessageStore store) {
    return Bus.open(c ->
        c.withStore(store, payloads)
            .withHistory("shop.>", h -> h.durable("shop", Durability.FSYNCED)));
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
