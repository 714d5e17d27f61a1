package dev.carillon.flow;

import dev.carillon.function.Fn0;
import dev.carillon.function.Fn1;
import dev.carillon.function.Fn2;
import dev.carillon.function.Fn3;
import dev.carillon.function.Fn4;
import dev.carillon.function.Fn5;
import dev.carillon.schedule.Work;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;

/**
 * A piece of a cycle that is being defined: parts, splits and branches are added to it.
 *
 * <p>The order in which they are added is the order of the plan. For the thread that defines the
 * cycle, while its definition runs.
 */
public sealed interface Branch permits Definition {

  /** {@return the name, with those of the branches around it; empty for the whole cycle} */
  String name();

  /**
   * Adds a part with no input.
   *
   * @param name unique in its branch, without {@code /}
   * @param work what it does
   * @param <R> type of its value
   * @return the part
   * @throws IllegalArgumentException if the name is taken or an input is of another cycle
   */
  <R> Out<R> part(String name, Fn0<? extends R> work);

  /**
   * Adds a part with one input.
   *
   * @param name unique in its branch, without {@code /}
   * @param work what it does
   * @param a an input
   * @param <A> type of an input
   * @param <R> type of its value
   * @return the part
   * @throws IllegalArgumentException if the name is taken or an input is of another cycle
   */
  <A, R> Out<R> part(String name, Fn1<? super A, ? extends R> work, Out<A> a);

  /**
   * Adds a part with 2 inputs.
   *
   * @param name unique in its branch, without {@code /}
   * @param work what it does
   * @param a an input
   * @param b an input
   * @param <A> type of an input
   * @param <B> type of an input
   * @param <R> type of its value
   * @return the part
   * @throws IllegalArgumentException if the name is taken or an input is of another cycle
   */
  <A, B, R> Out<R> part(
      String name, Fn2<? super A, ? super B, ? extends R> work, Out<A> a, Out<B> b);

  /**
   * Adds a part with 3 inputs.
   *
   * @param name unique in its branch, without {@code /}
   * @param work what it does
   * @param a an input
   * @param b an input
   * @param c an input
   * @param <A> type of an input
   * @param <B> type of an input
   * @param <C> type of an input
   * @param <R> type of its value
   * @return the part
   * @throws IllegalArgumentException if the name is taken or an input is of another cycle
   */
  <A, B, C, R> Out<R> part(
      String name,
      Fn3<? super A, ? super B, ? super C, ? extends R> work,
      Out<A> a,
      Out<B> b,
      Out<C> c);

  /**
   * Adds a part with 4 inputs.
   *
   * @param name unique in its branch, without {@code /}
   * @param work what it does
   * @param a an input
   * @param b an input
   * @param c an input
   * @param d an input
   * @param <A> type of an input
   * @param <B> type of an input
   * @param <C> type of an input
   * @param <D> type of an input
   * @param <R> type of its value
   * @return the part
   * @throws IllegalArgumentException if the name is taken or an input is of another cycle
   */
  <A, B, C, D, R> Out<R> part(
      String name,
      Fn4<? super A, ? super B, ? super C, ? super D, ? extends R> work,
      Out<A> a,
      Out<B> b,
      Out<C> c,
      Out<D> d);

  /**
   * Adds a part with 5 inputs.
   *
   * @param name unique in its branch, without {@code /}
   * @param work what it does
   * @param a an input
   * @param b an input
   * @param c an input
   * @param d an input
   * @param e an input
   * @param <A> type of an input
   * @param <B> type of an input
   * @param <C> type of an input
   * @param <D> type of an input
   * @param <E> type of an input
   * @param <R> type of its value
   * @return the part
   * @throws IllegalArgumentException if the name is taken or an input is of another cycle
   */
  <A, B, C, D, E, R> Out<R> part(
      String name,
      Fn5<? super A, ? super B, ? super C, ? super D, ? super E, ? extends R> work,
      Out<A> a,
      Out<B> b,
      Out<C> c,
      Out<D> d,
      Out<E> e);

