package dev.carillon.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.carillon.spi.AppendResult;
import dev.carillon.spi.Durability;
import dev.carillon.spi.MessageStore;
import dev.carillon.spi.MessageStream;
import dev.carillon.spi.NewMessage;
import dev.carillon.spi.Page;
import dev.carillon.spi.ReadQuery;
import dev.carillon.spi.Retention;
import dev.carillon.spi.Retention.WhenFull;
import dev.carillon.spi.StoreException;
import dev.carillon.spi.StoredMessage;
import dev.carillon.spi.TailWatch;
import dev.carillon.testkit.RemoteEventsContract.Check;
import dev.carillon.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;

/**
 * What every implementation of {@link MessageStore} has to keep, as checks that any test framework
 * can run.
 *
 * {@snippet :
 * @TestFactory
 * Stream<DynamicTest> contract() {
 *   return new MyContract().checks().stream()
 *       .map(check -> dynamicTest(check.name(), check::run));
 * }
 * }
 */
public abstract class MessageStoreContract {
  private static final int THREADS = 4;
  private static final int APPENDS = 200;

  /** For subclasses. */
  protected MessageStoreContract() {}

  /** Where a store keeps its streams. */
  @FunctionalInterface
  public interface Place {
    /**
     * {@return the store that is there, opened} It is closed before it is opened again.
     *
     * @param clock tells the store the time
     */
    MessageStore open(Clock clock);
  }

  /** A check on a stream. */
  private interface OnStream {
    void run(MessageStore store, MessageStream stream, VirtualClock clock) throws Exception;
  }

  /** {@return a place where nothing is kept yet} */
  protected abstract Place newPlace();

  /** {@return whether what was kept is there after the store was closed and opened again} */
  protected abstract boolean outlivesClosing();

  /** {@return how many messages more than its limits a stream may keep} */
  protected long slack() {
    return 0;
  }

  /** {@return how long an acknowledgement may take} */
  protected Duration patience() {
    return Duration.ofSeconds(30);
  }

  /** {@return all checks; each opens a store of its own} */
  public final List<Check> checks() {
    return List.of(
        check("append_givesSequencesFromOne", this::sequences),
        check("append_anyDurability_isToldOnce", this::toldOnce),
        check("append_moreThanTheStoreProves_isRefused", this::beyondStrongest),
        check("append_nothing_isRefused", this::nothing),
        check("append_manyThreads_keepsBatchesTogetherAndEachThreadsOrder", this::manyThreads),
        check("read_isWhatWasAppended", this::readBack),
        check("read_fromASequence_passesOverWhatIsBefore", this::readFrom),
        check("read_sinceATime_passesOverWhatIsOlder", this::readSince),
        check("read_someTopics_tellsWhereToReadOn", this::readTopics),
        check("watch_followsTheEnd", this::follow),
        check("truncateBefore_forgets", this::truncate),
        new Check("retention_number_keepsTheNewest", this::retentionOfNumber),
        new Check("retention_bytes_keepsTheNewest", this::retentionOfBytes),
        new Check("retention_age_keepsTheYoung", this::retentionOfAge),
        new Check("retention_refusing_takesNoMoreUntilTruncated", this::retentionRefuses),
        check("close_refusesWhatComes", this::closed),
        new Check("open_again_isWhereItWas", this::openAgain),
        new Check("streams_areApart", this::streams));
  }

  private Check check(String name, OnStream body) {
    return new Check(
        name,
        () -> {
          var clock = new VirtualClock();
          try (MessageStore store = newPlace().open(clock);
              MessageStream stream = store.open("stream", Retention.FOREVER)) {
            body.run(store, stream, clock);
          }
        });
  }

  private static NewMessage message(String topic, long number) {
    return NewMessage.of(
        topic,
        new UUID(7, number),
        "publisher",
        number,
        "Number",
        Long.toString(number).getBytes(UTF_8));
  }

  private static long number(StoredMessage message) {
    return message.id().getLeastSignificantBits();
  }

  private static void append(MessageStream stream, long from, long to) throws Exception {
    for (long i = from; i <= to; i++) {
      stream.append(message("numbers", i), Durability.MEMORY);
    }
  }

