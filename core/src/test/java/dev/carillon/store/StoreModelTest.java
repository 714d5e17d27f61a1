package dev.carillon.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Gen;
import dev.carillon.build.Property;
import dev.carillon.spi.AppendResult;
import dev.carillon.spi.Durability;
import dev.carillon.spi.MessageStore;
import dev.carillon.spi.MessageStream;
import dev.carillon.spi.NewMessage;
import dev.carillon.spi.Page;
import dev.carillon.spi.ReadQuery;
import dev.carillon.spi.Retention;
import dev.carillon.spi.Retention.WhenFull;
import dev.carillon.spi.StoredMessage;
import dev.carillon.store.SegmentConfig.Sync;
import dev.carillon.time.Clock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Random programs on a store end, step by step, as a list says. */
class StoreModelTest {
  @TempDir private Path directory;

  @TestFactory
  Stream<DynamicTest> programs_onSegments_doAsTheListSays() {
    return Property.check(
        "segments",
        150,
        gen -> {
          Path place = Files.createTempDirectory(directory, "store");
          int size = gen.oneOf(1 << 14, 1 << 15, 1 << 18);
          Sync sync = gen.chance(0.1) ? Sync.EVERY_APPEND : Sync.NONE;
          new Program(
                  gen,
                  () -> Stores.segments(place, c -> c.withSegmentBytes(size).withSync(sync)),
                  true)
              .run();
        });
  }

  @TestFactory
  Stream<DynamicTest> programs_inMemory_doAsTheListSays() {
    return Property.check(
        "memory",
        100,
        gen -> {
          try (MessageStore store = Stores.inMemory(Clock.system())) {
            new Program(gen, () -> store, false).run();
          }
        });
  }

  private interface Opening {
    MessageStore open();
  }

  private static final class Program {
    private final Gen gen;
    private final Opening opening;
    private final boolean reopens;
    private final Retention retention;
    private final List<StoredMessage> kept = new ArrayList<>(); // from sequence 1 on
    private long first = 1; // at least; retention may move it
    private MessageStore store;
    private MessageStream stream;

    Program(Gen gen, Opening opening, boolean reopens) {
      this.gen = gen;
      this.opening = opening;
      this.reopens = reopens;
      this.retention =
          gen.oneOf(
              Retention.FOREVER,
              Retention.FOREVER,
              Retention.FOREVER.messages(gen.intBetween(1, 300)),
              Retention.FOREVER.bytes(gen.intBetween(10_000, 200_000)),
              Retention.FOREVER.messages(gen.intBetween(1, 100)).whenFull(WhenFull.REFUSE));
      this.store = opening.open();
      this.stream = store.open(Messages.STREAM, retention);
    }

    void run() throws Exception {
      for (int i = gen.oneOf(20, 100, 200); i > 0; i--) {
        step();
        check();
      }
      stream.close();
      if (reopens) {
        store.close();
      }
    }

    private void step() throws Exception {
      switch (gen.intBetween(0, 9)) {
        case 0, 1, 2, 3, 4, 5 -> append();
        case 6, 7 -> read();
        case 8 -> truncate();
        default -> reopen();
      }
    }

    private void append() throws Exception {
      List<NewMessage> messages = gen.listOf(1, gen.oneOf(1, 3, 40), Messages::any);
      Durability durability = gen.oneOf(Durability.MEMORY, store.strongest());
      var told = new ArrayList<Long>();
      AppendResult result =
          stream.append(
              messages, Durability.MEMORY, (from, to, failure) -> told.addAll(List.of(from, to)));
      if (retention.whenFull() == WhenFull.REFUSE
          && kept.size() - first + 1 + messages.size() > retention.maxMessages()) {
        assertThat(result).isEqualTo(AppendResult.FULL);
        return;
      }
      assertThat(result).isEqualTo(AppendResult.ACCEPTED);
      assertThat(told).containsExactly(kept.size() + 1L, kept.size() + (long) messages.size());
      for (NewMessage message : messages) {
        kept.add(message.stored(kept.size() + 1L, Instant.EPOCH));
      }
      if (durability == Durability.FSYNCED && retention.whenFull() != WhenFull.REFUSE) {
        NewMessage message = Messages.any(gen);
        assertThat(stream.append(message, durability)).isEqualTo(kept.size() + 1L);
        kept.add(message.stored(kept.size() + 1L, Instant.EPOCH));
      }
    }

    private void read() {
      @Nullable Instant since =
          gen.chance(0.5)
              ? null
              : Messages.TIME.plusNanos(gen.longBetween(-1_100_000_000_000L, 1_100_000_000_000L));
      Predicate<String> topics =
          gen.chance(0.5) ? topic -> true : topic -> topic.startsWith("t" + gen.seed() % 5);
      var query =
          new ReadQuery(gen.intBetween(0, kept.size() + 2), since, topics, gen.oneOf(1, 5, 1000));
      Page page = stream.read(query);
      long next = Math.max(query.from(), stream.firstSequence());
      var expected = new ArrayList<StoredMessage>();
      while (next <= kept.size() && expected.size() < query.limit()) {
        StoredMessage message = kept.get((int) next - 1);
        if ((since == null || !message.time().isBefore(since)) && topics.test(message.topic())) {
          expected.add(message);
        }
        next++;
      }
      assertThat(page.messages()).isEqualTo(expected);
      assertThat(page.next()).isEqualTo(next);
    }

    private void truncate() {
      long to = gen.longBetween(stream.firstSequence(), kept.size() + 1L);
      stream.truncateBefore(to);
      first = Math.max(first, to);
      assertThat(stream.firstSequence()).isEqualTo(first);
    }

    private void reopen() {
      long before = stream.stats().bytes();
      stream.close();
      if (reopens) {
        store.close();
        store = opening.open();
      }
      stream = store.open(Messages.STREAM, retention);
      assertThat(stream.stats().bytes()).isEqualTo(before);
    }

    private void check() {
      assertThat(stream.lastSequence()).isEqualTo(kept.size());
      long now = stream.firstSequence();
      assertThat(now).isGreaterThanOrEqualTo(first);
      if (now > first) { // only what the retention does not keep any more
        assertThat(retention.whenFull()).isEqualTo(WhenFull.DROP_OLDEST);
        assertThat(
                stream.stats().count() >= Math.min(retention.maxMessages(), kept.size())
                    || stream.stats().bytes() >= retention.maxBytes() / 2)
            .isTrue();
      }
      first = now;
      assertThat(stream.stats().count()).isEqualTo(kept.size() - first + 1);
      if (first > kept.size()) {
        assertThat(stream.stats().bytes()).isZero();
      }
    }
  }
}
