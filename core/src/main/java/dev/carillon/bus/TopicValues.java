package dev.carillon.bus;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Values in the order in which they were added to a {@link TopicTrie}; immutable. */
final class TopicValues<S> {
  /*
   * The arrays may be longer than the list. Then they are shared with the list that `plus` made of
   * this one, which has more of them; nobody reads them beyond their own size. That is why `plus`
   * may be called once only on a list, under the lock of the trie: on the list that a node has,
   * which the node replaces by what comes out. So a million values of one pattern are added in
   * linear time; removing one of them copies the others.
   */
  private static final TopicValues<?> NONE = new TopicValues<>(new Object[0], new long[0], 0);

  private final Object[] values;
  private final long[] orders; // strictly ascending; of the values at the same places
  private final int size;

  private TopicValues(Object[] values, long[] orders, int size) {
    this.values = values;
    this.orders = orders;
    this.size = size;
  }

  /** {@return no values} */
  @SuppressWarnings("unchecked") // it has none of any type
  static <S> TopicValues<S> none() {
    return (TopicValues<S>) NONE;
  }

  /** {@return one value, added as number {@code order}} */
  static <S> TopicValues<S> one(long order, S value) {
    return new TopicValues<>(new Object[] {value}, new long[] {order}, 1);
  }

  int size() {
    return size;
  }

  /** {@return a value by its place, from 0} */
  @SuppressWarnings("unchecked") // nothing else is put there
  S value(int place) {
    return (S) values[place];
  }

  /** {@return these values and one added later; the last call for this list} */
  TopicValues<S> plus(long order, S value) {
    Object[] moreValues = values;
    long[] moreOrders = orders;
    if (size == values.length) {
      int length = size + (size >> 1) + 1;
      moreValues = Arrays.copyOf(values, length);
      moreOrders = Arrays.copyOf(orders, length);
    }
    moreValues[size] = value;
    moreOrders[size] = order;
    return new TopicValues<>(moreValues, moreOrders, size + 1);
  }

  /** {@return where a value is, by identity, the first time; -1 if it is not} */
  @SuppressWarnings("ReferenceEquality") // calls nothing of the value's
  int place(S value) {
    for (int i = 0; i < size; i++) {
      if (values[i] == value) {
        return i;
      }
    }
    return -1;
  }

  /** {@return all values but the one at a place; null if there are no others} */
  @Nullable TopicValues<S> without(int place) {
    if (size == 1) {
      return null;
    }
    var fewerValues = new Object[size - 1];
    var fewerOrders = new long[size - 1];
    System.arraycopy(values, 0, fewerValues, 0, place);
    System.arraycopy(orders, 0, fewerOrders, 0, place);
    System.arraycopy(values, place + 1, fewerValues, place, size - 1 - place);
    System.arraycopy(orders, place + 1, fewerOrders, place, size - 1 - place);
    return new TopicValues<>(fewerValues, fewerOrders, size - 1);
  }

  /** {@return these values and others, in order; what is in both comes once} */
  TopicValues<S> union(TopicValues<S> others) {
    var unionValues = new Object[size + others.size];
    var unionOrders = new long[unionValues.length];
    int i = 0;
    int j = 0;
    int k = 0;
    while (i < size || j < others.size) {
      boolean isMine = j == others.size || (i < size && orders[i] <= others.orders[j]);
      boolean isBoth = isMine && j < others.size && orders[i] == others.orders[j];
      unionValues[k] = isMine ? values[i] : others.values[j];
      unionOrders[k++] = isMine ? orders[i] : others.orders[j];
      i += isMine ? 1 : 0;
      j += isBoth || !isMine ? 1 : 0;
    }
    return new TopicValues<>(unionValues, unionOrders, k);
  }

  /** {@return the values of two lists, of which either may be missing, in order} */
  static <S> @Nullable TopicValues<S> join(
      @Nullable TopicValues<S> some, @Nullable TopicValues<S> others) {
    if (some == null || others == null) {
      return some == null ? others : some;
    }
    int size = some.size + others.size;
    var values = new Object[size];
    var orders = new long[size];
    int i = 0;
    int j = 0;
    for (int k = 0; k < size; k++) {
      boolean isFirst = j == others.size || (i < some.size && some.orders[i] < others.orders[j]);
      TopicValues<S> next = isFirst ? some : others;
      int place = isFirst ? i++ : j++;
      values[k] = next.values[place];
      orders[k] = next.orders[place];
    }
    return new TopicValues<>(values, orders, size);
  }
}
