package dev.carillon.tools;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The census in the most obvious way, to compare with: nothing of the application is used, not even
 * the same reader of class files.
 */
final class ObviousCensus {
  /** What a class file says; names are binary names. */
  record Type(String name, String module, boolean isInterface, List<String> supertypes) {}

  private static final class Holder {
    static final ObviousCensus OF_THIS_JDK = new ObviousCensus();
  }

  final Map<String, Type> types = new HashMap<>();
  private final Map<String, Set<String>> ancestors = new HashMap<>();

  private ObviousCensus() {
    Path modules = FileSystems.getFileSystem(URI.create("jrt:/")).getPath("/modules");
    try (Stream<Path> files = Files.walk(modules)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        String last = file.getNameCount() == 0 ? "" : file.getFileName().toString();
        if (last.endsWith(".class")
            && !last.equals("module-info.class")
            && !last.equals("package-info.class")) {
          Type type = read(file);
          types.put(type.name(), type);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static ObviousCensus ofThisJdk() {
    return Holder.OF_THIS_JDK;
  }

  /** Reads a class file by the book: the Java Virtual Machine Specification, chapter 4. */
  private static Type read(Path file) throws IOException {
    try (var in = new DataInputStream(Files.newInputStream(file))) {
      in.skipNBytes(8); // magic and version
      int count = in.readUnsignedShort();
      var texts = new String[count];
      var classes = new int[count];
      for (int i = 1; i < count; i++) {
        int tag = in.readUnsignedByte();
        switch (tag) {
          case 1 -> texts[i] = in.readUTF();
          case 7 -> classes[i] = in.readUnsignedShort();
          case 8, 16, 19, 20 -> in.skipNBytes(2);
          case 15 -> in.skipNBytes(3);
          case 3, 4, 9, 10, 11, 12, 17, 18 -> in.skipNBytes(4);
          case 5, 6 -> {
            in.skipNBytes(8);
            i++; // these take two places
          }
          default -> throw new IOException("unknown tag " + tag + " in " + file);
        }
      }
      int flags = in.readUnsignedShort();
      String name = texts[classes[in.readUnsignedShort()]].replace('/', '.');
      var supertypes = new ArrayList<String>();
      int superclass = in.readUnsignedShort();
      if (superclass != 0) {
        supertypes.add(texts[classes[superclass]].replace('/', '.'));
      }
      int interfaces = in.readUnsignedShort();
      for (int i = 0; i < interfaces; i++) {
        supertypes.add(texts[classes[in.readUnsignedShort()]].replace('/', '.'));
      }
      return new Type(name, file.getName(1).toString(), (flags & 0x0200) != 0, supertypes);
    }
  }

  /** {@return all proper supertypes} */
  Set<String> ancestors(String name) {
    Set<String> known = ancestors.get(name);
    if (known == null) {
      known = new TreeSet<>();
      for (String supertype : types.get(name).supertypes()) {
        known.add(supertype);
        known.addAll(ancestors(supertype));
      }
      ancestors.put(name, known);
    }
    return known;
  }

  int depth(String name) {
    Type type = types.get(name);
    boolean none = type.isInterface() || type.supertypes().isEmpty();
    return none ? 0 : 1 + depth(type.supertypes().getFirst());
  }

  /** {@return a class and all that have it among their ancestors} */
  Set<String> dependents(String name) {
    var dependents = new TreeSet<String>();
    for (String each : types.keySet()) {
      if (each.equals(name) || ancestors(each).contains(name)) {
        dependents.add(each);
      }
    }
    return dependents;
  }

  /** {@return the digest of all classes but some} */
  String digestWithout(Set<String> missing) {
    try {
      var lines = new TreeSet<byte[]>(Arrays::compareUnsigned);
      for (String name : types.keySet()) {
        if (!missing.contains(name)) {
          String line = name + " " + depth(name) + " " + ancestors(name).size() + "\n";
          lines.add(line.getBytes(UTF_8));
        }
      }
      var sha = MessageDigest.getInstance("SHA-256");
      lines.forEach(sha::update);
      return HexFormat.of().formatHex(sha.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
