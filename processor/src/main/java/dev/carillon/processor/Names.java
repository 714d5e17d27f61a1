package dev.carillon.processor;

import dev.carillon.processor.ClassModel.FunctionModel;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import javax.lang.model.SourceVersion;

/** Names that are not taken yet: a taken one gets a number. */
final class Names {
  private final Set<String> taken;

  Names(Set<String> taken) {
    this.taken = new HashSet<>(taken);
  }

  String next(String wanted) {
    String name = wanted;
    for (int i = 2; SourceVersion.isKeyword(name) || !taken.add(name); i++) {
      name = wanted + i;
    }
    return name;
  }

  /** {@return the registered name as an identifier: {@code mail.send-later} as mailSendLater} */
  static String identifier(FunctionModel function) {
    var identifier = new StringBuilder();
    boolean isNext = false;
    for (char c : function.registeredName().toCharArray()) {
      boolean fits =
          identifier.isEmpty()
              ? Character.isJavaIdentifierStart(c)
              : Character.isJavaIdentifierPart(c);
      if (fits) {
        identifier.append(isNext ? Character.toUpperCase(c) : c);
      }
      isNext = !fits && !identifier.isEmpty();
    }
    return identifier.isEmpty() ? function.identifier() : firstLower(identifier.toString());
  }

  static String firstLower(String name) {
    return name.substring(0, 1).toLowerCase(Locale.ROOT) + name.substring(1);
  }

  static String firstUpper(String name) {
    return name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
  }

  /** {@return the name as that of a constant: {@code sendLater} as SEND_LATER} */
  static String constant(String name) {
    return name.replaceAll("(?<=[a-z0-9])(?=[A-Z])", "_").toUpperCase(Locale.ROOT);
  }
}
