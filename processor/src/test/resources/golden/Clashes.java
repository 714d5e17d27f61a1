package com.acme;

import dev.carillon.function.Registered;
import java.util.Date;

/** Names that are taken by what is written, by the language, or by each other. */
class Clashes {
  record Send() {}

  static class Bound {}

  @Registered
  static Date date(Date date, com.acme.other.Date time) {
    return date;
  }

  @Registered
  static String string(Class<?> type, Bound bound, Send send) {
    return type + "" + bound + send;
  }

  @Registered
  static int bound(int bound, int partial) {
    return bound - partial;
  }

  @Registered
  static int send(String equals, String wait, String a) {
    return equals.length() + wait.length() + a.length();
  }

  @Registered
  static int callSend() {
    return 0;
  }

  @Registered
  static int sendEquals() {
    return 1;
  }

  @Registered
  static int registerAll(int functions) {
    return functions;
  }

  @Registered
  static int getSize() {
    return 2;
  }

  @Registered(name = "new")
  static int size(int a) {
    return a;
  }

  @Registered(name = "size.2")
  static int size(int a, int b) {
    return a + b;
  }

  /** A class inside. */
  static class Inner {
    @Registered
    static int size() {
      return 3;
    }
  }
}