  /**
   * Adds a part that asks for its context, with no input.
   *
   * @param name unique in its branch, without {@code /}
   * @param work what it does
   * @param <R> type of its value
   * @return the part
   * @throws IllegalArgumentException if the name is taken or an input is of another cycle
   */
  <R> Out<R> partWith(String name, ContextFn0<? extends R> work);

  /**
   * Adds a part that asks for its context, with one input.
   *
   * @param name unique in its branch, without {@code /}
   * @param work what it does
   * @param a an input
   * @param <A> type of an input
   * @param <R> type of its value
   * @return the part
   * @throws IllegalArgumentException if the name is taken or an input is of another cycle
   */
  <A, R> Out<R> partWith(String name, ContextFn1<? super A, ? extends R> work, Out<A> a);

  /**
   * Adds a part that asks for its context, with 2 inputs.
   *
   * @param name unique in its branch, without {@code /}
   * @param work what it does
   * @param a an input
   * @param b an input
   * @param <A> type of an input
   * @param <B> type of an input
   * @param <R> type of its value
   * @return the part
   * @throws IllegalArgumentException if the name is taken or an input is of another cycle
   */
  <A, B, R> Out<R> partWith(
      String name, ContextFn2<? super A, ? super B, ? extends R> work, Out<A> a, Out<B> b);

  /**
   * Adds a part that asks for its context, with 3 inputs.
   *
   * @param name unique in its branch, without {@code /}
   * @param work what it does
   * @param a an input
   * @param b an input
   * @param c an input
   * @param <A> type of an input
   * @param <B> type of an input
   * @param <C> type of an input
   * @param <R> type of its value
   * @return the part
   * @throws IllegalArgumentException if the name is taken or an input is of another cycle
   */
  <A, B, C, R> Out<R> partWith(
      String name,
      ContextFn3<? super A, ? super B, ? super C, ? extends R> work,
      Out<A> a,
      Out<B> b,
      Out<C> c);

  /**
   * Adds a part that asks for its context, with 4 inputs.
   *
   * @param name unique in its branch, without {@code /}
   * @param work what it does
   * @param a an input
   * @param b an input
   * @param c an input
   * @param d an input
   * @param <A> type of an input
   * @param <B> type of an input
   * @param <C> type of an input
   * @param <D> type of an input
   * @param <R> type of its value
   * @return the part
   * @throws IllegalArgumentException if the name is taken or an input is of another cycle
   */
  <A, B, C, D, R> Out<R> partWith(
      String name,
      ContextFn4<? super A, ? super B, ? super C, ? super D, ? extends R> work,
      Out<A> a,
      Out<B> b,
      Out<C> c,
      Out<D> d);

  /**
   * Adds a part that asks for its context, with 5 inputs.
   *
   * @param name unique in its branch, without {@code /}
   * @param work what it does
   * @param a an input
   * @param b an input
   * @param c an input
   * @param d an input
   * @param e an input
   * @param <A> type of an input
   * @param <B> type of an input
   * @param <C> type of an input
   * @param <D> type of an input
   * @param <E> type of an input
   * @param <R> type of its value
   * @return the part
   * @throws IllegalArgumentException if the name is taken or an input is of another cycle
   */
  <A, B, C, D, E, R> Out<R> partWith(
      String name,
      ContextFn5<? super A, ? super B, ? super C, ? super D, ? super E, ? extends R> work,
      Out<A> a,
      Out<B> b,
      Out<C> c,
      Out<D> d,
      Out<E> e);

  /**
   * Adds a part that gives nothing.
   *
   * @param name unique in its branch
   * @param work what it does
   * @return the part
   */
  Out<Done> act(String name, Work work);

  /**
   * Adds a part that takes an input and gives nothing.
   *
   * @param name unique in its branch
   * @param work what it does
   * @param a the input
   * @param <A> its type
   * @return the part
   */
  <A> Out<Done> act(String name, Consumer<? super A> work, Out<A> a);

