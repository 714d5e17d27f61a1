package dev.carillon.device;

import dev.carillon.spi.DeviceFunctions;
import dev.carillon.spi.DeviceKind;
import dev.carillon.spi.DeviceProvider;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;

/**
 * How devices are opened.
 *
 * @param providers providers besides those that are found; one of a kind that is found too replaces
 *     it
 * @param isDiscovering whether providers are looked for by {@link java.util.ServiceLoader}
 * @param functions what changes the table of a kind, such as to replace one of its functions
 * @param cpuThreads how many threads the CPU's streams share, 1 to 1,024
 * @param closePatience how long closing waits for work that is under way, at least 0
 * @param pooledEvents how many events of a driver are kept for each device to be used again, 0 to
 *     1,048,576
 */
public record DevicesConfig(
    List<DeviceProvider> providers,
    boolean isDiscovering,
    Map<DeviceKind, UnaryOperator<DeviceFunctions<Object, Object>>> functions,
    int cpuThreads,
    Duration closePatience,
    int pooledEvents) {

  /**
   * Providers that are found, a CPU thread for each processor, ten seconds of patience, 1,024
   * pooled events.
   */
  public static final DevicesConfig DEFAULT =
      new DevicesConfig(
          List.of(),
          true,
          Map.of(),
          Runtime.getRuntime().availableProcessors(),
          Duration.ofSeconds(10),
          1024);

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if a setting is out of range, two providers are of one kind,
   *     or one is of the CPU
   */
  public DevicesConfig {
    providers = List.copyOf(providers);
    functions = Map.copyOf(functions);
    Objects.requireNonNull(closePatience, "closePatience");
    if (providers.stream().map(DeviceProvider::kind).distinct().count() < providers.size()) {
      throw new IllegalArgumentException(
          "there may be one provider of a kind: kinds="
              + providers.stream().map(DeviceProvider::kind).toList());
    }
    if (providers.stream().anyMatch(provider -> provider.kind().equals(DeviceKind.CPU))) {
      throw new IllegalArgumentException("the provider of the CPU is always there: kind=cpu");
    }
    if (cpuThreads < 1 || cpuThreads > 1024) {
      throw new IllegalArgumentException("CPU threads must be 1 to 1024: cpuThreads=" + cpuThreads);
    }
    if (closePatience.isNegative()) {
      throw new IllegalArgumentException(
          "patience must not be negative: closePatience=" + closePatience);
    }
    if (pooledEvents < 0 || pooledEvents > 1 << 20) {
      throw new IllegalArgumentException(
          "pooled events must be 0 to 1048576: pooledEvents=" + pooledEvents);
    }
  }

  /**
   * {@return these settings with one more provider}
   *
   * @param provider of a kind that no other given one has
   */
  public DevicesConfig withProvider(DeviceProvider provider) {
    var more = new ArrayList<>(providers);
    more.add(provider);
    return new DevicesConfig(
        more, isDiscovering, functions, cpuThreads, closePatience, pooledEvents);
  }

  /** {@return these settings without looking for providers: the CPU, and those that are given} */
  public DevicesConfig withoutDiscovery() {
    return new DevicesConfig(providers, false, functions, cpuThreads, closePatience, pooledEvents);
  }

  /**
   * {@return these settings with a change of the table of a kind, after those that were given
   * before}
   *
   * @param kind the kind, which need not be here
   * @param change gives the table to use instead, {@code t -> t.withQuery(mine)}; what it handles
   *     are the driver's own events and streams
   */
  public DevicesConfig withFunctions(
      DeviceKind kind, UnaryOperator<DeviceFunctions<Object, Object>> change) {
    var more = new HashMap<>(functions);
    more.merge(kind, change, (before, next) -> table -> next.apply(before.apply(table)));
    return new DevicesConfig(
        providers, isDiscovering, more, cpuThreads, closePatience, pooledEvents);
  }

  /**
   * {@return these settings with as many threads for the CPU's streams}
   *
   * @param cpuThreads 1 to 1,024
   */
  public DevicesConfig withCpuThreads(int cpuThreads) {
    return new DevicesConfig(
        providers, isDiscovering, functions, cpuThreads, closePatience, pooledEvents);
  }

  /**
   * {@return these settings with as much patience}
   *
   * @param closePatience how long closing waits for work that is under way
   */
  public DevicesConfig withClosePatience(Duration closePatience) {
    return new DevicesConfig(
        providers, isDiscovering, functions, cpuThreads, closePatience, pooledEvents);
  }

  /**
   * {@return these settings with as many pooled events for each device}
   *
   * @param pooledEvents 0 to 1,048,576
   */
  public DevicesConfig withPooledEvents(int pooledEvents) {
    return new DevicesConfig(
        providers, isDiscovering, functions, cpuThreads, closePatience, pooledEvents);
  }
}
