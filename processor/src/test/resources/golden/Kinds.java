package com.acme;

import dev.carillon.function.Default;
import dev.carillon.function.Registered;
import dev.carillon.function.Scope;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One function of each kind. */
class Kinds<X> {
  enum Color {
    RED,
    GREEN
  }

  @Registered
  Kinds() {}

  @Registered
  static @Nullable String maybe(@Nullable String text) {
    return text;
  }

  @Registered(name = "kinds.maybe-all", scope = Scope.INTERNAL)
  static List<@Nullable String> maybe(List<@Nullable String> all, Map<String, ? extends Number> sizes) {
    return all;
  }

  @Registered(when = Registered.When.NEVER)
  static String defaults(
      @Default("true") boolean bool,
      @Default("-1") byte small,
      @Default("2") short middle,
      @Default("-2147483648") int number,
      @Default("4") long big,
      @Default("'") char letter,
      @Default("1.5") float real,
      @Default("-Infinity") double far,
      @Default("7") Integer boxed,
      @Default("a \"b\" \\ ü") String text,
      @Default("GREEN") Color color,
      @Default("PT90S") Duration within) {
    return "" + bool + small + middle + number + big + letter + real + far + boxed + text + color + within;
  }

  @Registered
  void nothing() {}

  @Registered
  <E extends IOException> X[] rethrow(X[] all, Class<E> type) throws E {
    return all;
  }

  @Registered
  static <T extends Comparable<T> & java.io.Serializable> T max(Collection<? extends T> values, T first) {
    T most = first;
    for (T each : values) {
      most = each.compareTo(most) > 0 ? each : most;
    }
    return most;
  }

  @Registered
  static CompletableFuture<Integer> later(int value) {
    return CompletableFuture.completedFuture(value);
  }

  @Registered
  static CompletionStage<? extends Number> some(int value) {
    return CompletableFuture.completedFuture(value);
  }

  @Registered
  static Stream<Integer> count(int to) {
    return Stream.iterate(1, i -> i + 1).limit(to);
  }

  @Registered
  static Iterator<Integer> each(List<Integer> of) {
    return of.iterator();
  }

  @SafeVarargs
  @Registered
  static int join(String separator, List<String>... parts) {
    return parts.length;
  }

  @Registered
  static int sum(int... numbers) {
    return java.util.Arrays.stream(numbers).sum();
  }

  @Registered
  @Deprecated
  static Object old(Object any, @SuppressWarnings("rawtypes") List raw) {
    return any;
  }
}
