package dev.carillon.codec;

import java.io.Externalizable;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Which classes Fory may be told about, and under which names. */
final class ForyTypes {
  /*
   * By name Fory registers no arrays, so it is told numbers, which are shorter too: an even one that
   * is made of the name for the class, the odd one behind it for arrays of the class. They need no
   * order and no list that both sides share; two names with one number are refused here.
   */
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._$-]{1,200}");

  /** Methods by which a class serialises itself, which what is read would run. */
  private static final Set<String> HOOKS =
      Set.of("writeObject", "readObject", "readObjectNoData", "writeReplace", "readResolve");

  private ForyTypes() {}

  /** {@return the number of a class by its name, even, from 0 to 2³¹−2} */
  static long id(String name) {
    byte[] digest;
    try {
      digest =
          MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.US_ASCII));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
    return ByteBuffer.wrap(digest).getInt() & 0x7ffffffeL;
  }

  /**
   * Fails unless names and classes belong to each other one to one, and all of them may be there.
   */
  static void check(Map<String, Class<?>> types) {
    var names = new HashMap<Class<?>, String>();
    var ids = new HashMap<Long, String>();
    types.forEach((name, type) -> {
      if (!NAME.matcher(name).matches()) {
        throw new IllegalArgumentException(
            "a name must be 1 to 200 letters, digits and . _ - $: name=" + Texts.show(name));
      }
      check(name, type);
      String same = ids.put(id(name), name);
      if (same != null) {
        throw new IllegalArgumentException(
            "two names must not have one number, take another: names=\"%s\" and \"%s\", number=%d"
                .formatted(same, name, id(name)));
      }
      String other = names.put(type, name);
      if (other != null) {
        throw new IllegalArgumentException(
            "a class must have one name: class=%s, names=\"%s\" and \"%s\""
                .formatted(type.getName(), other, name));
      }
    });
  }

  private static void check(String name, Class<?> type) {
    boolean hasInstances = type.isEnum() || !Modifier.isAbstract(type.getModifiers());
    if (type.isPrimitive() || type.isArray() || !hasInstances || type.isHidden()) {
      throw new IllegalArgumentException(
          "a name must be for a class that has instances of its own; for the classes below an interface give each one its name: name=\"%s\", class=%s"
              .formatted(name, type.getName()));
    }
    if (isOfJdk(type)) {
      throw new IllegalArgumentException(
          "a class of the JDK must not be named; those that are known are known already: name=\"%s\", class=%s"
              .formatted(name, type.getName()));
    }
    for (Class<?> at = type; at != null && !isOfJdk(at); at = at.getSuperclass()) {
      String hook = hookOf(at);
      if (!hook.isEmpty()) {
        throw new IllegalArgumentException(
            "a class must not serialise itself, since bytes could make it run that: name=\"%s\", class=%s, method=%s"
                .formatted(name, at.getName(), hook));
      }
    }
  }

  private static boolean isOfJdk(Class<?> type) {
    ClassLoader loader = type.getClassLoader();
    return loader == null || loader.equals(ClassLoader.getPlatformClassLoader());
  }

  private static String hookOf(Class<?> type) {
    if (Externalizable.class.isAssignableFrom(type)) {
      return "readExternal";
    }
    for (Method method : type.getDeclaredMethods()) {
      if (HOOKS.contains(method.getName())) {
        return method.getName();
      }
    }
    return "";
  }
}
