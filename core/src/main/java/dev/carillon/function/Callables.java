package dev.carillon.function;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodType;
import java.lang.reflect.Executable;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes a binding of any object that can be called. */
final class Callables {
  /*
   * What an object's call is, its interfaces say: those marked as functional, and for the object of
   * a lambda whichever it has. All of them must come to one method, as those of a UnaryOperator do,
   * which is a Function. Unmarked interfaces of other objects do not count: a String is Comparable,
   * which has just one method, and nobody would call it for that.
   */
  private Callables() {}

  static <R> Binding of(Object callable, Class<R> result) {
    return switch (callable) {
      case LocalBindable<?> bindable -> bindable.binding.returning(result);
      case Fn fn -> Binding.of(Targets.of(fn)).returning(result);
      case Executable method -> Binding.of(Targets.of(method)).returning(result);
      case MethodHandle handle -> Binding.of(target(handle)).returning(result);
      default -> Binding.of(target(callable)).named(LocalBound.nameOf(callable)).returning(result);
    };
  }

  private static Target target(MethodHandle handle) {
    MethodType type = handle.type();
    var parameters = new ArrayList<Parameter>();
    for (int i = 0; i < type.parameterCount(); i++) {
      boolean isVariable = handle.isVarargsCollector() && i == type.parameterCount() - 1;
      parameters.add(new Parameter("arg" + i, type.parameterType(i), isVariable));
    }
    var signature = new Signature("handle", parameters, type.returnType(), false);
    return new MethodTarget(handle, signature, null);
  }

  private static Target target(Object callable) {
    Method method = only(callable);
    Signature declared = Targets.signature(method);
    List<Parameter> withoutReceiver = declared.parameters().subList(1, declared.arity());
    var signature =
        new Signature(declared.name(), withoutReceiver, declared.result(), declared.hasNames());
    return new MethodTarget(Targets.handle(method).bindTo(callable), signature, null);
  }

  private static Method only(Object callable) {
    Class<?> type = callable.getClass();
    Collection<Method> calls = calls(type).values();
    if (calls.size() == 1) {
      return calls.iterator().next();
    }
    throw new BindingException(
        calls.isEmpty()
            ? ("a callable must be a bound function, a method, a constructor, a method handle, or an"
                    + " object of a functional interface: type=%s")
                .formatted(type.getTypeName())
            : "a callable must be of one functional interface, or bind the method that is meant:"
                + " type=%s, methods=%s".formatted(type.getTypeName(), calls));
  }

  /** {@return the methods that an object of a type is called by; those that override once} */
  private static Map<String, Method> calls(Class<?> type) {
    var calls = new LinkedHashMap<String, Method>();
    for (Class<?> each : interfaces(type)) {
      if (type.isHidden() || each.isAnnotationPresent(FunctionalInterface.class)) {
        Method method = single(each);
        if (method != null) {
          calls.putIfAbsent(key(method), method);
        }
      }
    }
    return calls;
  }

  private static String key(Method method) {
    return method.getName() + Arrays.toString(method.getParameterTypes());
  }

  /** {@return all interfaces, the nearest first} */
  private static Set<Class<?>> interfaces(Class<?> type) {
    var found = new LinkedHashSet<Class<?>>();
    for (Class<?> each = type; each != null; each = each.getSuperclass()) {
      for (Class<?> one : each.getInterfaces()) {
        found.add(one);
        found.addAll(interfaces(one));
      }
    }
    return found;
  }

  private static @Nullable Method single(Class<?> functional) {
    var open = new LinkedHashMap<String, Method>();
    for (Method method : functional.getMethods()) {
      if (Modifier.isAbstract(method.getModifiers()) && !isOfEveryObject(method)) {
        open.putIfAbsent(key(method), method);
      }
    }
    return open.size() == 1 ? open.values().iterator().next() : null;
  }

  private static boolean isOfEveryObject(Method method) {
    return Arrays.stream(Object.class.getMethods()).anyMatch(each -> key(each).equals(key(method)));
  }
}
