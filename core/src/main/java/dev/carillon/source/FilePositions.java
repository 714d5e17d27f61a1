package dev.carillon.source;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** Positions in files: each is written beside the old one and then put in its place. */
final class FilePositions implements Positions {
  /* A move over an existing file is atomic (POSIX rename), so a reader, and who comes after a crash,
   * finds the old position or the new one, whole. After a loss of power there may be the name without
   * what was written, if that was not forced: an empty file is no position. */
  private static final String SUFFIX = ".position";

  private final Path directory;
  private final boolean force;

  FilePositions(Path directory, boolean force) {
    this.directory = directory;
    this.force = force;
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new UncheckedIOException("no directory for positions: " + directory, e);
    }
  }

  @Override
  public Optional<String> load(String source) {
    Path file = directory.resolve(source + SUFFIX);
    try {
      return Optional.of(Files.readString(file)).filter(position -> !position.isEmpty());
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException("the position cannot be read: file=" + file, e);
    }
  }

  @Override
  public void save(String source, String position) {
    Path file = directory.resolve(source + SUFFIX);
    Path fresh = directory.resolve(source + SUFFIX + ".new");
    try {
      write(fresh, position);
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      if (force) {
        try (var parent = FileChannel.open(directory)) {
          parent.force(true);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the position cannot be saved: file=" + file, e);
    }
  }

  private void write(Path file, String text) throws IOException {
    try (var channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      if (force) {
        channel.force(true);
      }
    }
  }
}
