package dev.carillon.codec;

import java.lang.reflect.Modifier;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The types of events and the classes of their payloads: the list of what is allowed. */
final class EventTypes {
  private static final String OWN = "dev.carillon.";

  private static final Map<String, Class<?>> PLAIN =
      Map.ofEntries(
          Map.entry(OWN + "string", String.class),
          Map.entry(OWN + "bytes", byte[].class),
          Map.entry(OWN + "boolean", Boolean.class),
          Map.entry(OWN + "byte", Byte.class),
          Map.entry(OWN + "short", Short.class),
          Map.entry(OWN + "int", Integer.class),
          Map.entry(OWN + "long", Long.class),
          Map.entry(OWN + "float", Float.class),
          Map.entry(OWN + "double", Double.class),
          Map.entry(OWN + "char", Character.class),
          Map.entry(OWN + "nodata", NoData.class),
          Map.entry(OWN + "map", Map.class),
          Map.entry(OWN + "list", List.class));

  private final Map<String, Class<?>> classes = new HashMap<>(PLAIN);
  private final Map<Class<?>, String> names = new HashMap<>();

  EventTypes(CloudEventsConfig config) {
    classes.putAll(config.aliases());
    classes.putAll(config.types());
    PLAIN.forEach((name, type) -> names.put(type, name));
    config.types().forEach((name, type) -> names.put(type, name));
  }

  /** Fails unless types and classes belong to each other one to one, aliases apart. */
  static void check(Map<String, Class<?>> types, Map<String, Class<?>> aliases) {
    var names = new HashMap<Class<?>, String>();
    types.forEach((name, type) -> {
      check(name, type);
      String other = names.put(type, name);
      if (other != null) {
        throw new IllegalArgumentException(
            "a class must have one type, and others by withAlias: class=%s, types=\"%s\" and \"%s\""
                .formatted(type.getName(), other, name));
      }
    });
    aliases.forEach((name, type) -> {
      check(name, type);
      if (types.containsKey(name)) {
        throw new IllegalArgumentException("a type must be named once: type=\"" + name + "\"");
      }
      if (!names.containsKey(type) && !PLAIN.containsValue(type)) {
        throw new IllegalArgumentException(
            "an alias must be for a class that has a type, by withType: alias=\"%s\", class=%s"
                .formatted(name, type.getName()));
      }
    });
  }

  private static void check(String name, Class<?> type) {
    if (name.isEmpty() || !Texts.isAllowed(name) || name.startsWith(OWN)) {
      throw new IllegalArgumentException(
          "a type must be one or more characters, none of them a control character, and not begin with %s: type=%s"
              .formatted(OWN, Texts.show(name)));
    }
    boolean isPlain = PLAIN.containsValue(type);
    if (Protobuf.isMessage(type)) {
      ProtobufMessages.check(type);
    }
    boolean hasInstances =
        type.isArray() || type.isEnum() || !Modifier.isAbstract(type.getModifiers());
    if (!isPlain && (type.isPrimitive() || !hasInstances || type == Object.class)) {
      throw new IllegalArgumentException(
          "a type must be for a class that has instances of its own; for the types below an interface give each one its type: type=\"%s\", class=%s"
              .formatted(name, type.getName()));
    }
  }

  /** {@return the class by which a payload is written} */
  Class<?> classOf(Object payload) {
    Class<?> own =
        payload instanceof Enum<?> constant ? constant.getDeclaringClass() : payload.getClass();
    if (names.containsKey(own)) {
      return own;
    }
    if (payload instanceof Map) {
      return Map.class;
    }
    if (payload instanceof List) {
      return List.class;
    }
    throw new CodecException(
        "a payload's class must be known, by CloudEventsConfig.withType: class=" + own.getName());
  }

  /** {@return the type of the events that are written for a class} */
  String nameOf(Class<?> type) {
    String name = names.get(type);
    if (name == null) {
      throw new IllegalStateException("a class must have been found by classOf: " + type);
    }
    return name;
  }

  /** {@return the class of the payloads of a type} */
  Class<?> classOf(String name) {
    Class<?> type = classes.get(name);
    if (type == null) {
      throw new CodecException(
          "a type must be known, by CloudEventsConfig.withType or withAlias: type="
              + Texts.show(name));
    }
    return type;
  }

  /** {@return whether a type is read as a class, but another one is written for it} */
  boolean isAlias(String name, Class<?> type) {
    @Nullable Class<?> read = classes.get(name);
    return type.equals(read) && !name.equals(nameOf(type));
  }
}
