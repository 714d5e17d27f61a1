package dev.carillon.flow;

import static dev.carillon.flow.RunStatus.CANCELLED;
import static dev.carillon.flow.RunStatus.DEGRADED;
import static dev.carillon.flow.RunStatus.ERROR;
import static dev.carillon.flow.RunStatus.OK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.carillon.binary.BinaryCodec;
import dev.carillon.build.Patience;
import dev.carillon.spi.Codec;
import dev.carillon.spi.CodingException;
import dev.carillon.spi.Durability;
import dev.carillon.spi.MessageStore;
import dev.carillon.spi.MessageStream;
import dev.carillon.spi.NewMessage;
import dev.carillon.spi.Retention;
import dev.carillon.spi.StoreException;
import dev.carillon.store.Stores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunJournalTest {
  private static final Codec CODEC = BinaryCodec.of(c -> c);
  private static final String STREAM = "run-nightly";

  private final MessageStore store = Stores.inMemory();
  private final List<String> told = new ArrayList<>();
  private final List<Throwable> failures = new ArrayList<>();
  private int begun;

  @AfterEach
  void close() {
    store.close();
  }

  private RunJournal open(MessageStore in, String cycle, String plan, Object input) {
    RunJournal journal =
        RunJournal.open(
            Journal.in(in, CODEC),
            "nightly",
            cycle,
            plan,
            input,
            name -> name.startsWith("n") ? Long.class : name.startsWith("t") ? String.class : null);
    journal.begin(() -> begun++, failures::add);
    return journal;
  }

  private RunJournal open(Object input) {
    return open(store, "etl", "p1", input);
  }

  private void commit(RunJournal journal, int unit, long iteration, Map<String, ?> keys) {
    journal.commit(unit, iteration, OK, keys, () -> told.add(unit + "/" + iteration));
  }

  // ── going on ──

  @Test
  void open_ofARunThatIsNew_hasNothingBefore() {
    try (RunJournal journal = open("monday")) {
      assertThat(journal.resumedFrom(0)).isZero();
      assertThat(journal.input()).isEqualTo("monday");
      assertThat(journal.keys()).isEmpty();
      assertThat(journal.status()).isEqualTo(OK);
    }
    assertThat(failures).isEmpty();
  }

  @Test
  void open_afterCommitsWithoutAnEnd_goesOnBehindThem() {
    try (RunJournal journal = open("monday")) {
      commit(journal, 0, 1, Map.of("n", 1L, "text", "one"));
      journal.commit(2, 1, DEGRADED, Map.of("n2", 20L), () -> {});
      commit(journal, 0, 2, Map.of("n", 2L));
    }
    assertThat(told).containsExactly("0/1", "0/2");
    for (int i = 0; i < 2; i++) {
      try (RunJournal again = open("tuesday")) {
        assertThat(again.input()).isEqualTo("monday");
        assertThat(again.resumedFrom(0)).isEqualTo(2);
        assertThat(again.resumedFrom(1)).isZero();
        assertThat(again.resumedFrom(2)).isEqualTo(1);
        assertThat(again.keys()).isEqualTo(Map.of("n", 2L, "text", "one", "n2", 20L));
        assertThat(again.status()).isEqualTo(DEGRADED);
      }
    }
  }

  @Test
  void open_beforeTheFirstCommit_hasTheInputAsItWas() {
    open("monday").close();
    try (RunJournal again = open("tuesday")) {
      assertThat(again.input()).isEqualTo("monday");
      assertThat(again.resumedFrom(0)).isZero();
    }
  }

  @Test
  void open_afterTheEnd_beginsAnew() throws Exception {
    try (RunJournal journal = open("monday")) {
      commit(journal, 0, 1, Map.of("n", 1L));
    }
    append(
        "carillon-run/1", RunRecord.end(ERROR).bytes()); // and died before the stream was removed
    try (RunJournal again = open("tuesday")) {
      assertThat(again.input()).isEqualTo("tuesday");
      assertThat(again.resumedFrom(0)).isZero();
      assertThat(again.keys()).isEmpty();
      assertThat(again.status()).isEqualTo(OK);
      commit(again, 0, 1, Map.of());
    }
    try (RunJournal last = open("wednesday")) {
      assertThat(last.input()).isEqualTo("tuesday");
      assertThat(last.resumedFrom(0)).isEqualTo(1);
    }
  }

  @Test
  void close_afterTheEnd_removesTheStream() {
    RunJournal journal = open("monday");
    assertThat(store.streams()).containsExactly(STREAM);
    journal.end(OK, journal::close);
    assertThat(store.streams()).isEmpty();
    journal.close();
    assertThat(failures).isEmpty();
  }

  // ── refusing ──

  @Test
  void open_ofAnotherCycleOrPlan_isRefusedWithBoth() {
    open("monday").close();
    assertThatExceptionOfType(JournalException.class)
        .isThrownBy(() -> open(store, "train", "p1", "monday"))
        .withMessageContainingAll("cycle", "begun with=etl", "now=train", STREAM);
    assertThatExceptionOfType(JournalException.class)
        .isThrownBy(() -> open(store, "etl", "p2", "monday"))
        .withMessageContainingAll("plan", "begun with=p1", "now=p2", STREAM);
    open("monday").close(); // as the stream was given back
  }

  @Test
  void open_whileItIsOpen_isRefused() {
    try (RunJournal journal = open("monday")) {
      assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> open("monday"));
      commit(journal, 0, 1, Map.of());
    }
    assertThat(told).hasSize(1);
  }

  @Test
  void open_withAKeyThatTheCycleDoesNotHave_isRefused() {
    try (RunJournal journal = open("monday")) {
      commit(journal, 0, 1, Map.of("other", 1L));
    }
    assertThatExceptionOfType(JournalException.class)
        .isThrownBy(() -> open("monday"))
        .withMessageContainingAll("key=other", STREAM);
  }

  @Test
  void open_withAKeyOfAnotherType_isRefused() {
    try (RunJournal journal = open("monday")) {
      commit(journal, 0, 1, Map.of("n", "one"));
    }
    assertThatExceptionOfType(JournalException.class)
        .isThrownBy(() -> open("monday"))
        .withMessageContainingAll("what=key n", STREAM)
        .withCauseInstanceOf(CodingException.class);
  }

  @Test
  void open_ofAStreamThatIsNoJournal_isRefused() throws Exception {
    append("order", new byte[20]);
    assertThatExceptionOfType(JournalException.class)
        .isThrownBy(() -> open("monday"))
        .withMessageContainingAll("type=order", STREAM, "sequence=1");
  }

  @Test
  void open_ofDamagedRecords_isRefusedWithTheRule() throws Exception {
    open("monday").close();
    append("carillon-run/1", new byte[] {9, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
    assertThatExceptionOfType(JournalException.class)
        .isThrownBy(() -> open("monday"))
        .withMessageContainingAll("a record is of version 1: version=9", "sequence=2");
  }

  @Test
  void open_withoutABeginning_isRefused() throws Exception {
    append("carillon-run/1", RunRecord.commit(new RunChanges()).bytes());
    assertThatExceptionOfType(JournalException.class)
        .isThrownBy(() -> open("monday"))
        .withMessageContainingAll("has a beginning", STREAM);
  }

  private void append(String type, byte[] payload) throws InterruptedException {
    try (MessageStream stream = store.open(STREAM, Retention.FOREVER)) {
      var message = NewMessage.of("t", UUID.randomUUID(), "p", 1, type, payload);
      assertThat(stream.append(message, Durability.MEMORY)).isPositive();
    }
  }

  @Test
  void commit_ofAValueThatTheCodecRefuses_commitsNothing() {
    try (RunJournal journal = open("monday")) {
      assertThatExceptionOfType(CodingException.class)
          .isThrownBy(() -> commit(journal, 0, 1, Map.of("n", new Object())));
      commit(journal, 0, 1, Map.of("n", 7L));
    }
    try (RunJournal again = open("monday")) {
      assertThat(again.keys()).isEqualTo(Map.of("n", 7L));
    }
    assertThat(failures).isEmpty();
  }

  @Test
  void commit_afterTheEnd_isRefused() {
    try (RunJournal journal = open("monday")) {
      journal.end(CANCELLED, () -> {});
      assertThatExceptionOfType(IllegalStateException.class)
          .isThrownBy(() -> commit(journal, 0, 1, Map.of()))
          .withMessageContaining("run=nightly");
      assertThatExceptionOfType(IllegalStateException.class)
          .isThrownBy(() -> journal.end(OK, () -> {}));
    }
  }

  // ── staying small ──

  @Test
  void commit_manyTimes_keepsLittle() {
    String large = "x".repeat(10_000);
    int times = 20_000;
    try (RunJournal journal = open("monday")) {
      commit(journal, 1, 1, Map.of("text", large));
      for (long i = 1; i <= times; i++) {
        journal.commit(0, i, OK, Map.of("n", i, "text", large), () -> {});
      }
    }
    try (MessageStream stream = store.open(STREAM, Retention.FOREVER)) {
      assertThat(stream.stats().bytes()).isLessThan(2_000_000);
      assertThat(stream.lastSequence() - stream.firstSequence()).isLessThan(times / 2);
    }
    try (RunJournal again = open("monday")) {
      assertThat(again.resumedFrom(0)).isEqualTo(times);
      assertThat(again.resumedFrom(1)).isEqualTo(1);
      assertThat(again.keys()).isEqualTo(Map.of("n", (long) times, "text", large));
    }
  }

  // ── waiting ──

  @Test
  void commit_whileOneIsUnderWay_waitsForItAndIsWrittenWithOthers() {
    var held = new HeldStore();
    RunJournal journal = open(held, "etl", "p1", "monday");
    commit(journal, 0, 1, Map.of("n", 1L));
    commit(journal, 1, 1, Map.of("n2", 1L));
    commit(journal, 0, 2, Map.of("n", 2L));
    assertThat(held.waiting()).isEqualTo(1); // the beginning
    assertThat(begun).isZero();
    held.acknowledge(null);
    assertThat(begun).isEqualTo(1);
    assertThat(held.waiting()).isEqualTo(1); // all three in one
    assertThat(told).isEmpty();
    held.acknowledge(null);
    assertThat(told).containsExactly("0/1", "1/1", "0/2");
    assertThat(held.waiting()).isZero();
    journal.close();
    RunJournal again = open(held, "etl", "p1", "monday");
    assertThat(again.resumedFrom(0)).isEqualTo(2);
    assertThat(again.keys()).isEqualTo(Map.of("n", 2L, "n2", 1L));
    again.close();
  }

  @Test
  void commit_thatIsNotProved_isToldOnceAndNothingMoreIsTaken() {
    var held = new HeldStore();
    RunJournal journal = open(held, "etl", "p1", "monday");
    commit(journal, 0, 1, Map.of());
    held.acknowledge(null);
    commit(journal, 0, 2, Map.of());
    var broken = new StoreException("the disk is gone", null);
    held.acknowledge(broken);
    commit(journal, 0, 3, Map.of());
    journal.end(OK, () -> told.add("end"));
    assertThat(failures).containsExactly(broken);
    assertThat(told).isEmpty();
    assertThat(held.waiting()).isZero();
    journal.close();
    assertThat(held.streams()).containsExactly(STREAM); // to go on from
  }

  @Test
  void commit_toAStoreThatIsClosed_isToldAsAFailure() {
    RunJournal journal = open("monday");
    store.close();
    commit(journal, 0, 1, Map.of());
    assertThat(failures)
        .singleElement()
        .isInstanceOf(JournalException.class)
        .extracting(Throwable::getMessage)
        .asString()
        .contains(STREAM, "CLOSED");
    journal.close();
  }

  @Test
  void commit_whoseListenerThrows_isToldAsAFailure() {
    try (RunJournal journal = open("monday")) {
      var thrown = new IllegalStateException("of the listener");
      journal.commit(
          0,
          1,
          OK,
          Map.of(),
          () -> {
            throw thrown;
          });
      assertThat(failures).containsExactly(thrown);
    }
  }

  // ── in files ──

  @Test
  void open_ofFilesThatNobodyClosed_goesOnBehindWhatWasTold(@TempDir Path directory)
      throws Exception {
    Path copy = directory.resolve("copy");
    try (MessageStore files = Stores.segments(directory.resolve("files"))) {
      RunJournal journal = open(files, "etl", "p1", "monday");
      for (long i = 1; i <= 500; i++) {
        journal.commit(0, i, OK, Map.of("n", i), () -> {});
      }
      var durable = new CountDownLatch(1);
      journal.commit(0, 501, OK, Map.of("n", 501L), durable::countDown);
      Patience.await(durable);
      copy(directory.resolve("files"), copy);
      journal.close();
    }
    try (MessageStore found = Stores.segments(copy);
        RunJournal again = open(found, "etl", "p1", "tuesday")) {
      assertThat(again.input()).isEqualTo("monday");
      assertThat(again.resumedFrom(0)).isEqualTo(501);
      assertThat(again.keys()).isEqualTo(Map.of("n", 501L));
    }
    assertThat(failures).isEmpty();
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path each : all.toList()) {
        Path target = to.resolve(from.relativize(each));
        if (Files.isDirectory(each)) {
          Files.createDirectories(target);
        } else {
          Files.copy(each, target);
        }
      }
    }
  }

  @Test
  void end_inFiles_mayCloseTheJournalAndRemovesItsFiles(@TempDir Path directory) throws Exception {
    try (MessageStore files = Stores.segments(directory)) {
      RunJournal journal = open(files, "etl", "p1", "monday");
      var ended = new CountDownLatch(1);
      commit(journal, 0, 1, Map.of());
      journal.end(
          OK,
          () -> {
            journal.close();
            ended.countDown();
          });
      Patience.await(ended);
      assertThat(files.streams()).isEmpty();
      RunJournal next = open(files, "etl", "p2", "tuesday");
      assertThat(next.input()).isEqualTo("tuesday");
      next.close();
    }
    assertThat(failures).isEmpty();
  }
}
