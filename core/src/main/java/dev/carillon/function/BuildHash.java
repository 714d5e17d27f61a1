package dev.carillon.function;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;

/** What tells two builds of a class apart. */
final class BuildHash {
  /*
   * The SHA-256 of the class files of a class and its nest mates, in the order of their names, each
   * after its name and length. The body of a lambda lies in the class that it is written in, and
   * may call what is private in the nest. Class files are what a class loader gives as resources,
   * which a module cannot hide; what an agent makes of them is not seen.
   */
  static final int LENGTH = 32; // in bytes

  private static final ClassValue<String> HASHES =
      new ClassValue<>() {
        @Override
        protected String computeValue(Class<?> type) {
          return hash(type);
        }
      };

  private BuildHash() {}

  /**
   * {@return the hash of the build that a class is from, as hexadecimal digits}
   *
   * @throws UncheckedIOException if a class file cannot be read
   */
  static String of(Class<?> type) {
    return HASHES.get(type.getNestHost());
  }

  private static String hash(Class<?> host) {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
    Class<?>[] members = host.getNestMembers();
    Arrays.sort(members, Comparator.comparing(Class::getName));
    for (Class<?> member : members) {
      byte[] file = read(member);
      String head = member.getName() + '\n' + file.length + '\n';
      digest.update(head.getBytes(StandardCharsets.UTF_8));
      digest.update(file);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static byte[] read(Class<?> type) {
    String name = type.getName();
    String file = name.substring(name.lastIndexOf('.') + 1) + ".class";
    try (InputStream in = type.getResourceAsStream(file)) {
      if (in == null) {
        throw new IOException("a class must have a class file to be compared: class=" + name);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }
}
