package dev.carillon.testkit;

import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.carillon.binary.BinaryCodec;
import dev.carillon.binary.BinaryConfig;
import dev.carillon.build.Covers;
import dev.carillon.spi.Codec;
import dev.carillon.spi.CodecLimits;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The codec of the core keeps the contract. */
@Covers("S2")
class CodecsTest {
  @TestFactory
  Stream<DynamicTest> binary() {
    var contract =
        new CodecContract() {
          @Override
          protected Codec open(Map<String, Class<?>> types, CodecLimits limits) {
            return BinaryCodec.of(config -> {
              BinaryConfig all = config.withLimits(unused -> limits);
              for (Map.Entry<String, Class<?>> type : types.entrySet()) {
                all = all.register(type.getKey(), type.getValue());
              }
              return all;
            });
          }
        };
    return contract.checks().stream().map(check -> dynamicTest(check.name(), check::run));
  }
}