  private static List<StoredMessage> all(MessageStream stream, ReadQuery query) {
    var all = new ArrayList<StoredMessage>();
    Page page = stream.read(query);
    while (!page.messages().isEmpty()) {
      all.addAll(page.messages());
      page = stream.read(query.next(page.next()));
    }
    return all;
  }

  private static List<Long> numbers(MessageStream stream) {
    return all(stream, ReadQuery.from(0)).stream().map(MessageStoreContract::number).toList();
  }

  private static List<Long> range(long from, long to) {
    return LongStream.rangeClosed(from, to).boxed().toList();
  }

  private void sequences(MessageStore store, MessageStream stream, VirtualClock clock)
      throws Exception {
    assertThat(stream.firstSequence()).isEqualTo(1);
    assertThat(stream.lastSequence()).isZero();
    assertThat(stream.stats().count()).isZero();
    assertThat(stream.read(ReadQuery.from(1)).messages()).isEmpty();
    assertThat(stream.append(message("numbers", 1), Durability.MEMORY)).isEqualTo(1);
    var told = new ArrayList<Long>();
    AppendResult result =
        stream.append(
            List.of(message("numbers", 2), message("numbers", 3)),
            Durability.MEMORY,
            (first, last, failure) -> told.addAll(List.of(first, last)));
    assertThat(result).isEqualTo(AppendResult.ACCEPTED);
    assertThat(told).containsExactly(2L, 3L);
    assertThat(stream.firstSequence()).isEqualTo(1);
    assertThat(stream.lastSequence()).isEqualTo(3);
    assertThat(stream.stats().count()).isEqualTo(3);
    assertThat(stream.stats().appended()).isEqualTo(3);
    assertThat(stream.stats().bytes()).isPositive();
    assertThat(numbers(stream)).isEqualTo(range(1, 3));
  }

  private void toldOnce(MessageStore store, MessageStream stream, VirtualClock clock)
      throws Exception {
    var told = new ConcurrentLinkedQueue<String>();
    int count = 0;
    var done = new Semaphore(0);
    for (Durability durability : Durability.values()) {
      if (store.strongest().proves(durability)) {
        for (int i = 0; i < APPENDS; i++) {
          long expected = ++count;
          stream.append(
              List.of(message("numbers", expected)),
              durability,
              (first, last, failure) -> {
                told.add(first + " to " + last + " " + failure);
                done.release();
              });
        }
        stream.append(message("numbers", ++count), durability);
      }
    }
    int asynchronous = count - count / (APPENDS + 1);
    assertThat(done.tryAcquire(asynchronous, patience().toMillis(), TimeUnit.MILLISECONDS))
        .isTrue();
    stream.close();
    assertThat(told).hasSize(asynchronous).doesNotHaveDuplicates();
    assertThat(told).allMatch(text -> text.endsWith(" null"));
  }

  private void beyondStrongest(MessageStore store, MessageStream stream, VirtualClock clock) {
    for (Durability durability : Durability.values()) {
      if (!store.strongest().proves(durability)) {
        assertThatExceptionOfType(StoreException.class)
            .isThrownBy(() -> stream.append(message("numbers", 1), durability))
            .withMessageContaining(durability.toString());
        assertThatExceptionOfType(StoreException.class)
            .isThrownBy(() ->
                stream.append(
                    List.of(message("numbers", 1)),
                    durability,
                    (first, last, failure) -> {
                      throw new AssertionError("told of a refused append");
                    }))
            .withMessageContaining(durability.toString());
      }
    }
    assertThat(stream.lastSequence()).isZero();
  }

