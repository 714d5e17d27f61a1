package dev.carillon.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.build.CapturedLog;
import dev.carillon.event.PoisonedException;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The example agrees with a computation that shares nothing with it. */
final class CensusTest {
  private record Type(String name, boolean isInterface, List<String> supertypes) {}

  private final Map<String, Type> types = new HashMap<>();
  private final Map<String, Set<String>> ancestors = new HashMap<>();

  @Test
  void digest_ofThisJdk_isThatOfAnObviousComputation() throws Exception {
    assertThat(Census.digest()).isEqualTo(obviousDigest());
  }

  @Test
  void take_whenMeasuringAClassFails_failsAllBelowWithThatReasonAlone() throws Exception {
    var census =
        new Census() {
          @Override
          Result measure(Type type) {
            if (type.name().equals("java.util.AbstractMap")) {
              throw new IllegalStateException("worn out");
            }
            return super.measure(type);
          }
        };
    try (var log = new CapturedLog("dev.carillon.event")) {
      assertThatThrownBy(() -> census.take(Census.classFiles()))
          .isInstanceOf(PoisonedException.class)
          .hasMessageContaining("java.util.AbstractMap")
          .hasMessageContaining("worn out")
          .hasMessageNotContaining("NullPointerException");
      assertThat(log.thrown()).singleElement().isInstanceOf(IllegalStateException.class);
    }
    obviousDigest();
    for (String name : types.keySet()) {
      boolean below =
          name.equals("java.util.AbstractMap") || ancestors(name).contains("java.util.AbstractMap");
      assertThat(census.results.containsKey(name)).as(name).isEqualTo(!below);
    }
  }

  private String obviousDigest() throws Exception {
    try (Stream<Path> files = Files.walk(Path.of(URI.create("jrt:/")))) {
      for (Path file : (Iterable<Path>) files::iterator) {
        if (file.toString().matches(".*(?<!/module-info|/package-info)\\.class")) {
          Type type = read(file);
          types.put(type.name, type);
        }
      }
    }
    var lines = new TreeSet<byte[]>(Arrays::compareUnsigned);
    for (String name : types.keySet()) {
      lines.add((name + " " + depth(name) + " " + ancestors(name).size() + "\n").getBytes(UTF_8));
    }
    var sha = MessageDigest.getInstance("SHA-256");
    lines.forEach(sha::update);
    return HexFormat.of().formatHex(sha.digest());
  }

  private int depth(String name) {
    Type type = types.get(name);
    boolean none = type.isInterface || type.supertypes.isEmpty();
    return none ? 0 : 1 + depth(type.supertypes.getFirst());
  }

  private Set<String> ancestors(String name) {
    Set<String> known = ancestors.get(name);
    if (known == null) {
      known = new TreeSet<>();
      for (String supertype : types.get(name).supertypes) {
        known.add(supertype);
        known.addAll(ancestors(supertype));
      }
      ancestors.put(name, known);
    }
    return known;
  }

  /** Reads a class file by the book: the Java Virtual Machine Specification, chapter 4. */
  private static Type read(Path file) throws IOException {
    try (var in = new DataInputStream(Files.newInputStream(file))) {
      in.skipNBytes(8); // magic and version
      var texts = new String[in.readUnsignedShort()];
      var classes = new int[texts.length];
      for (int i = 1; i < texts.length; i++) {
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
      boolean isInterface = (in.readUnsignedShort() & 0x0200) != 0;
      var names = new ArrayList<String>(); // this class, its superclass, its interfaces
      names.add(texts[classes[in.readUnsignedShort()]].replace('/', '.'));
      int superclass = in.readUnsignedShort();
      if (superclass != 0) {
        names.add(texts[classes[superclass]].replace('/', '.'));
      }
      for (int n = in.readUnsignedShort(); n > 0; n--) {
        names.add(texts[classes[in.readUnsignedShort()]].replace('/', '.'));
      }
      return new Type(names.getFirst(), isInterface, names.subList(1, names.size()));
    }
  }
}
