package dev.carillon.function;

import java.lang.reflect.Executable;
import org.jspecify.annotations.Nullable;

/** Calls a lambda or method reference, without an array or an object of its own. */
final class FnTarget extends Target {
  private final Fn fn;

  FnTarget(Fn fn, Signature signature, @Nullable Executable method) {
    super(signature, method);
    this.fn = fn;
  }

  Fn fn() {
    return fn;
  }

  /* The arguments were fitted to the types of the parameters when they were bound. */
  @Override
  @SuppressWarnings({"unchecked", "NullAway"}) // null is an argument as good as any
  @Nullable Object invoke(@Nullable Object[] a) throws Exception {
    return switch (fn) {
      case Fn0<?> _ -> ((Fn0<Object>) fn).call();
      case Fn1<?, ?> _ -> ((Fn1<Object, Object>) fn).call(a[0]);
      case Fn2<?, ?, ?> _ -> ((Fn2<Object, Object, Object>) fn).call(a[0], a[1]);
      case Fn3<?, ?, ?, ?> _ -> ((Fn3<Object, Object, Object, Object>) fn).call(a[0], a[1], a[2]);
      case Fn4<?, ?, ?, ?, ?> _ ->
          ((Fn4<Object, Object, Object, Object, Object>) fn).call(a[0], a[1], a[2], a[3]);
      case Fn5<?, ?, ?, ?, ?, ?> _ ->
          ((Fn5<Object, Object, Object, Object, Object, Object>) fn)
              .call(a[0], a[1], a[2], a[3], a[4]);
    };
  }

  @Override
  @SuppressWarnings({"unchecked", "NullAway"})
  @Nullable Object invoke(@Nullable Object[] a, int at, @Nullable Object value) throws Exception {
    return switch (fn) {
      case Fn0<?> _ -> throw new IllegalArgumentException("no parameter at " + at);
      case Fn1<?, ?> _ -> ((Fn1<Object, Object>) fn).call(at == 0 ? value : a[0]);
      case Fn2<?, ?, ?> _ ->
          ((Fn2<Object, Object, Object>) fn).call(at == 0 ? value : a[0], at == 1 ? value : a[1]);
      case Fn3<?, ?, ?, ?> _ ->
          ((Fn3<Object, Object, Object, Object>) fn)
              .call(at == 0 ? value : a[0], at == 1 ? value : a[1], at == 2 ? value : a[2]);
      case Fn4<?, ?, ?, ?, ?> _ ->
          ((Fn4<Object, Object, Object, Object, Object>) fn)
              .call(
                  at == 0 ? value : a[0],
                  at == 1 ? value : a[1],
                  at == 2 ? value : a[2],
                  at == 3 ? value : a[3]);
      case Fn5<?, ?, ?, ?, ?, ?> _ ->
          ((Fn5<Object, Object, Object, Object, Object, Object>) fn)
              .call(
                  at == 0 ? value : a[0],
                  at == 1 ? value : a[1],
                  at == 2 ? value : a[2],
                  at == 3 ? value : a[3],
                  at == 4 ? value : a[4]);
    };
  }
}
