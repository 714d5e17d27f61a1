package dev.carillon.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.carillon.build.CapturedLog;
import dev.carillon.build.LockProbe;
import dev.carillon.build.Patience;
import dev.carillon.build.Workers;
import dev.carillon.spi.AppendResult;
import dev.carillon.spi.Durability;
import dev.carillon.spi.MessageStore;
import dev.carillon.spi.MessageStream;
import dev.carillon.spi.NewMessage;
import dev.carillon.spi.ReadQuery;
import dev.carillon.spi.Retention;
import dev.carillon.spi.Retention.WhenFull;
import dev.carillon.spi.StoreException;
import dev.carillon.store.SegmentConfig.Sync;
import dev.carillon.store.SegmentConfig.WhenBusy;
import dev.carillon.time.ManualClock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is special about a store in files. */
class SegmentStoreTest {
  @TempDir private Path directory;

  private final ConcurrentLinkedQueue<String> told = new ConcurrentLinkedQueue<>();

  private void appendLater(MessageStream stream, long number) throws Exception {
    AppendResult result =
        stream.append(
            List.of(Messages.number(number)),
            Durability.FSYNCED,
            (first, last, failure) -> told.add(first + (failure == null ? "" : " failed")));
    assertThat(result).isEqualTo(AppendResult.ACCEPTED);
  }

  @Test
  void open_twice_isRefusedUntilTheFirstIsClosed() throws Exception {
    MessageStore store = Stores.segments(directory);
    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(() -> Stores.segments(directory))
        .withMessageContaining("one open store's only")
        .withMessageContaining(directory.toString());
    assertThat(LockProbe.isLocked(directory.resolve("lock"))).as("by another process").isTrue();
    store.close();
    Stores.segments(directory).close();
  }

  @Test
  void open_whereAFileIs_saysWhere() throws Exception {
    Path file = Files.createFile(directory.resolve("file"));
    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(() -> Stores.segments(file))
        .withMessageContaining(file.toString());
  }

  @Test
  void append_fsyncedWithoutSync_namesTheSetting() {
    try (MessageStore store = Stores.segments(directory, c -> c.withSync(Sync.NONE));
        MessageStream stream = store.open(Messages.STREAM, Retention.FOREVER)) {
      assertThat(store.strongest()).isEqualTo(Durability.MEMORY);
      assertThatExceptionOfType(StoreException.class)
          .isThrownBy(() -> stream.append(Messages.number(1), Durability.FSYNCED))
          .withMessageContaining("SegmentConfig.withSync")
          .withMessageContaining("asked=FSYNCED");
    }
  }