  private void nothing(MessageStore store, MessageStream stream, VirtualClock clock) {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> stream.append(List.of(), Durability.MEMORY, (first, last, failure) -> {}));
  }

  private void manyThreads(MessageStore store, MessageStream stream, VirtualClock clock)
      throws Exception {
    onThreads(
        THREADS,
        thread -> {
          for (int i = 0; i < APPENDS; i++) {
            long number = (long) thread * APPENDS * 3 + 3L * i;
            stream.append(
                List.of(
                    message("t" + thread, number),
                    message("t" + thread, number + 1),
                    message("t" + thread, number + 2)),
                i % 2 == 0 ? store.strongest() : Durability.MEMORY,
                (first, last, failure) -> {
                  if (last != first + 2 || failure != null) {
                    throw new AssertionError(first + " to " + last + ": " + failure);
                  }
                });
          }
        });
    List<StoredMessage> all = all(stream, ReadQuery.from(1));
    assertThat(all).hasSize(THREADS * APPENDS * 3);
    var next = new long[THREADS];
    for (int i = 0; i < all.size(); i++) {
      StoredMessage message = all.get(i);
      assertThat(message.sequence()).isEqualTo(i + 1L);
      int thread = Integer.parseInt(message.topic().substring(1));
      assertThat(number(message)).isEqualTo((long) thread * APPENDS * 3 + next[thread]++);
      if (i % 3 != 0) {
        assertThat(message.topic()).isEqualTo(all.get(i - 1).topic());
      }
    }
  }

  private void readBack(MessageStore store, MessageStream stream, VirtualClock clock)
      throws Exception {
    var given = Instant.parse("1999-12-31T23:59:59.999999999Z");
    byte[] payload = new byte[100_000];
    Arrays.fill(payload, (byte) 0xe7);
    var full =
        new NewMessage(
            "orders.über.🔔",
            UUID.randomUUID(),
            "shop ❤",
            Long.MIN_VALUE,
            "Order",
            Map.of("", "", "trace", "ä".repeat(1000), "x", "y"),
            payload,
            given);
    var plain = NewMessage.of("t", new UUID(0, 0), "", 0, "", new byte[0]);
    stream.append(full, Durability.MEMORY);
    stream.append(plain, Durability.MEMORY);
    assertThat(stream.read(ReadQuery.from(1)).messages())
        .containsExactly(full.stored(1, given), plain.stored(2, clock.now()));
  }

  private void readFrom(MessageStore store, MessageStream stream, VirtualClock clock)
      throws Exception {
    append(stream, 1, 1000);
    for (long from : new long[] {1, 2, 500, 999, 1000}) {
      Page page = stream.read(ReadQuery.from(from).limit(10));
      assertThat(page.messages().stream().map(StoredMessage::sequence).toList())
          .isEqualTo(range(from, Math.min(1000, from + 9)));
      assertThat(page.next()).isEqualTo(Math.min(1001, from + 10));
    }
    assertThat(stream.read(ReadQuery.from(1001)).messages()).isEmpty();
    assertThat(stream.read(ReadQuery.from(5000)).messages()).isEmpty();
    assertThat(stream.read(ReadQuery.from(1)).messages()).hasSize(1000);
  }

  private void readSince(MessageStore store, MessageStream stream, VirtualClock clock)
      throws Exception {
    Instant start = clock.now();
    for (long i = 1; i <= 1000; i++) {
      clock.advance(Duration.ofMillis(100));
      append(stream, i, i);
    }
    for (long i : new long[] {0, 1, 500, 999, 1000, 1001}) {
      Instant since = start.plusMillis(100 * i);
      assertThat(all(stream, ReadQuery.from(0).since(since).limit(77)).stream().map(m -> number(m)))
          .isEqualTo(range(Math.max(1, i), 1000));
    }
    Instant old = start.minusSeconds(1000);
    stream.append(
        new NewMessage("late", new UUID(0, 1), "", 1, "", Map.of(), new byte[1], old),
        Durability.MEMORY);
    append(stream, 1001, 1001);
    assertThat(all(stream, ReadQuery.from(0).since(clock.now())).stream().map(m -> number(m)))
        .containsExactly(1000L, 1001L);
  }

  private void readTopics(MessageStore store, MessageStream stream, VirtualClock clock)
      throws Exception {
    for (long i = 1; i <= 300; i++) {
      stream.append(message(i % 100 == 0 ? "rare" : "common", i), Durability.MEMORY);
    }
    ReadQuery rare = ReadQuery.from(1).topics("rare"::equals).limit(2);
    Page first = stream.read(rare);
    assertThat(first.messages().stream().map(m -> number(m))).containsExactly(100L, 200L);
    assertThat(first.next()).isEqualTo(201);
    Page second = stream.read(rare.next(first.next()));
    assertThat(second.messages().stream().map(m -> number(m))).containsExactly(300L);
    assertThat(second.next()).isEqualTo(301);
    Page none = stream.read(rare.topics("none"::equals));
    assertThat(none.messages()).isEmpty();
    assertThat(none.next()).isEqualTo(301);
  }

  private void follow(MessageStore store, MessageStream stream, VirtualClock clock)
      throws Exception {
    var grown = new Semaphore(0);
    try (var _ = stream.watch(last -> grown.release())) {
      var total = THREADS * APPENDS;
      var read = new ArrayList<Long>();
      onThreads(
          THREADS + 1,
          thread -> {
            if (thread < THREADS) {
              append(stream, 1, APPENDS);
              return;
            }
            long next = 1;
            while (read.size() < total) {
              Page page = stream.read(ReadQuery.from(next).limit(7));
              page.messages().forEach(message -> read.add(message.sequence()));
              next = page.next();
              if (page.messages().isEmpty()
                  && !grown.tryAcquire(patience().toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError("not told of what was appended: read=" + read.size());
              }
            }
          });
      assertThat(read).isEqualTo(range(1, total));
    }
    var more = new AtomicInteger();
    TailWatch watch = stream.watch(last -> more.incrementAndGet());
    append(stream, 1, 1);
    watch.close();
    append(stream, 1, 1);
    assertThat(more).hasValue(1);
  }

  private void truncate(MessageStore store, MessageStream stream, VirtualClock clock)
      throws Exception {
    append(stream, 1, 100);
    stream.truncateBefore(41);
    assertThat(stream.firstSequence()).isEqualTo(41);
    assertThat(numbers(stream)).isEqualTo(range(41, 100));
    stream.truncateBefore(10); // forgotten already
    assertThat(stream.firstSequence()).isEqualTo(41);
    assertThatIllegalArgumentException().isThrownBy(() -> stream.truncateBefore(102));
    stream.truncateBefore(101);
    assertThat(stream.stats().count()).isZero();
    assertThat(stream.stats().bytes()).isZero();
    assertThat(numbers(stream)).isEmpty();
    append(stream, 101, 110);
    assertThat(numbers(stream)).isEqualTo(range(101, 110));
    assertThat(stream.firstSequence()).isEqualTo(101);
  }

  private void retentionOfNumber() throws Exception {
    try (MessageStore store = newPlace().open(new VirtualClock());
        MessageStream stream = store.open("stream", Retention.FOREVER.messages(100))) {
      append(stream, 1, 10_000);
      checkNewest(stream, 100, 10_000);
      assertThat(stream.stats().count()).isLessThanOrEqualTo(100 + slack());
    }
  }

  private void retentionOfBytes() throws Exception {
    long limit = 256 << 10;
    try (MessageStore store = newPlace().open(new VirtualClock());
        MessageStream stream = store.open("stream", Retention.FOREVER.bytes(limit))) {
      append(stream, 1, 10_000);
      checkNewest(stream, 100, 10_000);
      assertThat(stream.stats().bytes()).isBetween(limit / 2, 2 * limit);
    }
  }

  private static void checkNewest(MessageStream stream, long least, long last) {
    long first = stream.firstSequence();
    assertThat(last - first + 1).isGreaterThanOrEqualTo(least);
    assertThat(numbers(stream)).isEqualTo(range(first, last));
    assertThat(stream.stats().dropped()).isEqualTo(first - 1);
  }

  private void retentionOfAge() throws Exception {
    var clock = new VirtualClock();
    try (MessageStore store = newPlace().open(clock);
        MessageStream stream =
            store.open("stream", Retention.FOREVER.age(Duration.ofMinutes(10)))) {
      append(stream, 1, 50);
      clock.advance(Duration.ofMinutes(9));
      assertThat(numbers(stream)).isEqualTo(range(1, 50));
      clock.advance(Duration.ofMinutes(2));
      assertThat(numbers(stream)).isEmpty();
      append(stream, 51, 60);
      assertThat(numbers(stream)).isEqualTo(range(51, 60));
      assertThat(stream.stats().dropped()).isEqualTo(50);
    }
  }

  private void retentionRefuses() throws Exception {
    Retention retention = Retention.FOREVER.messages(100).whenFull(WhenFull.REFUSE);
    try (MessageStore store = newPlace().open(new VirtualClock());
        MessageStream stream = store.open("stream", retention)) {
      append(stream, 1, 100);
      assertThatExceptionOfType(StoreException.class).isThrownBy(() -> append(stream, 101, 101));
      assertThat(
              stream.append(
                  List.of(message("numbers", 101)),
                  Durability.MEMORY,
                  (first, last, failure) -> {
                    throw new AssertionError("told of a refused append");
                  }))
          .isEqualTo(AppendResult.FULL);
      assertThat(stream.stats().refused()).isEqualTo(2);
      stream.truncateBefore(51);
      append(stream, 101, 150);
      assertThat(numbers(stream)).isEqualTo(range(51, 150));
    }
  }

  private void closed(MessageStore store, MessageStream stream, VirtualClock clock)
      throws Exception {
    append(stream, 1, 10);
    stream.close();
    stream.close();
    assertThat(
            stream.append(
                List.of(message("numbers", 11)),
                Durability.MEMORY,
                (first, last, failure) -> {
                  throw new AssertionError("told of a refused append");
                }))
        .isEqualTo(AppendResult.CLOSED);
    assertThatExceptionOfType(StoreException.class).isThrownBy(() -> append(stream, 11, 11));
    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(() -> stream.read(ReadQuery.from(1)))
        .withMessageContaining("closed");
    try (MessageStream again = store.open("stream", Retention.FOREVER)) {
      assertThat(numbers(again)).isEqualTo(range(1, 10));
    }
    store.close();
    store.close();
    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(() -> store.open("other", Retention.FOREVER))
        .withMessageContaining("closed");
  }

  private void openAgain() throws Exception {
    Place place = newPlace();
    var clock = new VirtualClock();
    List<StoredMessage> before;
    try (MessageStore store = place.open(clock);
        MessageStream stream = store.open("stream", Retention.FOREVER)) {
      append(stream, 1, 1000);
      stream.truncateBefore(200);
      before = all(stream, ReadQuery.from(1));
    }
    try (MessageStore store = place.open(clock);
        MessageStream stream = store.open("stream", Retention.FOREVER)) {
      if (outlivesClosing()) {
        assertThat(all(stream, ReadQuery.from(1))).isEqualTo(before);
        assertThat(stream.firstSequence()).isEqualTo(200);
        assertThat(stream.append(message("numbers", 1001), Durability.MEMORY)).isEqualTo(1001);
        assertThat(numbers(stream)).isEqualTo(range(200, 1001));
      } else {
        assertThat(stream.lastSequence()).isZero();
      }
    }
  }

  private void streams() throws Exception {
    try (MessageStore store = newPlace().open(new VirtualClock())) {
      MessageStream left = store.open("left", Retention.FOREVER);
      MessageStream right = store.open("right_2-B", Retention.FOREVER);
      assertThat(left.name()).isEqualTo("left");
      append(left, 1, 10);
      append(right, 11, 13);
      assertThat(numbers(left)).isEqualTo(range(1, 10));
      assertThat(numbers(right)).isEqualTo(range(11, 13));
      assertThat(store.streams()).containsExactlyInAnyOrder("left", "right_2-B");
      assertThatIllegalStateException().isThrownBy(() -> store.open("left", Retention.FOREVER));
      assertThatIllegalStateException().isThrownBy(() -> store.delete("left"));
      for (String name : List.of("", "a.b", "a/b", "..", "ä", "x".repeat(65))) {
        assertThatIllegalArgumentException().isThrownBy(() -> store.open(name, Retention.FOREVER));
      }
      left.close();
      assertThat(store.delete("left")).isTrue();
      assertThat(store.delete("left")).isFalse();
      assertThat(store.streams()).containsExactly("right_2-B");
      try (MessageStream again = store.open("left", Retention.FOREVER)) {
        assertThat(again.lastSequence()).isZero();
      }
    }
  }

  /** What one thread of several does. */
  private interface OnThread {
    void run(int thread) throws Exception;
  }

  private void onThreads(int count, OnThread work)
      throws InterruptedException, ExecutionException, TimeoutException {
    var start = new CountDownLatch(1);
    try (var threads = Executors.newFixedThreadPool(count)) {
      var running = new ArrayList<Future<?>>();
      for (int i = 0; i < count; i++) {
        int thread = i;
        running.add(
            threads.submit(() -> {
              start.await();
              work.run(thread);
              return null;
            }));
      }
      start.countDown();
      for (Future<?> one : running) {
        one.get(patience().toMillis(), TimeUnit.MILLISECONDS);
      }
    }
  }
}
