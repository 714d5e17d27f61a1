package dev.carillon.source;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The files that a file of lines was rotated to. */
final class RotatedFiles {
  /** From how many bytes of it on a copy of a file is known. */
  private static final int ENOUGH = 16;

  private static final int TRIES = 3;
  private static final int LISTS = 100; // should somebody rename files all the time

  private static final Comparator<Found> ORDER =
      Comparator.comparingLong((Found found) -> found.state().modified())
          .thenComparingInt(found -> -number(found.path())) // as the oldest has the highest
          .thenComparing(found -> found.path().toString());
  private static final Pattern NUMBER = Pattern.compile("(?:.*\\D)?(\\d{1,4})");

  private final LineFile lines;

  RotatedFiles(LineFile lines) {
    this.lines = lines;
  }

  /** {@return the number at the end of a name; 0 if there is none, as of a date} */
  private static int number(Path path) {
    Matcher number = NUMBER.matcher(path.getFileName().toString());
    return number.matches() ? Integer.parseInt(number.group(1)) : 0;
  }

  private record Found(Path path, FileState state) {}

  /**
   * {@return a reader of the file in which a place is, or of a copy of it, at that place; null if
   * there is none}
   */
  @Nullable LineReader find(LinePlace place) throws IOException {
    for (int i = 0; i < TRIES; i++) { // in case they are renamed meanwhile
      List<Found> all = all();
      all.sort(Comparator.comparing((Found found) -> found.state().key() != place.key())); // first
      LineReader found = find(place, all);
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  /* One that must not be read may be the file, and then is waited for; it is no copy of it. */
  private @Nullable LineReader find(LinePlace place, List<Found> all) throws IOException {
    AccessDeniedException denied = null;
    for (Found each : all) {
      boolean isIt = each.state().key() == place.key();
      boolean mayBe = place.known() >= ENOUGH && each.state().size() >= place.offset();
      try {
        LineReader found = isIt || mayBe ? at(each, place) : null;
        if (found != null) {
          return found;
        }
      } catch (AccessDeniedException e) {
        denied = isIt ? e : denied;
      }
    }
    if (denied != null) {
      throw denied;
    }
    return null;
  }

  private @Nullable LineReader at(Found file, LinePlace place) throws IOException {
    LineReader reader = open(file);
    if (reader == null) {
      return null;
    }
    boolean isThere = false;
    try {
      isThere = reader.seek(place);
    } finally {
      if (!isThere) {
        reader.close();
      }
    }
    return isThere ? reader : null;
  }

  /** {@return a reader of a file; null if it has another name by now, or is deleted} */
  private @Nullable LineReader open(Found file) throws IOException {
    LineReader reader;
    try {
      reader = LineReader.open(file.path(), lines.maxLine());
    } catch (NoSuchFileException e) {
      return null;
    }
    if (reader.key() == file.state().key()) {
      return reader;
    }
    reader.close();
    return null;
  }

  /**
   * {@return a reader of the file that was modified first of those since a time; null if there is
   * none}
   *
   * @param since nanoseconds since 1970
   * @param except which files not
   */
  @Nullable LineReader next(long since, Collection<Long> except) throws IOException {
    for (int i = 0; i < LISTS; i++) {
      Found first = null;
      for (Found each : all()) {
        if (each.state().modified() >= since && !except.contains(each.state().key())) {
          first = each;
          break;
        }
      }
      LineReader reader = first == null ? null : open(first);
      if (first == null || reader != null) {
        return reader;
      }
    }
    throw new IOException("the files are renamed all the time: " + lines.file());
  }

  /**
   * {@return whether another file was rotated after one, which then is not written to any more}
   *
   * @param key of the one; false if it is not found
   * @param except which others do not count
   */
  boolean isFollowed(long key, Collection<Long> except) throws IOException {
    boolean isFound = false;
    for (Found each : all()) {
      if (each.state().key() == key) {
        isFound = true;
      } else if (isFound && !except.contains(each.state().key())) {
        return true;
      }
    }
    return false;
  }

  /**
   * {@return them all, the one that was modified first first} Files that are renamed while they are
   * listed may be missed, so they are listed until two lists are the same.
   */
  private List<Found> all() throws IOException {
    List<Found> last = list();
    for (int i = 0; i < LISTS; i++) {
      List<Found> again = list();
      if (again.equals(last)) {
        break;
      }
      last = again;
    }
    return last;
  }

  private List<Found> list() throws IOException {
    Path directory = lines.file().toAbsolutePath().getParent();
    var all = new ArrayList<Found>();
    if (directory == null) {
      return all;
    }
    try (DirectoryStream<Path> entries =
        Files.newDirectoryStream(directory, path -> lines.rotated().matches(path.getFileName()))) {
      for (Path entry : entries) {
        add(entry, all);
      }
    } catch (NoSuchFileException e) {
      return all; // nor is the file there
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    all.sort(ORDER);
    return all;
  }

  private void add(Path entry, List<Found> all) throws IOException {
    try {
      var attributes =
          Files.readAttributes(entry, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      if (attributes.isRegularFile() && !entry.getFileName().equals(lines.file().getFileName())) {
        all.add(new Found(entry, FileState.of(attributes)));
      }
    } catch (NoSuchFileException e) {
      // renamed since it was listed: it is found under its new name in the next list
    }
  }
}
