package dev.carillon.function.guest;

import dev.carillon.function.Bound;
import dev.carillon.function.Functions;
import dev.carillon.function.Registry;
import java.util.List;
import java.util.Optional;

/** Code of another package that uses a registry. */
public final class Guest {
  private Guest() {}

  /** Looks for an entry. */
  public static <T> Optional<T> find(Registry<T> registry, String name) {
    return registry.find(name);
  }

  /** Looks for a function. */
  public static Object require(Functions functions, String name) {
    return functions.require(name);
  }

  /** Looks for an entry from within a lambda of the JDK's. */
  public static <T> Optional<T> findInALambda(Registry<T> registry, String name) {
    return Optional.of(name).flatMap(registry::find);
  }

  /** {@return a function that this class has let register itself} */
  public static <R> Bound<R> onFirstCall(Functions functions, Bound<R> function) {
    return functions.onFirstCall(function);
  }

  /** {@return what this class finds} */
  public static List<String> names(Functions functions) {
    return functions.names();
  }
}
