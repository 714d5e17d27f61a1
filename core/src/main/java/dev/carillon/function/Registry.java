package dev.carillon.function;

import dev.carillon.event.EventSystem;
import dev.carillon.event.Promise;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Entries by name, in three scopes: those of everybody, of the application, and of code that it
 * hosts. A registry is seen from one of these: what is registered goes there, and what is looked
 * for is looked for there first, and then among everybody's.
 *
 * {@snippet :
 * Registry<Parser> parsers = Registry.open("parsers", Parser.class);
 * parsers.register("json", new JsonParser());
 * Registry<Parser> plugins = parsers.at(Scope.EXTERNAL);
 * plugins.register("yaml", yaml);        // which parsers does not find
 * plugins.require("json").parse(text);   // but plugins finds what is global
 * }
 *
 * <p>With {@linkplain RegistryConfig#rootedAt roots}, code outside of them is refused when it
 * calls. That keeps honest code apart; it is no guard against code that means harm, which can reach
 * anything in its own process.
 *
 * <p>Safe for use by any thread. Actions before an entry is registered happen-before actions of who
 * finds it. Finding takes no lock.
 *
 * @param <T> type of the entries
 */
public sealed interface Registry<T> permits LocalRegistry {

  /**
   * {@return a new registry with the default settings, seen from {@link Scope#GLOBAL}}
   *
   * @param name what it is called, in errors
   * @param type of the entries
   * @param <T> type of the entries
   */
  static <T> Registry<T> open(String name, Class<T> type) {
    return open(name, type, config -> config);
  }

  /**
   * {@return a new registry, seen from {@link Scope#GLOBAL}}
   *
   * @param name what it is called, in errors
   * @param type of the entries
   * @param configure changes the default settings
   * @param <T> type of the entries
   * @throws IllegalArgumentException if a setting is outside its range
   */
  static <T> Registry<T> open(String name, Class<T> type, UnaryOperator<RegistryConfig> configure) {
    return new LocalRegistry<>(
        new Entries<>(name, type, configure.apply(RegistryConfig.DEFAULT)), Scope.GLOBAL);
  }

  /** {@return what it is called} */
  String name();

  /** {@return its settings} */
  RegistryConfig config();

  /** {@return from where it is seen} */
  Scope scope();

  /**
   * {@return the same registry, seen from another scope}
   *
   * @param other which
   * @throws RegistryException if the caller is outside of the roots
   */
  Registry<T> at(Scope other);

  /**
   * Registers an entry in this scope.
   *
   * @param entryName 1 to 200 characters, none of them a control character
   * @param entry what to find by it
   * @return the name that it has: another one only for {@link Duplicates#NUMBER}
   * @throws RegistryException if the name is there and duplicates are rejected, the registry is
   *     full, or the caller is outside of the roots
   * @throws IllegalArgumentException if the name is no name, or the entry of another type
   */
  String register(String entryName, T entry);

  /**
   * Registers an entry in this scope that the registry does not keep alive: when it is collected it
   * is gone.
   *
   * @param entryName as for {@link #register}
   * @param entry what to find by it
   * @return the name that it has
   * @throws RegistryException as {@link #register}
   * @throws IllegalArgumentException as {@link #register}
   */
  String registerWeakly(String entryName, T entry);

  /**
   * Removes an entry of this scope.
   *
   * @param entryName its name
   * @return whether it was there
   * @throws RegistryException if the caller is outside of the roots
   */
  boolean remove(String entryName);

  /**
   * {@return the entry of that name, in this scope or among everybody's}
   *
   * @param entryName its name
   * @throws RegistryException if the caller is outside of the roots
   */
  Optional<T> find(String entryName);

  /**
   * {@return the entry of that name, in this scope or among everybody's}
   *
   * @param entryName its name
   * @throws RegistryException if there is none, saying which names are like it; or if the caller is
   *     outside of the roots
   */
  T require(String entryName);

  /**
   * {@return a promise of the entry of that name: complete at once if it is there, else when it is
   * registered}
   *
   * @param entryName its name
   * @param events makes the promise
   * @throws RegistryException if the caller is outside of the roots, or too many wait
   */
  Promise<T> await(String entryName, EventSystem events);

  /**
   * {@return the names that are found from here, sorted}
   *
   * @throws RegistryException if the caller is outside of the roots
   */
  Set<String> names();

  /**
   * {@return the entries that are found from here, in the order of their names}
   *
   * @throws RegistryException if the caller is outside of the roots
   */
  List<T> entries();

  /**
   * Has a listener told of changes, in all scopes that are seen from here.
   *
   * @param listener is told
   * @return its place, to take it out
   * @throws RegistryException if the caller is outside of the roots
   */
  RegistryListener.Place listen(RegistryListener<T> listener);
}
