package dev.carillon.function;

import dev.carillon.spi.MapStore;
import dev.carillon.spi.PayloadCodec;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.UnaryOperator;

/** Makes shared maps: in memory, in a file, and on any {@link MapStore}. */
public final class SharedMaps {
  private SharedMaps() {}

  /**
   * {@return a map in memory, with the default settings}
   *
   * @param name what it is called, in errors
   * @param keys type of the keys
   * @param values type of the values
   * @param codec writes both
   * @param <K> type of the keys
   * @param <V> type of the values
   */
  public static <K, V> SharedMap<K, V> inMemory(
      String name, Class<K> keys, Class<V> values, PayloadCodec codec) {
    return inMemory(name, keys, values, codec, config -> config);
  }

  /**
   * {@return a map in memory}
   *
   * @param name what it is called, in errors
   * @param keys type of the keys
   * @param values type of the values
   * @param codec writes both
   * @param configure changes the default settings
   * @param <K> type of the keys
   * @param <V> type of the values
   * @throws IllegalArgumentException if a setting is outside its range, or the name blank
   */
  public static <K, V> SharedMap<K, V> inMemory(
      String name,
      Class<K> keys,
      Class<V> values,
      PayloadCodec codec,
      UnaryOperator<SharedMapConfig> configure) {
    return over(storeInMemory(name, configure), keys, values, codec);
  }

  /**
   * {@return a map in a file, with the default settings}
   *
   * @param file where; it is made, with its directories, if it is not there
   * @param keys type of the keys
   * @param values type of the values
   * @param codec writes both
   * @param <K> type of the keys
   * @param <V> type of the values
   * @throws dev.carillon.spi.MapStoreException as {@link #storeInFile}
   */
  public static <K, V> SharedMap<K, V> inFile(
      Path file, Class<K> keys, Class<V> values, PayloadCodec codec) {
    return inFile(file, keys, values, codec, config -> config);
  }

  /**
   * {@return a map in a file}
   *
   * @param file where; it is made, with its directories, if it is not there
   * @param keys type of the keys
   * @param values type of the values
   * @param codec writes both
   * @param configure changes the default settings
   * @param <K> type of the keys
   * @param <V> type of the values
   * @throws dev.carillon.spi.MapStoreException as {@link #storeInFile}
   * @throws IllegalArgumentException if a setting is outside its range
   */
  public static <K, V> SharedMap<K, V> inFile(
      Path file,
      Class<K> keys,
      Class<V> values,
      PayloadCodec codec,
      UnaryOperator<SharedMapConfig> configure) {
    return over(storeInFile(file, configure), keys, values, codec);
  }

  /**
   * {@return a map on a store, which is closed with it}
   *
   * @param store where it lies
   * @param keys type of the keys
   * @param values type of the values
   * @param codec writes both
   * @param <K> type of the keys
   * @param <V> type of the values
   */
  public static <K, V> SharedMap<K, V> over(
      MapStore store, Class<K> keys, Class<V> values, PayloadCodec codec) {
    return new CodedMap<>(store, new Coding<>(keys, codec), new Coding<>(values, codec));
  }

  /**
   * {@return a store in memory}
   *
   * @param name what it is called, in errors
   * @param configure changes the default settings
   * @throws IllegalArgumentException if a setting is outside its range, or the name blank
   */
  public static MapStore storeInMemory(String name, UnaryOperator<SharedMapConfig> configure) {
    if (name.isBlank()) {
      throw new IllegalArgumentException("name must not be blank: name=\"" + name + "\"");
    }
    return new MapTable(name, configure.apply(SharedMapConfig.DEFAULT), null);
  }

  /**
   * {@return a store in a file, which is that store's only until it is closed}
   *
   * @param file where; it is made, with its directories, if it is not there; beside it there are
   *     two more, ending in {@code .lock} and, for moments, {@code .new}
   * @param configure changes the default settings
   * @throws dev.carillon.spi.MapStoreException if the file cannot be read or written, is damaged,
   *     has more than the settings allow, or is open already, here or in another process
   * @throws IllegalArgumentException if a setting is outside its range
   */
  public static MapStore storeInFile(Path file, UnaryOperator<SharedMapConfig> configure) {
    SharedMapConfig config = configure.apply(SharedMapConfig.DEFAULT);
    Path absolute = Objects.requireNonNull(file, "file").toAbsolutePath();
    return MapTable.open(absolute, config);
  }

  /**
   * {@return a registry of maps by name, for which no type is known; see {@link SharedMap#as}} It
   * keeps the maps of the whole program at {@link Scope#GLOBAL}, and those of a domain at the
   * others; it does not close them.
   *
   * @param name what the registry is called, in errors
   * @param configure changes its default settings
   * @throws IllegalArgumentException if a setting is outside its range, or the name blank
   */
  @SuppressWarnings("unchecked") // there is no class of a map of any types; its entries are asked
  public static Registry<SharedMap<?, ?>> registry(
      String name, UnaryOperator<RegistryConfig> configure) {
    Class<?> type = SharedMap.class;
    return Registry.open(name, (Class<SharedMap<?, ?>>) type, configure);
  }
}
