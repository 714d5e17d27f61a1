package dev.carillon.flow;

import java.util.Optional;
import java.util.function.Predicate;

/**
 * What a part can ask and say while it runs. Only for the attempt that it was given to: after that,
 * writing throws. Safe for use by any thread.
 */
public sealed interface PartContext extends View permits AttemptContext {

  /** {@return the part's name, with those of the branches around it} */
  String part();

  /** {@return the name of the run} */
  String run();

  /** {@return which attempt it is, 1 for the first} */
  int attempt();

  /**
   * {@return a name for what this part does in this iteration, the same in each attempt and after a
   * resumption} Whoever is told it twice can know that it is the same request again. It is made of
   * the names of run and part and the iteration, so two runs of one name have the same.
   */
  String idempotencyKey();

  /**
   * Writes a value, which others see when this attempt has succeeded.
   *
   * @param key one that the part {@linkplain Out#writes writes}
   * @param value the value
   * @param <T> its type
   * @throws IllegalStateException if the part did not say that it writes the key, or the attempt is
   *     over
   */
  <T> void write(Key<T> key, T value);

  /**
   * {@return what a part gave that this one {@linkplain Out#reads reads}, in this iteration}
   *
   * @param part which
   * @param <T> type of the value
   * @throws IllegalStateException if this part did not say that it reads that one
   */
  <T> Outcome<T> outcome(Out<T> part);

  /**
   * {@return the first value that matches among those of the parts below another, in the order of
   * the plan} Only those count that have succeeded in this iteration.
   *
   * @param parent whose descendants are asked, not itself
   * @param type of the value
   * @param matches says which
   * @param <T> type of the value
   */
  <T> Optional<T> ask(Out<?> parent, Class<T> type, Predicate<? super T> matches);

  /** {@return whether nobody waits for this attempt any more} */
  boolean isCancelled();
}
