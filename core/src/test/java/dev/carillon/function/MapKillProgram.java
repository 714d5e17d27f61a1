package dev.carillon.function;

import dev.carillon.store.Stores;
import java.io.DataOutputStream;
import java.nio.file.Path;

/** Changes a map in a file until it is killed, and prints the numbers that were acknowledged. */
final class MapKillProgram {
  static final int KEYS = 50;

  private MapKillProgram() {}

  /** Writes to a file, forced or not, the numbers from one on. */
  public static void main(String[] args) throws Exception {
    boolean isForced = Boolean.parseBoolean(args[1]);
    long number = Long.parseLong(args[2]);
    var out = new DataOutputStream(System.out); // unbuffered: what is written is in the pipe
    var map =
        SharedMaps.inFile(
            Path.of(args[0]),
            String.class,
            String.class,
            Stores.basicCodec(),
            c -> c.forced(isForced));
    while (true) {
      map.put("k" + number % KEYS, value(number));
      out.writeLong(number);
      number++;
    }
  }

  static String value(long number) {
    return "v".repeat((int) (number * 31 % 500)) + number;
  }
}
