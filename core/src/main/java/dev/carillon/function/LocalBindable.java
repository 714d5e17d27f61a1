package dev.carillon.function;

import java.lang.reflect.Executable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What all forms of a bound function do alike: the methods of {@link Bindable}. */
abstract sealed class LocalBindable<B> permits LocalBound, LocalAsyncBound, LocalGenerator {
  final Binding binding;

  LocalBindable(Binding binding) {
    this.binding = binding;
  }

  /** {@return the same form of another binding} */
  abstract B make(Binding other);

  public String name() {
    return binding.name();
  }

  public B named(String newName) {
    return make(binding.named(newName));
  }

  public Signature signature() {
    return binding.signature();
  }

  public Optional<Executable> method() {
    return binding.method();
  }

  public boolean isComplete() {
    return binding.arguments().isComplete();
  }

  public List<Parameter> missing() {
    return binding.missing();
  }

  public Map<String, @Nullable Object> arguments() {
    return binding.arguments().bound();
  }

  public B bind(String parameter, @Nullable Object value) {
    return with(binding.arguments().bind(parameter, value));
  }

  public B bind(int position, @Nullable Object value) {
    return with(binding.arguments().bind(position, value));
  }

  public B bindNext(@Nullable Object... values) {
    return with(binding.arguments().bindNext(values));
  }

  public B bindAll(Map<String, ? extends @Nullable Object> values) {
    return make(binding.bindAll(values));
  }

  public B bindRecord(Record bundle) {
    return make(binding.bindRecord(bundle));
  }

  public B withDefault(String parameter, @Nullable Object value) {
    return with(binding.arguments().withDefault(parameter, value));
  }

  private B with(Arguments bound) {
    return make(binding.with(bound));
  }

  @Override
  public String toString() {
    return binding.toString();
  }
}
