package dev.carillon.tools;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.spi.PayloadException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How messages of a census are kept. */
final class CensusCodecTest {
  private static final String MEASURED = "dev.carillon.tools.CensusMessage$Measured";
  private static final List<CensusMessage> ONE_OF_EACH =
      List.of(
          new CensusMessage.Started("25.0.3+9", 2, "break java.util.Map$Entry"),
          new CensusMessage.Progress(Long.MAX_VALUE / 10, 0),
          new CensusMessage.Finished("ab\"\\\n\u0001é", 1, 2, 1L << 40, 4, 5, 2.0e-7),
          new CensusMessage.Failed("null"),
          new CensusMessage.Measured("java.util.Map$Entry", 0, 1),
          new CensusMessage.Poisoned("java.lang.Enum", "├─ \ud83d\udd14"));

  private final CensusCodec codec = new CensusCodec();

  private CensusMessage decode(String type, String json) {
    return codec.decode(type, json.getBytes(UTF_8));
  }

  @Test
  void decode_ofWhatWasEncoded_isEqual() {
    assertThat(ONE_OF_EACH)
        .allSatisfy(message ->
            assertThat(codec.decode(codec.typeOf(message), codec.encode(message)))
                .isEqualTo(message));
    assertThat(ONE_OF_EACH).hasSameSizeAs(CensusMessage.CATALOGUE.all());
  }

  @Test
  void encode_isWhatTailShows() {
    assertThat(ONE_OF_EACH)
        .allSatisfy(message -> {
          assertThat(new String(codec.encode(message), UTF_8))
              .isEqualTo(JsonText.object(PayloadFields.of(message)));
          assertThat(codec.typeOf(message)).isEqualTo(message.getClass().getName());
        });
  }

  @Test
  void decode_unknownMembers_arePassedOver() {
    assertThat(decode(MEASURED, "{\"loaded\":true,\"ancestors\":3,\"name\":\"A\",\"depth\":2}"))
        .isEqualTo(new CensusMessage.Measured("A", 2, 3));
  }

  @Test
  void payload_ofAnotherKind_isRefusedWithItsClass() {
    assertThatThrownBy(() -> codec.typeOf("text"))
        .isInstanceOf(PayloadException.class)
        .hasMessageContaining("class=java.lang.String");
    assertThatThrownBy(() -> codec.encode(7))
        .isInstanceOf(PayloadException.class)
        .hasMessageContaining("class=java.lang.Integer");
  }

  @Test
  void decode_whatIsNone_isRefusedWithTheRule() {
    assertThatThrownBy(() -> decode("Order", "{}"))
        .isInstanceOf(PayloadException.class)
        .hasMessageContaining("type=\"Order\"");
    for (String bad :
        List.of(
            "",
            "[]",
            "{\"name\":\"A\",\"depth\":2}",
            "{\"name\":1,\"depth\":2,\"ancestors\":3}",
            "{\"name\":null,\"depth\":2,\"ancestors\":3}",
            "{\"name\":\"A\",\"depth\":2.5,\"ancestors\":3}",
            "{\"name\":\"A\",\"depth\":2,\"ancestors\":3000000000}")) {
      assertThatThrownBy(() -> decode(MEASURED, bad))
          .as(bad)
          .isInstanceOf(PayloadException.class)
          .hasMessageContaining(" must be ");
    }
    assertThatThrownBy(() -> codec.decode(MEASURED, new byte[] {-1}))
        .isInstanceOf(PayloadException.class)
        .hasMessageContaining("bytes=1");
  }
}
