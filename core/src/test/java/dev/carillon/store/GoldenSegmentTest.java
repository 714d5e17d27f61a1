package dev.carillon.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.spi.Durability;
import dev.carillon.spi.MessageStore;
import dev.carillon.spi.MessageStream;
import dev.carillon.spi.NewMessage;
import dev.carillon.spi.Retention;
import dev.carillon.store.SegmentConfig.Sync;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file as version 1 of the format wrote it stays readable, and is still written that way. */
class GoldenSegmentTest {
  private static final String RESOURCE = "version-1.seg";

  @TempDir private Path directory;

  private static List<NewMessage> messages() {
    byte[] payload = new byte[200];
    for (int i = 0; i < payload.length; i++) {
      payload[i] = (byte) i;
    }
    var messages = new ArrayList<NewMessage>();
    for (int i = 1; i <= 5; i++) {
      messages.add(
          new NewMessage(
              i < 3 ? "orders.new" : "orders.über",
              new UUID(0x0123_4567_89ab_cdefL, i),
              "shop",
              i,
              "dev.carillon.Order",
              i == 2 ? Map.of("trace", "ä❤🔔") : Map.of(),
              java.util.Arrays.copyOf(payload, 200 - 3 * i),
              Instant.ofEpochSecond(1_795_262_400L + i, 123_456_789)));
    }
    return messages;
  }

  private static byte[] golden() throws Exception {
    try (InputStream in = GoldenSegmentTest.class.getResourceAsStream(RESOURCE)) {
      return in.readAllBytes();
    }
  }

  @Test
  void read_goldenFile_isWhatWasWritten() throws Exception {
    Path stream = Files.createDirectories(directory.resolve(Messages.STREAM));
    Files.write(Segment.file(stream, 1), golden());
    try (MessageStore store = Stores.segments(directory);
        MessageStream opened = store.open(Messages.STREAM, Retention.FOREVER)) {
      List<NewMessage> messages = messages();
      assertThat(opened.firstSequence()).isEqualTo(2);
      assertThat(Messages.all(opened))
          .containsExactly(
              messages.get(1).stored(2, Instant.EPOCH),
              messages.get(2).stored(3, Instant.EPOCH),
              messages.get(3).stored(4, Instant.EPOCH),
              messages.get(4).stored(5, Instant.EPOCH));
    }
  }

  @Test
  void write_sameMessages_makesTheSameFile() throws Exception {
    try (MessageStore store = Stores.segments(directory, c -> c.withSync(Sync.NONE));
        MessageStream stream = store.open(Messages.STREAM, Retention.FOREVER)) {
      stream.append(messages(), Durability.MEMORY, (first, last, failure) -> {});
      stream.truncateBefore(2);
    }
    byte[] written = Files.readAllBytes(Messages.files(directory).getFirst());
    Path made = Path.of("target", RESOURCE); // to be looked at, and taken when a version is added
    Files.write(made, written);
    assertThat(written).isEqualTo(golden());
  }
}
