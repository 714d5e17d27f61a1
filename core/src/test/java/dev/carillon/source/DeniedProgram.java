package dev.carillon.source;

import dev.carillon.build.Patience;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.stream.Stream;

/** Sources that meet what they must not read, in a JVM of a user who is bound by permissions. */
final class DeniedProgram {
  private DeniedProgram() {}

  /**
   * Runs {@code watch}, {@code full}, {@code copy} or {@code list} in a directory, and prints
   * {@code ok}.
   */
  public static void main(String[] args) throws Exception {
    Path directory = Files.createTempDirectory(Path.of(args[1]), "denied");
    switch (args[0]) {
      case "watch" -> watch(directory);
      case "full" -> full(directory);
      case "copy" -> copy(directory);
      case "list" -> list(directory);
      default -> throw new IllegalArgumentException("no such program: " + args[0]);
    }
    Killing.print("ok");
  }

  private static void allow(Path path, String permissions) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
  }

  /** A file changes while its directory must not be entered, and not after. */
  private static void watch(Path directory) throws Exception {
    Path below = Files.createDirectory(directory.resolve("below"));
    Path file = Files.writeString(below.resolve("a.txt"), "1");
    try (var changes = new Changes(directory, FileWatch.of(directory).recursive()).start();
        var channel = FileChannel.open(file, StandardOpenOption.APPEND)) {
      allow(below, "---------");
      channel.write(ByteBuffer.wrap(new byte[] {'2'}));
      Patience.until(
          "it is counted", () -> changes.source.stats().refused().containsKey("unreadable"));
      allow(below, "rwx------");
      changes.await("MODIFIED below/a.txt");
    }
  }

  /** There is one unreadable directory more than are noted. */
  private static void full(Path directory) throws Exception {
    var watch = FileWatch.of(directory).recursive().withLimits(100, 3);
    List<Path> all = new ArrayList<>();
    for (int i = 0; i <= 3; i++) {
      all.add(Files.createDirectory(directory.resolve("below" + i)));
      allow(all.getLast(), "---------");
    }
    var isRoom = new ArrayBlockingQueue<Boolean>(2);
    SourceKind<FileChange> kind =
        intake -> {
          intake.ready();
          try (var service = directory.getFileSystem().newWatchService()) {
            var tree = new FileTree(directory, service);
            var scan = new FileScan(watch, intake, new FileMemory(), tree);
            scan.openRoot();
            scan.scanAll();
            isRoom.add(scan.isRoomAgain());
            for (Path each : all) {
              allow(each, "rwx------");
            }
            scan.lookAgain();
            isRoom.add(scan.isRoomAgain());
          }
        };
    try (var source = Source.open(kind, Outlet.direct(_ -> {}))) {
      source.start();
      Patience.until("it ends", () -> source.state() == SourceState.ENDED);
      if (!List.copyOf(isRoom).equals(List.of(false, true))) {
        throw new AssertionError("there is room: " + isRoom + ", " + source.stats().refused());
      }
    }
  }

  /** A file was cut off after it was copied; there is one more, which must not be read. */
  private static void copy(Path directory) throws Exception {
    Path file = directory.resolve("shop.log");
    Positions positions = Positions.inMemory();
    Lines.append(file, "a line of some length\n");
    try (var lines = new Lines(LineFile.of(file), s -> s.withPositions(positions)).start()) {
      lines.await("a line of some length");
    }
    Lines.append(file, "two\n");
    Files.copy(file, directory.resolve("shop.log.1"));
    Files.writeString(file, "three\n");
    Path other = Files.writeString(directory.resolve("shop.log.2"), "x".repeat(100));
    Files.setLastModifiedTime(other, FileTime.from(Instant.parse("2020-01-01T00:00:00Z")));
    allow(other, "---------");
    try (var lines = new Lines(LineFile.of(file), s -> s.withPositions(positions)).start()) {
      lines.await("two", "three");
    }
  }

  /** A file is there, but the directory in which the one before it may be must not be listed. */
  private static void list(Path directory) throws Exception {
    Path file = Files.writeString(directory.resolve("shop.log"), "one\n");
    Positions positions = Positions.inMemory();
    positions.save("lines", "file=1 offset=9 sum=9:0");
    allow(directory, "-wx------");
    try (var lines = new Lines(LineFile.of(file), s -> s.withPositions(positions))) {
      lines.source.start();
      Patience.until("it has failed often", () -> lines.source.stats().starts() > 5);
      lines.source.stop();
      if (open(file) > 0) {
        throw new AssertionError("the file is still open " + open(file) + " times");
      }
    }
  }

  /** {@return how often this process has a file open} */
  private static long open(Path file) throws IOException {
    Path wanted = file.toRealPath();
    try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
      return all.map(DeniedProgram::target)
          .flatMap(Optional::stream)
          .filter(wanted::equals)
          .count();
    }
  }

  private static Optional<Path> target(Path link) {
    try {
      return Optional.of(Files.readSymbolicLink(link));
    } catch (IOException e) { // that of the list itself
      return Optional.empty();
    }
  }
}