  @Test
  void append_largerThanASegment_namesTheSetting() {
    var large = NewMessage.of("t", new UUID(0, 0), "", 1, "", new byte[1 << 12]);
    try (MessageStore store = Stores.segments(directory, c -> c.withSegmentBytes(1 << 12));
        MessageStream stream = store.open(Messages.STREAM, Retention.FOREVER)) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> stream.append(large, Durability.MEMORY))
          .withMessageContaining("SegmentConfig.withSegmentBytes");
      assertThat(stream.lastSequence()).isZero();
    }
  }

  @Test
  void config_outOfRange_isRefused() {
    SegmentConfig config = SegmentConfig.DEFAULT;
    assertThatIllegalArgumentException()
        .isThrownBy(() -> config.withSegmentBytes(4095))
        .withMessageContaining("segmentBytes=4095");
    assertThatIllegalArgumentException().isThrownBy(() -> config.withSegmentBytes(1 << 30 | 1));
    assertThatIllegalArgumentException().isThrownBy(() -> config.withName(" "));
    assertThatIllegalArgumentException().isThrownBy(() -> config.withInFlight(0, WhenBusy.BLOCK));
    assertThatIllegalArgumentException().isThrownBy(() -> config.withGroups(Duration.ZERO));
    assertThatIllegalArgumentException().isThrownBy(() -> config.withSync(Sync.GROUP));
  }

  @Test
  void group_waitsForItsTime_thenIsForcedTogether() throws Exception {
    var clock = new ManualClock();
    try (MessageStore store =
            Stores.segments(directory, c -> c.withClock(clock).withGroups(Duration.ofMillis(10)));
        MessageStream stream = store.open(Messages.STREAM, Retention.FOREVER)) {
      for (int i = 1; i <= 5; i++) {
        appendLater(stream, i);
      }
      assertThat(stream.stats().inFlightBytes()).isPositive();
      clock.advance(Duration.ofMillis(9));
      assertThat(told).isEmpty();
      Patience.until(
          "told",
          () -> {
            clock.advance(Duration.ofMillis(1));
            return told.size() == 5;
          });
      assertThat(told).containsExactly("1", "2", "3", "4", "5");
      assertThat(stream.stats().forces()).isEqualTo(1);
      assertThat(stream.stats().inFlightBytes()).isZero();
      appendLater(stream, 6);
    } // closing does not wait for the group's time
    assertThat(told).hasSize(6);
  }

  @Test
  void append_blockingInAGroup_isProved() throws Exception {
    try (MessageStore store =
            Stores.segments(directory, c -> c.withGroups(Duration.ofNanos(1000)));
        MessageStream stream = store.open(Messages.STREAM, Retention.FOREVER);
        var workers = new Workers()) {
      for (int i = 0; i < 4; i++) {
        workers.start(() -> {
          for (int j = 0; j < 50; j++) {
            stream.append(Messages.number(j), Durability.FSYNCED);
          }
        });
      }
      workers.join();
      assertThat(stream.lastSequence()).isEqualTo(200);
      assertThat(stream.stats().forces()).isLessThanOrEqualTo(200);
    }
  }

  @Test
  void append_beyondWhatMayBeInFlight_isRefused() throws Exception {
    var clock = new ManualClock();
    try (MessageStore store =
            Stores.segments(
                directory,
                c ->
                    c.withClock(clock)
                        .withGroups(Duration.ofMillis(1))
                        .withInFlight(1000, WhenBusy.REFUSE));
        MessageStream stream = store.open(Messages.STREAM, Retention.FOREVER)) {
      appendLater(stream, 1);
      appendLater(stream, 2);
      assertThat(
              stream.append(
                  List.of(Messages.number(3)),
                  Durability.FSYNCED,
                  (first, last, failure) -> told.add("never")))
          .isEqualTo(AppendResult.FULL);
      assertThat(stream.stats().refused()).isEqualTo(1);
      assertThat(stream.lastSequence()).isEqualTo(2);
      Patience.until(
          "room",
          () -> {
            clock.advance(Duration.ofMillis(1));
            return stream.stats().inFlightBytes() == 0;
          });
      appendLater(stream, 3);
    }
    assertThat(told).containsExactly("1", "2", "3");
  }

  @Test
  void append_beyondWhatMayBeInFlight_waits() throws Exception {
    var clock = new ManualClock();
    try (MessageStore store =
            Stores.segments(
                directory,
                c ->
                    c.withClock(clock)
                        .withGroups(Duration.ofMillis(1))
                        .withInFlight(1000, WhenBusy.BLOCK));
        MessageStream stream = store.open(Messages.STREAM, Retention.FOREVER);
        var workers = new Workers()) {
      var appended = new CountDownLatch(1);
      Thread waiting =
          workers.start(() -> {
            for (int i = 1; i <= 3; i++) {
              appendLater(stream, i);
            }
            appended.countDown();
          });
      Patience.until("waits", () -> waiting.getState() == Thread.State.WAITING);
      assertThat(stream.lastSequence()).isEqualTo(2);
      Patience.until(
          "room",
          () -> {
            clock.advance(Duration.ofMillis(1));
            return appended.getCount() == 0;
          });
    }
    assertThat(told).containsExactly("1", "2", "3");
  }

  @Test
  void close_ofAStream_wakesWhoWaitsForRoom() throws Exception {
    var clock = new ManualClock();
    MessageStore store =
        Stores.segments(
            directory,
            c -> c.withClock(clock).withGroups(Duration.ofDays(1)).withInFlight(1, WhenBusy.BLOCK));
    MessageStream stream = store.open(Messages.STREAM, Retention.FOREVER);
    try (var workers = new Workers()) {
      appendLater(stream, 1);
      Thread waiting =
          workers.start(() ->
              told.add(
                  stream
                      .append(
                          List.of(Messages.number(2)),
                          Durability.FSYNCED,
                          (first, last, failure) -> told.add("never"))
                      .toString()));
      Patience.until("waits", () -> waiting.getState() == Thread.State.WAITING);
      store.close();
    }
    assertThat(told).containsExactlyInAnyOrder("1", "CLOSED");
  }

  @Test
  void close_byAListener_doesNotHang() throws Exception {
    MessageStore store = Stores.segments(directory);
    MessageStream stream = store.open(Messages.STREAM, Retention.FOREVER);
    var closed = new CountDownLatch(1);
    stream.append(
        List.of(Messages.number(1)),
        Durability.FSYNCED,
        (first, last, failure) -> {
          stream.close();
          closed.countDown();
        });
    Patience.await(closed);
    store.close();
  }

  @Test
  void close_leavesNoThreadAndNoRoomTaken() throws Exception {
    var made = new ArrayList<Thread>();
    try (MessageStore store =
            Stores.segments(
                directory,
                c ->
                    c.withThreads(work -> {
                      var thread = new Thread(work);
                      made.add(thread);
                      return thread;
                    }));
        MessageStream stream = store.open(Messages.STREAM, Retention.FOREVER)) {
      stream.append(Messages.number(1), Durability.MEMORY);
      stream.append(Messages.number(2), Durability.FSYNCED);
      assertThat(made).as("threads for what is waited for").isEmpty();
      appendLater(stream, 3);
    }
    assertThat(told).containsExactly("3");
    assertThat(made).hasSize(1).noneMatch(Thread::isAlive);
    assertThat(Files.size(Messages.files(directory).getFirst())).isLessThan(2000);
  }

  @Test
  void listener_thatThrows_stopsNobody() throws Exception {
    try (var log = new CapturedLog("dev.carillon.store")) {
      try (MessageStore store = Stores.segments(directory);
          MessageStream stream = store.open(Messages.STREAM, Retention.FOREVER)) {
        for (Durability durability : List.of(Durability.MEMORY, Durability.FSYNCED)) {
          stream.append(
              List.of(Messages.number(1)),
              durability,
              (first, last, failure) -> {
                throw new IllegalStateException("no");
              });
        }
        try (var _ =
            stream.watch(last -> {
              throw new IllegalStateException("no");
            })) {
          appendLater(stream, 3);
        }
      }
      assertThat(told).containsExactly("3");
      assertThat(log.thrown()).hasSize(3);
    }
  }

  @Test
  void interrupt_whileAppendingAndReading_closesNothing() throws Exception {
    try (MessageStore store = Stores.segments(directory, c -> c.withSegmentBytes(1 << 14));
        MessageStream stream = store.open(Messages.STREAM, Retention.FOREVER)) {
      Thread.currentThread().interrupt();
      for (int i = 1; i <= 500; i++) {
        stream.append(Messages.number(i), Durability.MEMORY);
      }
      assertThat(Messages.all(stream)).hasSize(500);
      assertThat(Thread.interrupted()).isTrue();
      assertThat(stream.append(Messages.number(501), Durability.FSYNCED)).isEqualTo(501);
    }
    try (MessageStore store = Stores.segments(directory)) {
      Thread.currentThread().interrupt();
      try (MessageStream stream = store.open(Messages.STREAM, Retention.FOREVER)) {
        assertThat(Messages.all(stream)).hasSize(501);
      }
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void directory_gone_appendFailsAndAcknowledgesNothing() throws Exception {
    MessageStore store = Stores.segments(directory, c -> c.withSegmentBytes(1 << 14));
    MessageStream stream = store.open(Messages.STREAM, Retention.FOREVER);
    stream.append(Messages.number(1), Durability.FSYNCED);
    for (Path file : Messages.files(directory)) {
      Files.delete(file);
    }
    Files.delete(directory.resolve(Messages.STREAM));
    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(() -> stream.append(Messages.number(2), Durability.FSYNCED))
        .withMessageContaining("force");
    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(() -> stream.append(Messages.number(3), Durability.MEMORY));
    store.close();
  }

  @Test
  void directory_gone_waitingAppendsAreToldOfTheFailure() throws Exception {
    var clock = new ManualClock();
    MessageStore store =
        Stores.segments(directory, c -> c.withClock(clock).withGroups(Duration.ofMillis(1)));
    MessageStream stream = store.open(Messages.STREAM, Retention.FOREVER);
    appendLater(stream, 1);
    appendLater(stream, 2);
    for (Path file : Messages.files(directory)) {
      Files.delete(file);
    }
    stream.close();
    assertThat(told).containsExactly("1 failed", "2 failed");
    store.close();
  }

  @Test
  void retention_ofBytes_removesFiles() throws Exception {
    try (MessageStore store = Stores.segments(directory, c -> c.withSync(Sync.NONE));
        MessageStream stream = store.open(Messages.STREAM, Retention.FOREVER.bytes(1 << 18))) {
      for (int i = 1; i <= 10_000; i++) {
        stream.append(Messages.number(i), Durability.MEMORY);
      }
      assertThat(Messages.files(directory)).hasSizeBetween(4, 6);
      assertThat(stream.stats().bytes()).isBetween(1L << 18, 5L << 16);
      assertThat(stream.lastSequence()).isEqualTo(10_000);
    }
  }

  @Test
  void spill_refusingByBytes_hasRoomForWhatWasTruncated() throws Exception {
    Retention retention = Retention.FOREVER.bytes(100_000).whenFull(WhenFull.REFUSE);
    try (MessageStore store = Stores.segments(directory, c -> c.withSync(Sync.NONE));
        MessageStream stream = store.open(Messages.STREAM, retention)) {
      long number = 0;
      for (int round = 0; round < 20; round++) {
        while (stream.stats().bytes() < 90_000) {
          stream.append(Messages.number(++number), Durability.MEMORY);
        }
        long first = stream.firstSequence();
        var page = stream.read(ReadQuery.from(first).limit(100));
        assertThat(page.messages()).hasSize(100);
        stream.truncateBefore(page.next());
        assertThat(stream.firstSequence()).isEqualTo(first + 100);
      }
      assertThat(Messages.files(directory)).hasSizeLessThan(4);
    }
  }

  @Test
  void read_whileFilesGo_isInOrder() throws Exception {
    try (MessageStore store =
            Stores.segments(directory, c -> c.withSync(Sync.NONE).withSegmentBytes(1 << 14));
        MessageStream stream = store.open(Messages.STREAM, Retention.FOREVER.bytes(1 << 16));
        var workers = new Workers()) {
      var running = new AtomicInteger(1);
      for (int i = 0; i < 2; i++) {
        workers.start(() -> {
          while (running.get() > 0) {
            long before = 0;
            for (var message : Messages.all(stream, ReadQuery.from(0).limit(50))) {
              assertThat(message.sequence()).isGreaterThan(before);
              assertThat(message.publisherSequence()).isEqualTo(message.sequence());
              before = message.sequence();
            }
          }
        });
      }
      for (int i = 1; i <= 4000; i++) {
        stream.append(Messages.number(i), Durability.MEMORY);
      }
      running.set(0);
    }
  }

  @Test
  void delete_interrupted_isFinishedWhenTheStoreOpens() throws Exception {
    Path rest = Files.createDirectories(directory.resolve(".removed-old"));
    Files.write(rest.resolve("00000000000000000001.seg"), new byte[10]);
    try (MessageStore store = Stores.segments(directory)) {
      assertThat(store.streams()).isEmpty();
    }
    assertThat(rest).doesNotExist();
  }
}