  /**
   * Adds a part that was made before.
   *
   * @param part what it does and how it is run
   * @param a the input
   * @param <A> type of the input
   * @param <R> type of its value
   * @return the part
   * @throws IllegalArgumentException if its name is taken
   */
  <A, R> Out<R> add(Part<A, R> part, Out<A> a);

  /**
   * Adds the parts of another cycle, as a branch with its name. If that cycle repeats, it runs to
   * its end within each iteration of this one; if not, its parts are parts of this cycle, and what
   * it says of order and failures holds for them.
   *
   * @param cycle the other cycle
   * @param a its input
   * @param <A> type of the input
   * @param <R> type of its value
   * @return what it gives
   * @throws IllegalArgumentException if its name is taken
   */
  <A, R> Out<R> add(Cycle<A, R> cycle, Out<A> a);

  /**
   * Adds a part that does something for each element of a collection, all at once, as far as gates,
   * permits and threads allow. Attempts, retries, gates, locks and permits are each element's. One
   * that fails and is to be skipped is left out; any other failure of an element is the part's,
   * once all have ended. Values are in the order of the elements.
   *
   * @param name unique in its branch
   * @param work what it does with one
   * @param elements for which; copied when it begins
   * @param <A> type of the elements
   * @param <R> type of the values
   * @return the part
   */
  <A, R> Out<List<R>> each(
      String name,
      Fn1<? super A, ? extends R> work,
      Out<? extends Collection<? extends A>> elements);

  /**
   * Adds a part that runs if any of its inputs has a value, and is given those that there are.
   *
   * @param name unique in its branch
   * @param work given the values, in the order of the inputs; at least one
   * @param inputs at least one
   * @param <A> type of the inputs
   * @param <R> type of its value
   * @return the part
   */
  <A, R> Out<R> anySuccess(
      String name, Fn1<? super List<A>, ? extends R> work, List<? extends Out<? extends A>> inputs);

  /**
   * Adds a part that runs however those before it ended, and is given their outcomes.
   *
   * @param name unique in its branch
   * @param work given the outcomes, in the order of the inputs
   * @param inputs at least one
   * @param <R> type of its value
   * @return the part
   */
  <R> Out<R> always(
      String name, Fn1<? super List<Outcome<?>>, ? extends R> work, List<? extends Out<?>> inputs);

  /**
   * Adds branches that are ordered among each other in a way of their own.
   *
   * @param name unique in its branch
   * @param sync the way
   * @param branches adds them
   * @return the split
   */
  Split split(String name, Sync sync, Consumer<? super Split> branches);

  /**
   * Adds a branch.
   *
   * @param name unique in its branch
   * @param body adds its parts
   * @return the branch
   */
  Branch branch(String name, Consumer<? super Branch> body);

  /**
   * Has this piece begin only after a part has a value: what has no predecessor in it depends on
   * that part.
   *
   * @param part a part of the same cycle, added before
   * @return this
   */
  Branch under(Out<?> part);

  /**
   * Has this piece take part in an iteration only if a guard says so, asked once for all of it.
   *
   * @param guard says so
   * @return this
   */
  Branch when(Guard guard);

  /**
   * Says how the parts of this piece are ordered.
   *
   * @param sync how
   * @return this
   */
  Branch sync(Sync sync);

  /**
   * Says what the failure of a part of this piece means that says nothing itself. A default has no
   * place here, as parts give values of many types.
   *
   * @param policy what
   * @return this
   * @throws IllegalArgumentException if it is a default, or ends with one
   */
  Branch onError(OnError<Object> policy);

  /**
   * Says when all of this piece should have ended, counted from when the iteration began; as {@link
   * Out#deadline} for each part of it.
   *
   * @param fromBeginning how long after the iteration began
   * @return this
   */
  Branch deadline(Duration fromBeginning);

  /**
   * Has something done when the run has ended, in whatever way, if any part of this piece was
   * begun. Of several, that whose piece was begun last is the first; of one piece, the last added.
   *
   * @param name unique in its branch
   * @param work what; a failure makes the run end with {@link RunStatus#ERROR}
   * @return this
   */
  Branch anyway(String name, Work work);
}
