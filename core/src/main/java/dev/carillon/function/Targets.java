package dev.carillon.function;

import java.io.Serializable;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleInfo;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.SerializedLambda;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds out what can be called, and what its parameters are. */
final class Targets {
  /*
   * A serializable lambda has a method writeReplace, which tells the method that it stands for
   * (java.lang.invoke.SerializedLambda). That of a method reference is the user's method, with its
   * names; that of a lambda is one that the compiler made, whose parameters have none. javac makes
   * a lambda of some method references too, such as those of a variable number of arguments.
   *
   * A module that is not open to this one keeps writeReplace from us. Then the types of the
   * parameters are unknown as well, and everything is taken for an Object.
   */
  private Targets() {}

  static Target of(Fn fn) {
    int arity = arity(fn);
    SerializedLambda form = form(fn);
    if (form == null) {
      return new FnTarget(fn, unknown(arity), null);
    }
    try {
      return of(fn, form, arity);
    } catch (ReflectiveOperationException | LinkageError | IllegalArgumentException e) {
      return new FnTarget(fn, unknown(arity), null); // its class loader does not show the method
    }
  }

  private static int arity(Fn fn) {
    return switch (fn) {
      case Fn0<?> _ -> 0;
      case Fn1<?, ?> _ -> 1;
      case Fn2<?, ?, ?> _ -> 2;
      case Fn3<?, ?, ?, ?> _ -> 3;
      case Fn4<?, ?, ?, ?, ?> _ -> 4;
      case Fn5<?, ?, ?, ?, ?, ?> _ -> 5;
    };
  }

  /** {@return what the JDK says that a lambda is; null if it does not} */
  static @Nullable SerializedLambda form(Serializable fn) {
    try {
      Method writeReplace = fn.getClass().getDeclaredMethod("writeReplace");
      writeReplace.setAccessible(true);
      return writeReplace.invoke(fn) instanceof SerializedLambda form ? form : null;
    } catch (ReflectiveOperationException | InaccessibleObjectException e) {
      return null; // an object of a class, or of a module that is not open
    }
  }

  /**
   * {@return whether two functions are the same: one object, or the same method, lambda or method
   * reference that captured nothing} Objects may capture what differs, and cannot be compared.
   */
  @SuppressWarnings("ReferenceEquality") // a target has no other equality
  static boolean callsSame(Target one, Target other) {
    if (one == other) {
      return true;
    }
    SerializedLambda a = one instanceof FnTarget target ? form(target.fn()) : null;
    SerializedLambda b = other instanceof FnTarget target ? form(target.fn()) : null;
    boolean hasCaptured =
        (a != null && a.getCapturedArgCount() > 0) || (b != null && b.getCapturedArgCount() > 0);
    if (hasCaptured) {
      return false; // what they captured may differ
    }
    if (one.method() != null && one.method().equals(other.method())) {
      return true;
    }
    return a != null
        && b != null
        && a.getImplClass().equals(b.getImplClass())
        && a.getImplMethodName().equals(b.getImplMethodName())
        && a.getImplMethodSignature().equals(b.getImplMethodSignature());
  }

  private static Signature unknown(int arity) {
    var parameters = new ArrayList<Parameter>();
    for (int i = 0; i < arity; i++) {
      parameters.add(new Parameter("arg" + i, Object.class, false));
    }
    return new Signature("lambda", parameters, Object.class, false);
  }

  private static Target of(Fn fn, SerializedLambda form, int arity)
      throws ReflectiveOperationException {
    ClassLoader loader = fn.getClass().getClassLoader();
    MethodType called =
        MethodType.fromMethodDescriptorString(form.getInstantiatedMethodType(), loader);
    Executable method = find(form, loader);
    boolean isMade = method.isSynthetic();
    List<Parameter> parameters = isMade ? List.of() : parameters(method);
    int captured = form.getCapturedArgCount();
    boolean fits = !isMade && parameters.size() == arity + captured;
    var shown = new ArrayList<Parameter>();
    for (int i = 0; i < arity; i++) {
      Class<?> type = called.parameterType(i);
      String name = fits ? parameters.get(i + captured).name() : "arg" + i;
      shown.add(new Parameter(name, type, false));
    }
    String name = isMade ? "lambda" : name(method);
    boolean hasNames = fits && hasNames(method, arity);
    Class<?> result = isMade ? called.returnType() : result(method);
    return new FnTarget(fn, new Signature(name, shown, result, hasNames), isMade ? null : method);
  }

