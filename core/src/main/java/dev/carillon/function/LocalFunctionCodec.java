package dev.carillon.function;

import dev.carillon.function.FunctionCodecConfig.Restoration;
import dev.carillon.spi.Codec;
import dev.carillon.spi.CodingException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.SerializedLambda;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Turns functions of this process into bytes and back. */
final class LocalFunctionCodec implements FunctionCodec {
  private static final MethodType MAKER =
      MethodType.methodType(Object.class, SerializedLambda.class);

  private final LocalFunctions functions;
  private final Codec codec;
  private final FunctionCodecConfig config;
  private final Map<String, Allowed> allowed = new HashMap<>(); // not written to once made
  private final Map<Class<?>, String> restored = new HashMap<>(); // as above

  /**
   * A class whose lambdas may be made.
   *
   * @param type the class
   * @param maker the compiler's own method that makes them; null if it made none, as there is
   *     nothing to make
   */
  record Allowed(Class<?> type, @Nullable MethodHandle maker) {}

  LocalFunctionCodec(Functions functions, Codec codec, FunctionCodecConfig config) {
    this.functions = (LocalFunctions) functions;
    this.codec = Objects.requireNonNull(codec, "codec");
    this.config = config;
    for (Class<?> type : config.allowed()) {
      if (allowed.put(type.getName(), new Allowed(type, maker(type))) != null) {
        throw new IllegalArgumentException(
            "allowed classes must have names of their own: class=" + type.getName());
      }
    }
    config.restorations().forEach((name, each) -> restored.put(each.type(), name));
  }

  private static @Nullable MethodHandle maker(Class<?> type) {
    Module own = LocalFunctionCodec.class.getModule();
    try {
      own.addReads(type.getModule());
      return MethodHandles.privateLookupIn(type, MethodHandles.lookup())
          .findStatic(type, "$deserializeLambda$", MAKER);
    } catch (NoSuchMethodException e) {
      return null; // said when somebody sends one
    } catch (IllegalAccessException e) {
      throw new IllegalArgumentException(
          "the package of an allowed class must be open to %s: class=%s"
              .formatted(own, type.getTypeName()),
          e);
    }
  }

  LocalFunctions functions() {
    return functions;
  }

  Codec codec() {
    return codec;
  }

  /** {@return the class of that name, if its lambdas may be made; else null} */
  @Nullable Allowed allowed(String name) {
    return allowed.get(name);
  }

  /** {@return the name that objects of a class are restored by; null if they are not} */
  @Nullable String restorationOf(Class<?> type) {
    return restored.get(type);
  }

  /** {@return how objects of that name are restored; null if they are not} */
  @Nullable Restoration<?, ?> restoration(String name) {
    return config.restorations().get(name);
  }

  @Override
  public FunctionCodecConfig config() {
    return config;
  }

  @Override
  @SuppressWarnings("unchecked") // every form is a LocalBindable, as Bindable is sealed
  public <B extends Bindable<B>> B sendable(B function) {
    var own = (LocalBindable<B>) function;
    try {
      new Sending(this).check(own);
    } catch (CodingException e) {
      throw new BindingException("cannot send %s: %s".formatted(function, e.getMessage()), e);
    }
    return own.make(own.binding.checkedBy(this::check));
  }

  private void check(String parameter, Object value) {
    try {
      new Sending(this).check(value, ValuePath.of(parameter));
    } catch (CodingException e) {
      throw new BindingException("cannot send an argument: " + e.getMessage(), e);
    }
  }

  @Override
  public byte[] encode(Bindable<?> function) {
    var sending = new Sending(this);
    sending.check((LocalBindable<?>) function);
    if (sending.parts().isEmpty()) {
      return sending.write(List.of());
    }
    try (var resting = new Quiescing(sending.parts())) {
      List<Object> snapshots = resting.await(config.quiesceWithin());
      return sending.write(snapshots);
    }
  }

  @Override
  public Bindable<?> decode(byte[] bytes) {
    return (Bindable<?>) (Object) new Receiving(this, Wire.read(bytes)).receive(null);
  }

  @Override
  @SuppressWarnings("unchecked") // the form and the type of the result were looked at
  public <R> Bound<R> decode(byte[] bytes, Class<R> result) {
    Objects.requireNonNull(result, "result");
    return (Bound<R>) (Object) new Receiving(this, Wire.read(bytes)).receive(result);
  }
}
