package dev.carillon.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.carillon.build.CapturedLog;
import dev.carillon.build.Gen;
import dev.carillon.build.Property;
import dev.carillon.spi.Durability;
import dev.carillon.spi.MessageStore;
import dev.carillon.spi.MessageStream;
import dev.carillon.spi.ReadQuery;
import dev.carillon.spi.Retention;
import dev.carillon.spi.StoredMessage;
import dev.carillon.store.SegmentConfig.Sync;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** What is found in files that were damaged while nobody looked. */
class RecoveryTest {
  private static final int COUNT = 12;

  @TempDir private Path directory;
  private final CapturedLog log = new CapturedLog("dev.carillon.store");
  private Path place;
  private Path file;
  private byte[] whole;
  private List<StoredMessage> written;

  @BeforeEach
  void write() throws Exception {
    place = directory.resolve("store");
    written = Messages.written(place, COUNT, c -> c.withSync(Sync.NONE));
    file = Messages.files(place).getFirst();
    whole = Files.readAllBytes(file);
  }

  @AfterEach
  void close() {
    log.close();
  }

  private static MessageStore open(Path where) {
    return Stores.segments(where, c -> c.withSync(Sync.NONE).withSegmentBytes(1 << 14));
  }

  /** {@return where the record of a message begins, or where that behind the last would} */
  private static int place(byte[] file, int message) {
    int at = SegmentDescriptor.LENGTH;
    for (int i = 1; i < message; i++) {
      at += RecordDescriptor.aligned(LittleEndian.getInt(file, at));
    }
    return at;
  }

  @Test
  void cut_atEveryByte_keepsAllMessagesThatAreWhole() throws Exception {
    for (int length = 0; length <= whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      int complete = 0;
      while (complete < COUNT
          && place(whole, complete + 1) + LittleEndian.getInt(whole, place(whole, complete + 1))
              <= length) {
        complete++;
      }
      assertKept(complete);
    }
  }

  /** The stream holds the first messages, goes on behind them, and is whole from then on. */
  private void assertKept(int complete) throws Exception {
    try (MessageStore store = open(place);
        MessageStream stream = store.open(Messages.STREAM, Retention.FOREVER)) {
      assertThat(Messages.all(stream)).isEqualTo(written.subList(0, complete));
      assertThat(stream.append(Messages.number(complete + 1), Durability.MEMORY))
          .isEqualTo(complete + 1);
    }
    try (MessageStore store = open(place);
        MessageStream stream = store.open(Messages.STREAM, Retention.FOREVER)) {
      assertThat(stream.lastSequence()).isEqualTo(complete + 1);
      assertThat(Messages.all(stream).subList(0, complete)).isEqualTo(written.subList(0, complete));
    }
  }

  @Test
  void cut_beforeWhatWasForgotten_goesOnWhereItEnds() throws Exception {
    try (MessageStore store = open(place);
        MessageStream stream = store.open(Messages.STREAM, Retention.FOREVER)) {
      stream.truncateBefore(10);
    }
    Files.write(file, Arrays.copyOf(Files.readAllBytes(file), place(whole, 6)));
    try (MessageStore store = open(place);
        MessageStream stream = store.open(Messages.STREAM, Retention.FOREVER)) {
      assertThat(stream.lastSequence()).isEqualTo(5);
      assertThat(stream.stats().count()).isZero();
      assertThat(stream.append(Messages.number(6), Durability.MEMORY)).isEqualTo(6);
      assertThat(Messages.all(stream)).containsExactly(Messages.number(6).stored(6, Messages.TIME));
    }
  }

  @Test
  void flip_everyByte_neverGivesAWrongMessage() throws Exception {
    for (int at = 0; at < whole.length; at++) {
      byte[] damaged = whole.clone();
      damaged[at] ^= (byte) (1 << at % 8);
      Files.write(file, damaged);
      if (at < SegmentDescriptor.FIRST_OFFSET - Integer.BYTES) {
        assertRefused(0);
      } else if (at < SegmentDescriptor.LENGTH) {
        assertReads(COUNT);
      } else {
        int message = 1;
        while (place(whole, message + 1) <= at) {
          message++;
        }
        int end = place(whole, message) + LittleEndian.getInt(whole, place(whole, message));
        assertReads(at < end ? message - 1 : COUNT); // what fills up to 8 means nothing
      }
    }
  }

  private void assertRefused(long offset) {
    try (MessageStore store = open(place)) {
      assertThatExceptionOfType(CorruptSegmentException.class)
          .isThrownBy(() -> store.open(Messages.STREAM, Retention.FOREVER))
          .satisfies(e -> assertThat(e.file()).isEqualTo(file))
          .satisfies(e -> assertThat(e.offset()).isEqualTo(offset))
          .withMessageContaining(file.toString());
    }
  }

  private void assertReads(int count) {
    try (MessageStore store = open(place);
        MessageStream stream = store.open(Messages.STREAM, Retention.FOREVER)) {
      assertThat(Messages.all(stream)).isEqualTo(written.subList(0, count));
    }
  }

  @TestFactory
  Stream<DynamicTest> damage_random_losesNothingBeforeIt() {
    return Property.check("damage", 200, this::checkDamage);
  }