  static Executable find(SerializedLambda form, ClassLoader loader)
      throws ReflectiveOperationException {
    Class<?> owner = Class.forName(form.getImplClass().replace('/', '.'), false, loader);
    MethodType type =
        MethodType.fromMethodDescriptorString(
            form.getImplMethodSignature(), owner.getClassLoader());
    if (form.getImplMethodKind() == MethodHandleInfo.REF_newInvokeSpecial) {
      return owner.getDeclaredConstructor(type.parameterArray());
    }
    return find(owner, form.getImplMethodName(), type);
  }

  /** A reference may name a class that inherits the method. */
  private static Method find(Class<?> owner, String name, MethodType type)
      throws NoSuchMethodException {
    for (Class<?> each = owner; each != null; each = each.getSuperclass()) {
      for (Method method : each.getDeclaredMethods()) {
        if (method.getName().equals(name)
            && method.getReturnType().equals(type.returnType())
            && Arrays.equals(method.getParameterTypes(), type.parameterArray())) {
          return method;
        }
      }
    }
    return owner.getMethod(name, type.parameterArray());
  }

  // ── by reflection ──

  /**
   * {@return a method or constructor}
   *
   * @throws BindingException if it cannot be reached
   */
  static Target of(Executable method) {
    return new MethodTarget(handle(method), signature(method), method);
  }

  /**
   * {@return what calls a method or constructor}
   *
   * @throws BindingException if it cannot be reached
   */
  static MethodHandle handle(Executable method) {
    try {
      MethodHandles.Lookup lookup = lookup(method);
      return switch (method) {
        case Method m -> lookup.unreflect(m);
        case Constructor<?> c -> lookup.unreflectConstructor(c);
      };
    } catch (IllegalAccessException e) {
      throw new BindingException(
          "cannot reach %s: its class must be public and exported, or its package open to %s"
              .formatted(method, Targets.class.getModule()),
          e);
    }
  }

  static Signature signature(Executable method) {
    List<Parameter> parameters = parameters(method);
    return new Signature(
        name(method), parameters, result(method), hasNames(method, parameters.size()));
  }

  private static MethodHandles.Lookup lookup(Executable method) throws IllegalAccessException {
    MethodHandles.Lookup own = MethodHandles.lookup();
    Class<?> owner = method.getDeclaringClass();
    boolean isOpen = owner.getModule().isOpen(owner.getPackageName(), Targets.class.getModule());
    if (!isOpen) {
      return MethodHandles.publicLookup();
    }
    Targets.class.getModule().addReads(owner.getModule());
    return MethodHandles.privateLookupIn(owner, own);
  }

  private static String name(Executable method) {
    return method instanceof Constructor<?> made
        ? "new " + made.getDeclaringClass().getSimpleName()
        : method.getName();
  }

  private static Class<?> result(Executable method) {
    return switch (method) {
      case Method m -> m.getReturnType();
      case Constructor<?> c -> c.getDeclaringClass();
    };
  }

  /** {@return what a call takes: the receiver of an instance method first} */
  private static List<Parameter> parameters(Executable method) {
    var all = new ArrayList<Parameter>();
    if (method instanceof Method && !Modifier.isStatic(method.getModifiers())) {
      all.add(new Parameter("self", method.getDeclaringClass(), false));
    }
    for (java.lang.reflect.Parameter each : method.getParameters()) {
      all.add(new Parameter(each.getName(), each.getType(), each.isVarArgs()));
    }
    return all;
  }

  private static boolean hasNames(Executable method, int arity) {
    java.lang.reflect.Parameter[] declared = method.getParameters();
    return Arrays.stream(declared).allMatch(java.lang.reflect.Parameter::isNamePresent)
        && (declared.length > 0 || arity > 0 || method.getParameterCount() == 0);
  }
}
