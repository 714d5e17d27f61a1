package dev.carillon.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.carillon.event.Event;
import dev.carillon.event.EventGuard;
import dev.carillon.event.EventSystem;
import dev.carillon.event.Poison;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.reflect.AccessFlag;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Measures every class of the JDK, each after its supertypes. */
public class Census {
  /** What a class file tells: names in the order superclass, interfaces. */
  record Type(String name, boolean isInterface, List<String> supertypes) {}

  /** What is found out about a class: how deep it is, and what is above it. */
  record Result(int depth, Set<String> ancestors) {}

  final Map<String, Event> events = new ConcurrentHashMap<>();
  final Map<String, Result> results = new ConcurrentHashMap<>();

  Census() {}

  /** Prints the digest of the census. */
  public static void main(String[] args) throws Exception {
    System.out.println(digest());
  }

  /** Takes the census; {@return SHA-256 of its lines, {@code name depth ancestors}, sorted} */
  static String digest() throws Exception {
    var census = new Census();
    census.take(classFiles());
    var sha = MessageDigest.getInstance("SHA-256");
    census.results.entrySet().stream()
        .map(e -> e.getKey() + " " + e.getValue().depth + " " + e.getValue().ancestors.size())
        .map(line -> (line + "\n").getBytes(UTF_8))
        .sorted(Arrays::compareUnsigned)
        .forEachOrdered(sha::update);
    return HexFormat.of().formatHex(sha.digest());
  }

  static List<Path> classFiles() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of(URI.create("jrt:/")))) {
      return files.filter(Census::isClass).toList();
    }
  }

  void take(List<Path> classFiles) throws InterruptedException {
    // @start region=census
    try (var system = EventSystem.create()) {
      Function<String, Event> event = name -> events.computeIfAbsent(name, system::newEvent);
      Event start = system.newEvent("start");
      start.trigger();
      classFiles.parallelStream()
          .map(Census::read)
          .forEach(type -> {
            Stream<Event> supertypes = type.supertypes.stream().map(event);
            Event ready = system.merge(Stream.concat(Stream.of(start), supertypes).toList());
            EventGuard duty = event.apply(type.name).guard();
            ready.whenComplete(poison -> complete(duty, type, poison)); // or fails with them
          });
      system.merge(events.values()).await();
    }
    // @end
  }

  /** Measures a class, or lets it fail as its supertypes did. */
  private void complete(EventGuard duty, Type type, @Nullable Poison poison) {
    if (poison == null) {
      duty.run(() -> results.put(type.name, measure(type)));
    } else {
      duty.event().poison(poison);
    }
  }

  Result measure(Type type) {
    var ancestors = new HashSet<>(type.supertypes);
    type.supertypes.forEach(name -> ancestors.addAll(result(name).ancestors));
    boolean isRoot = type.supertypes.isEmpty() || type.isInterface;
    int depth = isRoot ? 0 : result(type.supertypes.getFirst()).depth + 1;
    return new Result(depth, ancestors);
  }

  private Result result(String name) {
    return Objects.requireNonNull(results.get(name), name);
  }

  private static boolean isClass(Path file) {
    String path = file.toString();
    return path.endsWith(".class")
        && !path.endsWith("/module-info.class")
        && !path.endsWith("/package-info.class");
  }

  private static Type read(Path classFile) {
    try {
      ClassModel model = ClassFile.of().parse(Files.readAllBytes(classFile));
      List<String> supertypes =
          Stream.concat(model.superclass().stream(), model.interfaces().stream())
              .map(Census::name)
              .toList();
      boolean isInterface = model.flags().has(AccessFlag.INTERFACE);
      return new Type(name(model.thisClass()), isInterface, supertypes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String name(ClassEntry entry) {
    return entry.asInternalName().replace('/', '.');
  }
}
