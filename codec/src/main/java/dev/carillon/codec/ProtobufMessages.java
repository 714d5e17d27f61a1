package dev.carillon.codec;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.ExtensionRegistryLite;
import com.google.protobuf.Message;
import dev.carillon.codec.CloudEvent.Proto;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;

/** Payloads that are messages of protobuf: classes that its compiler made. */
final class ProtobufMessages {
  /** An instance of each class, which knows its descriptor and its parser. */
  private static final ClassValue<Message> INSTANCES =
      new ClassValue<>() {
        @Override
        protected Message computeValue(Class<?> type) {
          return instance(type);
        }
      };

  private ProtobufMessages() {}

  static boolean isMessage(Class<?> type) {
    return Message.class.isAssignableFrom(type);
  }

  /** Fails unless a class is one that the compiler of protobuf made. */
  static void check(Class<?> type) {
    INSTANCES.get(type);
  }

  private static Message instance(Class<?> type) {
    try {
      Method made = type.getMethod("getDefaultInstance");
      if (Modifier.isStatic(made.getModifiers()) && made.invoke(null) instanceof Message message) {
        return message;
      }
      throw new IllegalArgumentException(rule(type));
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException(rule(type), e);
    }
  }

  private static String rule(Class<?> type) {
    return "a class of protobuf must be public, exported, and made by its compiler, with getDefaultInstance(): class="
        + type.getName();
  }

  /** {@return a message as data; the same message gives the same bytes, maps included} */
  static Proto write(Object payload) {
    var message = (Message) payload;
    if (!message.isInitialized()) {
      throw new CodecException(
          "a message of protobuf must have its required fields: type=%s, missing=%s"
              .formatted(
                  message.getDescriptorForType().getFullName(),
                  message.findInitializationErrors()));
    }
    var bytes = new byte[message.getSerializedSize()];
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    out.useDeterministicSerialization();
    try {
      message.writeTo(out);
    } catch (IOException e) {
      throw new AssertionError("an array does not fail", e);
    }
    return new Proto(message.getDescriptorForType().getFullName(), bytes);
  }

  /** {@return the message that data is} */
  static Message read(Proto data, Class<?> type, int maxDepth) {
    String name = INSTANCES.get(type).getDescriptorForType().getFullName();
    if (!data.type().equals(name)) {
      throw new CodecException(
          "a message of protobuf must be of its class's type: message=%s, type=%s, class=%s"
              .formatted(Texts.show(data.type()), name, type.getName()));
    }
    return read(data.bytes(), type, maxDepth);
  }

  /** {@return the message that bytes are} */
  static Message read(byte[] bytes, Class<?> type, int maxDepth) {
    CodedInputStream in = CodedInputStream.newInstance(bytes);
    in.setRecursionLimit(maxDepth);
    try {
      Message message =
          INSTANCES
              .get(type)
              .getParserForType()
              .parseFrom(in, ExtensionRegistryLite.getEmptyRegistry());
      in.checkLastTagWas(0);
      return message;
    } catch (IOException e) {
      throw new CodecException(
          "data must be a message of protobuf: class=%s, %s"
              .formatted(type.getName(), Texts.show(String.valueOf(e.getMessage()))),
          e);
    }
  }
}
