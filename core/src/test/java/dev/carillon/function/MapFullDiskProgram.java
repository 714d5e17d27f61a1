package dev.carillon.function;

import dev.carillon.spi.MapStoreException;
import dev.carillon.store.Stores;
import java.nio.file.Path;

/** Fills a map's file until it may not grow, and goes on with what there is room for. */
final class MapFullDiskProgram {
  private MapFullDiskProgram() {}

  /** Prints the number of entries, why there are no more, and what was possible afterwards. */
  public static void main(String[] args) {
    try (var map =
        SharedMaps.inFile(
            Path.of(args[0]),
            String.class,
            String.class,
            Stores.basicCodec(),
            c -> c.forced(false))) {
      String why = null;
      while (why == null) {
        try {
          map.put("k" + map.revision(), "v".repeat(10_000));
        } catch (MapStoreException e) {
          why = e.getMessage();
        }
      }
      long revision = map.revision();
      System.out.println(why);
      System.out.println(map.entries().size() == revision);
      System.out.println(map.put("small", "1") == revision + 1);
      System.out.println(revision);
    }
  }
}
