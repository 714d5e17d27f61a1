package dev.carillon.store;

import dev.carillon.spi.Durability;
import dev.carillon.spi.MessageStore;
import dev.carillon.spi.MessageStream;
import dev.carillon.spi.NewMessage;
import dev.carillon.spi.Retention;
import dev.carillon.store.SegmentConfig.WhenBusy;
import java.io.DataOutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Appends until it is killed, and prints the numbers that were acknowledged. */
final class KillProgram {
  private KillProgram() {}

  /** Appends to the store in a directory, with the durability named, from a number on. */
  public static void main(String[] args) throws Exception {
    Durability durability = Durability.valueOf(args[1]);
    long next = Long.parseLong(args[2]);
    var out = new DataOutputStream(System.out); // unbuffered: what is written is in the pipe
    MessageStore store =
        Stores.segments(
            Path.of(args[0]),
            c -> c.withSegmentBytes(1 << 18).withInFlight(1 << 16, WhenBusy.BLOCK));
    MessageStream stream = store.open(Messages.STREAM, Retention.FOREVER);
    for (int i = 0; ; i++) {
      int batch = i % 4 == 0 ? 1 : i % 100;
      List<NewMessage> messages = new ArrayList<>();
      for (int j = 0; j < Math.max(1, batch); j++) {
        messages.add(Messages.number(next++));
      }
      stream.append(
          messages,
          durability,
          (first, last, failure) -> {
            if (failure == null) {
              print(out, last);
            }
          });
    }
  }

  private static void print(DataOutputStream out, long last) {
    try {
      byte[] bytes = new byte[Long.BYTES];
      LittleEndian.putLong(bytes, 0, last);
      out.write(bytes);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
