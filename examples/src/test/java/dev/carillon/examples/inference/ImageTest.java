package dev.carillon.examples.inference;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ImageTest {
  @Test
  void parse_ofItsOwnPgm_isTheSameToAByte() {
    Image image = new Digits(StrokeTypefaces.all(), 7).next().image();
    byte[] pgm = image.toPgm();
    assertThat(new String(pgm, 0, 13, US_ASCII)).isEqualTo("P5\n28 28\n255\n");
    assertThat(Image.parse(pgm).toPgm()).isEqualTo(pgm);
  }

  @Test
  void parse_ofRawBytes_isThoseOverWhite() {
    var bytes = new byte[Image.PIXELS];
    bytes[1] = (byte) 255;
    bytes[2] = 51;
    float[] pixels = Image.parse(bytes).pixels();
    assertThat(Arrays.copyOf(pixels, 4)).containsExactly(0f, 1f, 0.2f, 0f);
  }

  @Test
  void parse_ofAnythingElse_namesTheRuleAndTheSize() {
    byte[] otherSize = ("P5\n29 28\n255\n" + "x".repeat(Image.PIXELS)).getBytes(US_ASCII);
    byte[] otherKind = ("P2\n28 28\n255\n" + "x".repeat(Image.PIXELS)).getBytes(US_ASCII);
    byte[] noise = new byte[100_000];
    for (byte[] body :
        List.of(new byte[0], new byte[783], new byte[785], otherSize, otherKind, noise)) {
      assertThatThrownBy(() -> Image.parse(body))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("784 grey bytes")
          .hasMessageContaining("bytes=" + body.length);
    }
  }

  @Test
  void of_wrongNumberOfPixels_isRefused() {
    assertThatThrownBy(() -> Image.of(new float[5]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("pixels=5");
  }
}
