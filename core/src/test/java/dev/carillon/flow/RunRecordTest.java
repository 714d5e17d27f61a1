package dev.carillon.flow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.carillon.build.Gen;
import dev.carillon.build.Property;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class RunRecordTest {

  private static RunChanges changes(Gen gen) {
    var changes = new RunChanges();
    changes.status = gen.oneOf(RunStatus.values());
    for (int i = gen.intBetween(0, 4); i > 0; i--) {
      changes.iterations.put(gen.intBetween(0, 1000), gen.longBetween(1, Long.MAX_VALUE));
      changes.keys.put(gen.text(8), gen.text(20).getBytes(UTF_8));
    }
    return changes;
  }

  private static RunRecord record(Gen gen) {
    return switch (gen.intBetween(0, 2)) {
      case 0 ->
          RunRecord.begin(
              new RunRecord.Origin(
                  gen.text(9), gen.text(9), gen.text(9), gen.text(9), gen.text(9).getBytes(UTF_8)),
              changes(gen));
      case 1 -> RunRecord.commit(changes(gen));
      default -> RunRecord.end(gen.oneOf(RunStatus.values()));
    };
  }

  @TestFactory
  Stream<DynamicTest> read_ofWhatWasWritten_isTheSame() {
    return Property.check(
        "records of runs come back",
        200,
        gen -> {
          RunRecord record = record(gen);
          byte[] bytes = record.bytes();
          RunRecord back = RunRecord.read(bytes);
          assertThat(back.kind()).isEqualTo(record.kind());
          assertThat(back.changes().status).isEqualTo(record.changes().status);
          assertThat(back.changes().iterations).isEqualTo(record.changes().iterations);
          assertThat(back.bytes()).isEqualTo(bytes);
        });
  }

  @TestFactory
  Stream<DynamicTest> read_ofDamagedBytes_isARecordOrRefused() {
    return Property.check(
        "damaged records of runs are refused",
        500,
        gen -> {
          byte[] bytes = record(gen).bytes();
          for (int i = gen.intBetween(1, 6); i > 0; i--) {
            bytes[gen.intBetween(0, bytes.length - 1)] = (byte) gen.intBetween(-128, 127);
          }
          byte[] damaged =
              gen.chance(0.3) ? Arrays.copyOf(bytes, gen.intBetween(0, bytes.length + 9)) : bytes;
          try {
            assertThat(RunRecord.read(damaged).bytes()).isNotEmpty();
          } catch (IllegalArgumentException e) {
            assertThat(e).message().isNotEmpty();
          }
        });
  }

  @Test
  void bytes_ofACommit_areThoseOfVersion1() {
    var changes = new RunChanges();
    changes.status = RunStatus.DEGRADED;
    changes.iterations.put(3, 0x0102030405L);
    changes.keys.put("n", new byte[] {7, 8});
    assertThat(HexFormat.of().formatHex(RunRecord.commit(changes).bytes()))
        .isEqualTo(
            "01020100"
                + "01000000"
                + "02000000" // header
                + "03000000"
                + "0504030201000000" // unit
                + "01000000"
                + "6e"
                + "02000000"
                + "0708"); // key, value
  }

  @Test
  void read_ofBytesThatAreTooFew_namesTheRule() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RunRecord.read(new byte[11]))
        .withMessage("a record has at least 12 bytes: bytes=11");
  }

  @Test
  void read_ofALengthBeyondTheEnd_takesNoMemoryForIt() {
    byte[] bytes = HexFormat.of().parseHex("010200000000000001000000ffffff7f");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RunRecord.read(bytes))
        .withMessageContaining("length=2147483647");
  }
}
