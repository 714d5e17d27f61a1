package dev.carillon.tools;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Tells what is in a payload, by name. */
final class PayloadFields {
  private PayloadFields() {}

  /** {@return the components of a record; anything else is one field, {@code value}} */
  static Map<String, @Nullable Object> of(Object payload) {
    var fields = new LinkedHashMap<String, @Nullable Object>();
    RecordComponent[] components = payload.getClass().getRecordComponents();
    if (components == null) {
      fields.put("value", payload);
      return fields;
    }
    for (RecordComponent component : components) {
      fields.put(component.getName(), valueOf(component, payload));
    }
    return fields;
  }

  private static @Nullable Object valueOf(RecordComponent component, Object payload) {
    try {
      return component.getAccessor().invoke(payload);
    } catch (IllegalAccessException e) {
      return "hidden in " + payload.getClass().getName();
    } catch (InvocationTargetException e) {
      throw new IllegalStateException("an accessor must not fail: " + component, e);
    }
  }

  /**
   * {@return the fields of a JSON object, if that is what was encoded; else one field, {@code
   * text}, or {@code base64} if it is none in UTF-8}
   */
  static Map<String, @Nullable Object> ofEncoded(byte[] payload) {
    Optional<String> text = text(payload);
    if (text.isEmpty()) {
      return Map.of("base64", Base64.getEncoder().encodeToString(payload));
    }
    return text.flatMap(JsonFields::parse).orElseGet(() -> Map.of("text", text.get()));
  }

  /** {@return the text that was encoded; nothing if it is none in UTF-8} */
  static Optional<String> text(byte[] payload) {
    try {
      return Optional.of(UTF_8.newDecoder().decode(ByteBuffer.wrap(payload)).toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }
}
