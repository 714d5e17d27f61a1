package dev.carillon.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.ChildJvm;
import dev.carillon.build.Patience;
import dev.carillon.spi.Durability;
import dev.carillon.spi.MessageStore;
import dev.carillon.spi.MessageStream;
import dev.carillon.spi.Retention;
import dev.carillon.spi.StoredMessage;
import java.io.DataInputStream;
import java.io.EOFException;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A JVM that is killed as it appends loses nothing that was acknowledged. */
class KillTest {
  @TempDir private Path directory;

  @Test
  void kill_tenTimes_losesNothingAcknowledged() throws Exception {
    kill(10);
  }

  @Test
  @Tag("long")
  void kill_fiftyTimes_losesNothingAcknowledged() throws Exception {
    kill(50);
  }

  private void kill(int times) throws Exception {
    var random = new SplittableRandom(times);
    long last = 0;
    for (int i = 0; i < times; i++) {
      Durability durability = i % 2 == 0 ? Durability.FSYNCED : Durability.MEMORY;
      long acknowledged = killed(durability, last + 1, random.nextInt(1, 400));
      assertThat(acknowledged).isGreaterThan(last);
      last = recovered(acknowledged);
    }
  }

  /** {@return the last number that a process printed before it was killed} */
  private long killed(Durability durability, long from, int prints) throws Exception {
    Process process =
        new ProcessBuilder(
                ChildJvm.command(
                    KillProgram.class,
                    directory.toString(),
                    durability.toString(),
                    Long.toString(from)))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    long last = 0;
    try (var in = new DataInputStream(process.getInputStream())) {
      for (int i = 0; i < prints; i++) {
        last = Long.reverseBytes(in.readLong());
      }
      process.toHandle().destroyForcibly(); // which leaves the pipe open
      while (true) { // what was in the pipe had been acknowledged as well
        last = Long.reverseBytes(in.readLong());
      }
    } catch (EOFException e) {
      assertThat(process.waitFor(Patience.LONG)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    return last;
  }

  /** {@return the last number that is there, after it was checked that none before is missing} */
  private long recovered(long acknowledged) {
    try (MessageStore store = Stores.segments(directory, c -> c.withSegmentBytes(1 << 18));
        MessageStream stream = store.open(Messages.STREAM, Retention.FOREVER)) {
      List<StoredMessage> all = Messages.all(stream);
      assertThat(all.size()).isGreaterThanOrEqualTo((int) acknowledged);
      for (int i = 0; i < all.size(); i++) {
        assertThat(all.get(i)).isEqualTo(Messages.number(i + 1).stored(i + 1, Messages.TIME));
      }
      return all.size();
    }
  }
}
