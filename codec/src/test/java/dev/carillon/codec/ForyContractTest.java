package dev.carillon.codec;

import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.carillon.build.Covers;
import dev.carillon.spi.Codec;
import dev.carillon.spi.CodecLimits;
import dev.carillon.testkit.CodecContract;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Fory keeps what all codecs have to keep, but for the limits that it does not know. */
@Covers("S3")
final class ForyContractTest {
  @TestFactory
  Stream<DynamicTest> contract_evolving() {
    return tests(true);
  }

  @TestFactory
  Stream<DynamicTest> contract_notEvolving() {
    return tests(false);
  }

  private static Stream<DynamicTest> tests(boolean evolving) {
    return new OfFory(evolving)
        .checks().stream().map(check -> dynamicTest(check.name(), check::run));
  }

  private static final class OfFory extends CodecContract {
    private final boolean evolving;

    OfFory(boolean evolving) {
      this.evolving = evolving;
    }

    @Override
    protected Codec open(Map<String, Class<?>> types, CodecLimits limits) {
      ForyConfig config =
          ForyConfig.DEFAULT
              .withMaxBytes(limits.maxBytes())
              .withMaxDepth(limits.maxDepth())
              .withEvolution(evolving);
      for (Map.Entry<String, Class<?>> type : types.entrySet()) {
        config = config.withType(type.getKey(), type.getValue());
      }
      ForyConfig all = config;
      return ForyCodec.of(_ -> all);
    }

    @Override
    protected boolean evolves() {
      return evolving;
    }

    /** Fory has no limits of objects, texts and lengths, and none of depth where it writes. */
    @Override
    protected boolean keepsAllLimits() {
      return false;
    }
  }
}
