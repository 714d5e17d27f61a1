package dev.carillon.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/** Properties and the generator behind them. */
@ResourceLock(Resources.SYSTEM_PROPERTIES)
final class PropertyTest {
  @TestFactory
  Stream<DynamicTest> gen_staysWithinItsBounds() {
    return Property.check(
        "gen stays within its bounds",
        50,
        gen -> {
          assertThat(gen.intBetween(-3, 3)).isBetween(-3, 3);
          assertThat(gen.intBetween(Integer.MAX_VALUE, Integer.MAX_VALUE))
              .isEqualTo(Integer.MAX_VALUE);
          assertThat(gen.longBetween(Long.MAX_VALUE - 1, Long.MAX_VALUE))
              .isGreaterThanOrEqualTo(Long.MAX_VALUE - 1);
          assertThat(gen.listOf(2, 4, g -> g.oneOf("a", "b"))).hasSizeBetween(2, 4);
          assertThat(gen.shuffled(List.of(1, 2, 3))).containsExactlyInAnyOrder(1, 2, 3);
          assertThat(gen.text(5).codePoints().count()).isBetween(0L, 5L);
          assertThat(new Gen(gen.seed()).anyLong()).isEqualTo(new Gen(gen.seed()).anyLong());
        });
  }

  @Test
  void check_twice_sameSeeds() {
    String asked = System.clearProperty("carillon.seed");
    try {
      assertThat(seeds())
          .hasSize(5 * Integer.getInteger("carillon.cases.factor", 1))
          .doesNotHaveDuplicates()
          .isEqualTo(seeds());
    } finally {
      restore(asked);
    }
  }

  @Test
  void check_whenACaseFails_namesASeedThatReplaysIt() throws Throwable {
    DynamicTest failing = Property.check("fails", 1, PropertyTest::fail).findFirst().orElseThrow();
    String seed = failing.getDisplayName().replace("fails, seed ", "");
    assertThatThrownBy(() -> failing.getExecutable().execute())
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("-Dcarillon.seed=" + seed)
        .hasMessageContaining("no " + Long.parseUnsignedLong(seed, 16));
    String asked = System.setProperty("carillon.seed", seed);
    try {
      assertThat(seeds()).containsExactly(Long.parseUnsignedLong(seed, 16));
    } finally {
      restore(asked);
    }
  }

  @Test
  void check_seedThatIsNone_isRefusedWithIt() {
    String asked = System.setProperty("carillon.seed", "0xcafe");
    try {
      assertThatThrownBy(PropertyTest::seeds)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("hexadecimal digits: carillon.seed=0xcafe");
    } finally {
      restore(asked);
    }
  }

  private static void restore(String asked) {
    if (asked == null) {
      System.clearProperty("carillon.seed");
    } else {
      System.setProperty("carillon.seed", asked);
    }
  }

  private static void fail(Gen gen) {
    throw new IllegalStateException("no " + gen.seed());
  }

  private static List<Long> seeds() {
    List<Long> seeds = new ArrayList<>();
    Property.check("some name", 5, gen -> seeds.add(gen.seed()))
        .forEach(test -> {
          try {
            test.getExecutable().execute();
          } catch (Throwable e) {
            throw new AssertionError(e);
          }
        });
    return seeds;
  }
}
