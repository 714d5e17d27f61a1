package dev.carillon.codec;

/** Whether protobuf is there: the one class about it that can be used without it. */
final class Protobuf {
  private static final String MESSAGE = "com.google.protobuf.Message";
  private static final boolean IS_THERE = Libraries.has(MESSAGE);

  private Protobuf() {}

  static boolean isThere() {
    return IS_THERE;
  }

  /** Fails unless protobuf is there. */
  static void require(String user) {
    Libraries.require(user, MESSAGE, "com.google.protobuf:protobuf-java", "com.google.protobuf");
  }

  /** {@return whether a class is of messages of protobuf; without the library none is} */
  static boolean isMessage(Class<?> type) {
    return IS_THERE && ProtobufMessages.isMessage(type);
  }
}
