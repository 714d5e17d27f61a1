package dev.carillon.function;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A function as a message has it; its values are elsewhere.
 *
 * @param form of the function
 * @param name what it is called; for one that is registered, the name that it is found by
 * @param signature what it takes and returns
 * @param gifts what there is for each parameter
 * @param lambda how it is made; null for one that is registered
 */
record SentFunction(
    Form form,
    String name,
    SentSignature signature,
    List<Gift> gifts,
    @Nullable SentLambda lambda) {

  /** What a message has a byte for. */
  interface Coded {
    int code();
  }

  /** Forms of a function. */
  enum Form implements Coded {
    SYNC(0),
    ASYNC(1),
    GENERATOR(2);

    private final int code;

    Form(int code) {
      this.code = code;
    }

    @Override
    public int code() {
      return code;
    }

    static Form of(LocalBindable<?> function) {
      return switch (function) {
        case LocalBound<?> _ -> SYNC;
        case LocalAsyncBound<?> _ -> ASYNC;
        case LocalGenerator<?> _ -> GENERATOR;
      };
    }

    LocalBindable<?> make(Binding binding) {
      return switch (this) {
        case SYNC -> new LocalBound<>(binding);
        case ASYNC -> new LocalAsyncBound<>(binding);
        case GENERATOR -> new LocalGenerator<>(binding);
      };
    }
  }

  /** What there is for a parameter. */
  enum Gift implements Coded {
    NONE(0),
    ARGUMENT(1),
    DEFAULT(2);

    private final int code;

    Gift(int code) {
      this.code = code;
    }

    @Override
    public int code() {
      return code;
    }
  }

  /** {@return how many values it takes: what it captured, then arguments and defaults} */
  int values() {
    int count = lambda == null ? 0 : lambda.captured();
    for (Gift gift : gifts) {
      count += gift == Gift.NONE ? 0 : 1;
    }
    return count;
  }
}