  private void checkDamage(Gen gen) throws IOException {
    byte[] damaged = Arrays.copyOf(whole, whole.length + (gen.chance(0.3) ? 4096 : 0));
    int least = damaged.length;
    for (int i = gen.intBetween(1, 8); i > 0; i--) {
      int from = gen.intBetween(SegmentDescriptor.LENGTH, damaged.length - 1);
      int length = gen.chance(0.5) ? 1 : gen.intBetween(1, 512);
      for (int at = from; at < Math.min(damaged.length, from + length); at++) {
        damaged[at] = gen.chance(0.3) ? 0 : (byte) gen.intBetween(0, 255);
      }
      least = Math.min(least, from);
    }
    Files.write(file, damaged);
    int sure = 0;
    while (sure < COUNT && place(whole, sure + 2) <= least) {
      sure++;
    }
    try (MessageStore store = open(place);
        MessageStream stream = store.open(Messages.STREAM, Retention.FOREVER)) {
      List<StoredMessage> read = Messages.all(stream);
      assertThat(read.size()).isGreaterThanOrEqualTo(sure);
      assertThat(read).isEqualTo(written.subList(0, read.size()));
    }
  }

  @Test
  void tornTail_isSaid() throws Exception {
    Files.write(file, Arrays.copyOf(whole, whole.length - 20));
    assertKept(COUNT - 1);
    assertThat(log.messages())
        .anySatisfy(message ->
            assertThat(message)
                .contains("cutting off")
                .contains(file.toString())
                .contains("offset=" + place(whole, COUNT)));
  }

  @Test
  void damage_inWhatHadBeenForced_isNotCutOff() throws Exception {
    Path forced = directory.resolve("forced");
    try (MessageStore store = Stores.segments(forced);
        MessageStream stream = store.open(Messages.STREAM, Retention.FOREVER)) {
      for (int i = 1; i <= COUNT; i++) {
        stream.append(Messages.number(i), Durability.FSYNCED);
      }
    }
    file = Messages.files(forced).getFirst();
    byte[] damaged = Files.readAllBytes(file);
    int at = place(damaged, 5);
    damaged[at + 100] ^= 1;
    Files.write(file, damaged);
    place = forced;
    assertRefused(at);
    assertThat(Files.readAllBytes(file)).isEqualTo(damaged);
  }

  @Test
  void damage_inTheMiddle_isReportedByEveryReadThatMeetsIt() throws Exception {
    Path middle = directory.resolve("middle");
    List<StoredMessage> all =
        Messages.written(middle, 300, c -> c.withSync(Sync.NONE).withSegmentBytes(1 << 14));
    Path second = Messages.files(middle).get(1);
    byte[] damaged = Files.readAllBytes(second);
    int at = place(damaged, 10);
    damaged[at + 80] ^= 1;
    Files.write(second, damaged);
    long base = Long.parseLong(second.getFileName().toString().replace(".seg", ""));
    long bad = base + 9;
    long following =
        Long.parseLong(Messages.files(middle).get(2).getFileName().toString().replace(".seg", ""));
    try (MessageStore store =
            Stores.segments(middle, c -> c.withSync(Sync.NONE).withSegmentBytes(1 << 14));
        MessageStream stream = store.open(Messages.STREAM, Retention.FOREVER)) {
      var page = stream.read(ReadQuery.from(1));
      assertThat(page.messages()).isEqualTo(all.subList(0, (int) bad - 1));
      assertThat(page.next()).isEqualTo(bad);
      for (long from : new long[] {bad, bad + 1}) {
        assertThatExceptionOfType(CorruptSegmentException.class)
            .isThrownBy(() -> stream.read(ReadQuery.from(from)))
            .withMessageContaining("read on from " + following)
            .satisfies(e -> assertThat(e.file()).isEqualTo(second))
            .satisfies(e -> assertThat(e.offset()).isEqualTo(at));
      }
      assertThat(Messages.all(stream, ReadQuery.from(following)))
          .isEqualTo(all.subList((int) following - 1, 300));
    }
  }

  @Test
  void newFile_withoutAHead_isTakenForWhatItIs() throws Exception {
    Path empty = Segment.file(file.getParent(), COUNT + 1);
    for (int size : new int[] {0, 10, 4096}) {
      Files.write(empty, new byte[size]);
      assertReads(COUNT);
    }
    assertThat(Messages.files(place)).hasSize(2);
  }

  @Test
  void head_ofALaterVersion_isRefused() throws Exception {
    byte[] later = whole.clone();
    LittleEndian.putInt(later, SegmentDescriptor.VERSION_OFFSET, 2);
    var crc = new java.util.zip.CRC32C();
    crc.update(later, 0, SegmentDescriptor.CRC_OFFSET);
    LittleEndian.putInt(later, SegmentDescriptor.CRC_OFFSET, (int) crc.getValue());
    Files.write(file, later);
    try (MessageStore store = open(place)) {
      assertThatExceptionOfType(dev.carillon.spi.StoreException.class)
          .isThrownBy(() -> store.open(Messages.STREAM, Retention.FOREVER))
          .withMessageContaining("version=2");
    }
  }
}
