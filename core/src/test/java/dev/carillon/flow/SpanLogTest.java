package dev.carillon.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SpanLogTest {

  private static void add(SpanLog log, long number) {
    log.add(1, (int) number, number, 1 + (int) (number % 3), number % 2 == 0, number, 2 * number);
  }

  private static SpanLog.Row row(long number) {
    return new SpanLog.Row(
        1,
        (int) number,
        number,
        1 + (int) (number % 3),
        number % 2 == 0,
        number,
        2 * number,
        Thread.currentThread().getName());
  }

  private static List<SpanLog.Row> rows(long from, long to) {
    return LongStream.range(from, to).mapToObj(SpanLogTest::row).toList();
  }

  private static void assertRows(SpanLog log, long from, long to) {
    var read = new ArrayList<SpanLog.Row>();
    assertThat(log.read(read::add)).isEqualTo(to);
    assertThat(read).isEqualTo(rows(from, to));
  }

  @Test
  void read_whatWasNoted_isAllOfIt_theOldestFirst() {
    var log = new SpanLog(1024);
    log.enter();
    for (int i = 0; i < 1023; i++) {
      assertThat(log.read(_ -> {})).isEqualTo(i);
      add(log, i);
    }
    assertRows(log, 0, 1023);
  }

  @Test
  void read_moreThanIsKept_isTheNewest_butTheRowThatIsNext() {
    var log = new SpanLog(1024);
    log.enter();
    for (int i = 0; i < 5000; i++) {
      add(log, i);
    }
    assertRows(log, 5000 - 1023, 5000);
  }

  @Test
  void read_whileAnotherWrites_hasRowsThatAreWhole() throws Exception {
    var log = new SpanLog(256);
    var writer =
        Thread.ofPlatform()
            .start(() -> {
              for (int i = 0; i < 2_000_000; i++) {
                log.add(i, i, i, 1, true, i, i, "");
              }
            });
    long before = 0;
    while (writer.isAlive()) {
      var read = new ArrayList<SpanLog.Row>();
      long noted = log.read(read::add);
      assertThat(noted).isGreaterThanOrEqualTo(before);
      before = noted;
      for (int i = 0; i < read.size(); i++) {
        long number = noted - read.size() + i;
        assertThat(read.get(i))
            .isEqualTo(
                new SpanLog.Row((int) number, (int) number, number, 1, true, number, number, ""));
      }
    }
    writer.join();
    assertThat(log.read(_ -> {})).isEqualTo(2_000_000);
  }
}
