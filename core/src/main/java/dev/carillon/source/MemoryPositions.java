package dev.carillon.source;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Positions of sources of one process. */
final class MemoryPositions implements Positions {
  private final Map<String, String> bySource = new ConcurrentHashMap<>();

  @Override
  public Optional<String> load(String source) {
    return Optional.ofNullable(bySource.get(source));
  }

  @Override
  public void save(String source, String position) {
    bySource.put(source, position);
  }
}
