package dev.carillon.function;

import java.lang.reflect.Executable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Functions of this process. */
@SuppressWarnings("rawtypes") // a class literal has no type arguments
final class LocalFunctions implements Functions {
  private final LocalRegistry<LocalBindable> registry;

  private LocalFunctions(LocalRegistry<LocalBindable> registry) {
    this.registry = registry;
  }

  static LocalFunctions open(String name, UnaryOperator<RegistryConfig> configure) {
    RegistryConfig config = configure.apply(RegistryConfig.DEFAULT);
    return new LocalFunctions(
        new LocalRegistry<>(new Entries<>(name, LocalBindable.class, config), Scope.GLOBAL));
  }

  @Override
  public Scope scope() {
    return registry.scope();
  }

  @Override
  public Functions at(Scope other) {
    return new LocalFunctions((LocalRegistry<LocalBindable>) registry.at(other));
  }

  @Override
  public <B extends Bindable<B>> B register(B function) {
    registry.permit();
    LocalBindable<B> own = own(function);
    return register(own, own.binding.counted(new Calls()));
  }

  /** Registers a function: {@return it, under the name that it was given} */
  private <B extends Bindable<B>> B register(LocalBindable<B> form, Binding counted) {
    String name =
        registry.registerPermitted(counted.name(), given -> own(form.make(counted.named(given))));
    return form.make(counted.named(name));
  }

  @Override
  public <R> R registerAndCall(String name, Bound<R> function) throws Exception {
    if (!function.isComplete()) {
      throw own(function).binding.arguments().incomplete();
    }
    return register(function.named(name)).call();
  }

  @Override
  public <B extends Bindable<B>> B onFirstCall(B function) {
    registry.permit();
    LocalBindable<B> own = own(function);
    return own.make(own.binding.joining(() -> join(own)));
  }

  /**
   * Registers a function unless it is there: {@return how its calls are counted}
   *
   * <p>Comparing calls the user's code, so it is done before the registry is locked; if another
   * entry has come by then, it starts again with that.
   */
  private <B extends Bindable<B>> Calls join(LocalBindable<B> own) {
    boolean isNumbered = registry.config().duplicates() == Duplicates.NUMBER;
    var calls = new Calls();
    Binding counted = own.binding.counted(calls);
    String name = counted.name();
    int number = 2;
    while (true) {
      LocalBindable<?> there = registry.findPermitted(name);
      Calls joined = there == null ? null : calls(there, own);
      if (joined != null) {
        return joined;
      }
      if (isNumbered && there != null && registry.isOwnPermitted(name, there)) {
        name = counted.name() + "-" + number++; // it may be there under a number
      } else if (registry.registerPermittedUnlessChanged(
          name, there, given -> own(own.make(counted.named(given))))) {
        return calls;
      }
    }
  }

  /**
   * {@return how calls are counted of a function that is the same as another; null if it is not}
   */
  private static @Nullable Calls calls(LocalBindable<?> there, LocalBindable<?> own) {
    boolean isOfItsForm = there.getClass().equals(own.getClass());
    return isOfItsForm ? there.binding.callsAs(own.binding) : null;
  }

  /** {@return the function of that name; null if there is none} */
  @Nullable LocalBindable<?> findOrNull(String name) {
    return registry.find(name).orElse(null);
  }

  /** Every form is a LocalBindable, as Bindable is sealed. */
  @SuppressWarnings("unchecked")
  private static <B extends Bindable<B>> LocalBindable<B> own(Bindable<B> function) {
    return (LocalBindable<B>) function;
  }

  @Override
  public Bindable<?> require(String name) {
    return (Bindable<?>) registry.require(name);
  }

  @Override
  @SuppressWarnings("unchecked") // the type of the result was looked at
  public <R> Bound<R> require(String name, Class<R> result) {
    Bindable<?> found = require(name);
    if (!(found instanceof Bound<?>)) {
      throw new RegistryException(
          "a function of another form cannot be called for its result: name=\"%s\", function=%s"
              .formatted(name, found));
    }
    Class<?> returned = Fitting.box(found.signature().result());
    if (!result.isAssignableFrom(returned)) {
      throw new RegistryException(
          "a function must return a %s: name=\"%s\", function=%s"
              .formatted(result.getTypeName(), name, found.signature()));
    }
    return (Bound<R>) found;
  }

  @Override
  public List<Bindable<?>> of(Executable method) {
    var all = new ArrayList<Bindable<?>>();
    for (LocalBindable each : registry.entries()) {
      Bindable<?> function = (Bindable<?>) each;
      if (function.method().filter(method::equals).isPresent()) {
        all.add(function);
      }
    }
    return all;
  }

  @Override
  public List<String> names() {
    return List.copyOf(registry.names());
  }

  @Override
  public boolean remove(String name) {
    return registry.remove(name);
  }

  @Override
  public CallStats stats(String name) {
    return registry.require(name).binding.stats();
  }
}
