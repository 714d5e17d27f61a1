package dev.carillon.function;

import dev.carillon.event.EventSystem;
import dev.carillon.event.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A registry of this process, seen from a scope. */
final class LocalRegistry<T> implements Registry<T> {
  private static final StackWalker CALLERS =
      StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);

  private static final Set<String> OWN = Set.of("dev.carillon.function", "dev.carillon.flow");

  private final Entries<T> entries;
  private final Scope scope;

  LocalRegistry(Entries<T> entries, Scope scope) {
    this.entries = entries;
    this.scope = Objects.requireNonNull(scope, "scope");
  }

  /** Fails if the code that calls this registry is outside of its roots. */
  private void checkCaller() {
    if (!entries.config().roots().isEmpty()) {
      @Nullable Class<?> caller = // the JDK calls on behalf of its own caller too
          CALLERS.walk(frames ->
              frames
                  .<Class<?>>map(StackWalker.StackFrame::getDeclaringClass)
                  .filter(each -> !isOwn(each) && !Inspection.isOfJdk(each))
                  .findFirst()
                  .orElse(null));
      checkCaller(caller);
    }
  }

  /** {@return whether a class calls on behalf of its own caller: one of these packages of ours} */
  private static boolean isOwn(Class<?> type) {
    return OWN.contains(type.getPackageName())
        && type.getProtectionDomain().equals(LocalRegistry.class.getProtectionDomain());
  }

  private void checkCaller(@Nullable Class<?> caller) {
    if (caller == null) {
      throw outside("none but classes of the JDK");
    }
    String module = caller.getModule().getName();
    String inPackage = caller.getPackageName();
    for (String root : entries.config().roots()) {
      if (root.equals(module) || root.equals(inPackage) || inPackage.startsWith(root + ".")) {
        return;
      }
    }
    throw outside(caller.getTypeName() + (module == null ? "" : " of module " + module));
  }

  private RegistryException outside(String caller) {
    return new RegistryException(
        "only code under a root may use registry \"%s\": roots=%s, caller=%s"
            .formatted(name(), new TreeSet<>(entries.config().roots()), caller));
  }

  @Override
  public String name() {
    return entries.name();
  }

  @Override
  public RegistryConfig config() {
    return entries.config();
  }

  @Override
  public Scope scope() {
    return scope;
  }

  @Override
  public Registry<T> at(Scope other) {
    checkCaller();
    return new LocalRegistry<>(entries, other);
  }

  @Override
  public String register(String entryName, T entry) {
    checkCaller();
    return entries.register(scope, entryName, entry, false);
  }

  @Override
  public String registerWeakly(String entryName, T entry) {
    checkCaller();
    return entries.register(scope, entryName, entry, true);
  }

  /** Fails if the caller may not use this registry. */
  void permit() {
    checkCaller();
  }

  /** {@return the entry of that name, for a caller that was permitted; null if there is none} */
  @Nullable T findPermitted(String entryName) {
    return entries.find(scope, entryName);
  }

  /** Registers what is made of the name it gets, for a caller that was permitted. */
  String registerPermitted(String entryName, Function<String, ? extends T> making) {
    return entries.register(scope, entryName, making, false);
  }

  /** {@return whether an entry is there in this scope itself, for a caller that was permitted} */
  boolean isOwnPermitted(String entryName, T entry) {
    return entries.isIn(scope, entryName, entry);
  }

  /**
   * Registers what is made of the name it gets, for a caller that was permitted, unless something
   * else is found by then than was seen: {@return whether it did}
   */
  boolean registerPermittedUnlessChanged(
      String entryName, @Nullable T seen, Function<String, ? extends T> making) {
    return entries.registerUnlessChanged(scope, entryName, seen, making);
  }

  @Override
  public boolean remove(String entryName) {
    checkCaller();
    return entries.remove(scope, entryName);
  }

  @Override
  public Optional<T> find(String entryName) {
    checkCaller();
    return Optional.ofNullable(entries.find(scope, entryName));
  }

  @Override
  public T require(String entryName) {
    checkCaller();
    T entry = entries.find(scope, entryName);
    if (entry == null) {
      throw new RegistryException(
          "there is no entry of that name: registry=\"%s\", scope=%s, name=\"%s\"%s"
              .formatted(name(), scope, entryName, Similar.hint(entryName, entries.names(scope))));
    }
    return entry;
  }

  @Override
  public Promise<T> await(String entryName, EventSystem events) {
    checkCaller();
    return entries.await(scope, entryName, events);
  }

  @Override
  public Set<String> names() {
    checkCaller();
    entries.purgeAndTell();
    return entries.names(scope);
  }

  @Override
  public List<T> entries() {
    checkCaller();
    entries.purgeAndTell();
    var all = new ArrayList<T>();
    for (String each : entries.names(scope)) {
      T entry = entries.find(scope, each);
      if (entry != null) {
        all.add(entry);
      }
    }
    return all;
  }

  @Override
  public RegistryListener.Place listen(RegistryListener<T> listener) {
    checkCaller();
    return entries.listen(scope, Objects.requireNonNull(listener, "listener"));
  }

  @Override
  public String toString() {
    return "registry \"" + name() + "\" seen from " + scope;
  }
}
