package dev.carillon.function;

import static dev.carillon.function.MapJournalDescriptor.HEADER;

import dev.carillon.spi.MapRecord;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.System.Logger.Level;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.util.List;

/** The file of a shared map and those beside it: locked, cut, written anew, moved. */
final class MapFiles {
  private MapFiles() {}

  /** {@return the one path of a file, through which others may lead; makes its directories} */
  static Path real(Path file) throws IOException {
    if (Files.exists(file)) {
      return file.toRealPath();
    }
    Path absolute = file.toAbsolutePath();
    Path parent = absolute.getParent();
    if (parent == null) {
      return absolute;
    }
    Files.createDirectories(parent);
    return parent.toRealPath().resolve(absolute.getFileName());
  }

  /** {@return a file beside another} */
  static Path part(Path file, String suffix) {
    return file.resolveSibling(file.getFileName() + suffix);
  }

  /** {@return the file, with what is not whole at its end cut off, and on the disk} */
  static RandomAccessFile cut(Path file, long size, long end) throws IOException {
    var open = new RandomAccessFile(file.toFile(), "rw");
    boolean isGood = false;
    try {
      if (end < size) {
        CodedMap.LOG.log(
            Level.WARNING,
            "the end of a shared map's file was not written to its end and is cut off:"
                + " file={0}, bytes={1}",
            file,
            size - end);
        open.setLength(end);
      }
      open.getFD().sync();
      open.seek(end);
      isGood = true;
      return open;
    } finally {
      if (!isGood) {
        open.close();
      }
    }
  }

  /** {@return a new file beside the one that may be there, written and on the disk} */
  static RandomAccessFile prepared(Path file, long revision, List<MapJournal.Entry> entries)
      throws IOException {
    var fresh = new RandomAccessFile(part(file, ".new").toFile(), "rw");
    boolean isGood = false;
    try {
      fresh.setLength(0);
      copyRights(file, part(file, ".new"));
      fresh.write(MapRecordForm.header(revision));
      long at = HEADER;
      for (MapJournal.Entry each : entries) {
        MapRecord record = each.record();
        byte[] bytes =
            MapRecordForm.bytes(record, MapRecordForm.kind(record), each.expires(), at, 0);
        fresh.write(bytes);
        at += bytes.length;
      }
      fresh.getFD().sync();
      isGood = true;
      return fresh;
    } finally {
      if (!isGood) {
        drop(file, fresh);
      }
    }
  }

  /** Closes and deletes a new file that did not get its name, as nobody else would. */
  static void drop(Path file, RandomAccessFile fresh) {
    try (fresh) {
      Files.deleteIfExists(part(file, ".new"));
    } catch (IOException e) { // why it is dropped matters more
      CodedMap.LOG.log(
          Level.WARNING, "a file beside that of a shared map cannot be deleted: " + file, e);
    }
  }

  /** Lets the same users read and write a file as another one, if that is there. */
  private static void copyRights(Path from, Path to) throws IOException {
    var rights = Files.getFileAttributeView(to, PosixFileAttributeView.class);
    if (rights != null && Files.exists(from)) {
      rights.setPermissions(Files.getPosixFilePermissions(from));
    }
  }

  /** Gives the new file the name of the old one. */
  static void move(Path file) throws IOException {
    Files.move(
        part(file, ".new"),
        file,
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  /** Forces the name of a file, where the system can. */
  static void forceDirectory(Path file) throws IOException {
    Path parent = file.getParent();
    if (parent != null && !System.getProperty("os.name", "").startsWith("Windows")) {
      boolean isInterrupted = Thread.interrupted(); // which would close the channel
      try (var channel = FileChannel.open(parent, StandardOpenOption.READ)) {
        channel.force(true);
      } finally {
        if (isInterrupted) {
          Thread.currentThread().interrupt();
        }
      }
    }
  }
}
