package dev.carillon.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

final class LaunchShapeTest {
  @Test
  void covering_hasAThreadForEachElement() {
    assertThat(LaunchShape.covering(1, 256)).isEqualTo(LaunchShape.of(1, 256));
    assertThat(LaunchShape.covering(256, 256)).isEqualTo(LaunchShape.of(1, 256));
    assertThat(LaunchShape.covering(257, 256)).isEqualTo(LaunchShape.of(2, 256));
  }

  @Test
  void covering_outOfRange_isRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> LaunchShape.covering(0, 256));
    assertThatIllegalArgumentException().isThrownBy(() -> LaunchShape.covering(1, 0));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LaunchShape.covering(Long.MAX_VALUE, 1))
        .withMessageContaining("blocks=" + Long.MAX_VALUE);
  }

  @Test
  void shape_outOfRange_isRefusedWithTheNumber() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LaunchShape.of(0, 1))
        .withMessage("gridX must be 1 to 2147483647: gridX=0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LaunchShape.plane(1, 1, 64, 32))
        .withMessageContaining("threads=2048");
    assertThatIllegalArgumentException().isThrownBy(() -> LaunchShape.of(1, 1).withSharedBytes(-1));
  }
}
