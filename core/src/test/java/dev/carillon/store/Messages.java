package dev.carillon.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Gen;
import dev.carillon.spi.Durability;
import dev.carillon.spi.MessageStore;
import dev.carillon.spi.MessageStream;
import dev.carillon.spi.NewMessage;
import dev.carillon.spi.Page;
import dev.carillon.spi.ReadQuery;
import dev.carillon.spi.Retention;
import dev.carillon.spi.StoredMessage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** Messages and files for the tests of stores. */
final class Messages {
  static final String STREAM = "stream";
  static final Instant TIME = Instant.parse("2026-11-21T12:00:00.123456789Z");

  private Messages() {}

  /** {@return a message of 200 bytes that can be told by its number} */
  static NewMessage number(long number) {
    byte[] payload = new byte[200];
    LittleEndian.putLong(payload, 0, number);
    return new NewMessage(
        "numbers.plain",
        new UUID(1, number),
        "counter",
        number,
        "Number",
        java.util.Map.of(),
        payload,
        TIME.plusMillis(number));
  }

  /** {@return any message} */
  static NewMessage any(Gen gen) {
    var headers = new HashMap<String, String>();
    for (int i = gen.chance(0.3) ? gen.intBetween(1, 4) : 0; i > 0; i--) {
      headers.put(gen.text(20), gen.text(100));
    }
    byte[] payload = new byte[gen.chance(0.9) ? gen.intBetween(0, 300) : gen.intBetween(0, 3000)];
    for (int i = 0; i < payload.length; i++) {
      payload[i] = (byte) gen.intBetween(0, 255);
    }
    return new NewMessage(
        "t" + gen.intBetween(0, 5) + gen.text(10),
        new UUID(gen.anyLong(), gen.anyLong()),
        gen.text(10),
        gen.anyLong(),
        gen.text(20),
        headers,
        payload,
        TIME.plusNanos(gen.longBetween(-1_000_000_000_000L, 1_000_000_000_000L)));
  }

  static List<StoredMessage> all(MessageStream stream, ReadQuery query) {
    var all = new ArrayList<StoredMessage>();
    Page page = stream.read(query);
    while (!page.messages().isEmpty()) {
      all.addAll(page.messages());
      page = stream.read(query.next(page.next()));
    }
    return all;
  }

  static List<StoredMessage> all(MessageStream stream) {
    return all(stream, ReadQuery.from(0));
  }

  /** {@return what a stream holds that was written to and closed} */
  static List<StoredMessage> written(
      Path directory, int count, UnaryOperator<SegmentConfig> configure) throws Exception {
    try (MessageStore store = Stores.segments(directory, configure);
        MessageStream stream = store.open(STREAM, Retention.FOREVER)) {
      for (int i = 1; i <= count; i++) {
        stream.append(number(i), Durability.MEMORY);
      }
      List<StoredMessage> all = all(stream);
      assertThat(all).hasSize(count);
      return all;
    }
  }

  /** {@return the files of the stream, by their names} */
  static List<Path> files(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory.resolve(STREAM))) {
      return files.sorted().toList();
    }
  }
}
