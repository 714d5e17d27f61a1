package dev.carillon.source;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SequencedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a watch has told about each file, in memory and, if there is a log, on disk. */
final class FileMemory {
  /*
   * Each telling has a sequence, which is the position of its item, and is noted here, and in the
   * log, before the item is put in. So whatever position the source continues at, what was told up
   * to it is known, and nothing else has to be kept than the last telling of each file:
   *
   * - If its sequence is not above the position, that telling was taken care of.
   * - If it is, nobody knows what of it was handled, and earlier tellings of the file do not matter:
   *   it has to be told again, however it is then. It is marked so by begin(), with a sequence that
   *   no position reaches, so that it stays so until that has been taken care of. The marks are
   *   forced to the disk, as a position may be; of other tellings the worst that can happen is that
   *   they are lost, and told again.
   *
   * A file that was told as deleted is kept, too, until that was taken care of.
   *
   * Only the thread of the run uses it; the next one starts after that has ended.
   */
  private static final long AGAIN = Long.MAX_VALUE; // the sequence of what must be told again
  private static final long SPARE = 1_000; // records in the log that are not worth a rewrite

  /**
   * What was told last about a file.
   *
   * @param state how it was; if it was gone, how it was before
   * @param sequence of the telling; 0 if it was there at the beginning, and not told
   * @param isThere whether it was there
   * @param isNew whether its creation may not have been taken care of
   * @param isUnsure whether it has to be told even if its state is the same
   */
  record Told(FileState state, long sequence, boolean isThere, boolean isNew, boolean isUnsure) {

    /** {@return whether this has to be told again, as it may not have been taken care of} */
    boolean isAgain() {
      return sequence == AGAIN;
    }
  }

  private final TreeMap<String, Told> files = new TreeMap<>();
  private final SequencedMap<String, Long> gone =
      new LinkedHashMap<>(); // told as deleted, in order
  private final @Nullable FileMemoryLog log;
  private boolean isFresh; // knows nothing, not even that there was nothing
  private long last; // the highest sequence

  /** Remembers in memory. */
  FileMemory() {
    this.log = null;
    this.isFresh = true;
  }

  /** Remembers in a log as well. */
  FileMemory(FileMemoryLog log) throws IOException {
    this.log = log;
    this.isFresh = log.isNew();
    log.read(this::note);
  }

  private void note(String file, Told told) {
    files.put(file, told);
    if (!told.isAgain()) {
      last = Math.max(last, told.sequence());
    }
  }

  boolean isFresh() {
    return isFresh;
  }

  /** Continues behind a position: what was told later is to be told again. */
  void begin(long position, FileSelection selection) throws IOException {
    last = Math.max(last, position);
    gone.clear();
    if (isFresh) {
      files.clear(); // of a look that was not finished
    }
    boolean isChanged = files.keySet().removeIf(file -> !selection.covers(file));
    for (Iterator<Map.Entry<String, Told>> all = files.entrySet().iterator(); all.hasNext(); ) {
      Map.Entry<String, Told> each = all.next();
      Told told = each.getValue();
      if (told.sequence() > position && !told.isAgain()) {
        each.setValue(new Told(told.state(), AGAIN, told.isThere(), told.isNew(), true));
        isChanged = true;
      } else if (!told.isThere() && told.sequence() <= position) {
        all.remove();
      }
    }
    if (log != null && !isFresh && isChanged) {
      log.rewrite(files);
    }
  }

  /** Knows from now on how it was at the beginning. */
  void begun() throws IOException {
    isFresh = false;
    if (log != null) {
      log.rewrite(files);
    }
  }

  /** Notes how a file was at the beginning. */
  void atFirst(String file, FileState state, boolean isUnsure) {
    files.put(file, new Told(state, 0, true, false, isUnsure));
  }

  @Nullable Told told(String file) {
    return files.get(file);
  }

  /** {@return whether there is something to tell about a file that is so; null for not there} */
  boolean isNews(String file, @Nullable FileState state) {
    Told told = files.get(file);
    if (told == null) {
      return state != null;
    }
    return told.isUnsure() || (told.isThere() ? !told.state().equals(state) : state != null);
  }

  /**
   * Notes what is being told: {@return its sequence}
   *
   * @param position up to where all was taken care of
   */
  long tell(String file, FileState state, FileChange.Kind kind, boolean isUnsure, long position)
      throws IOException {
    Told before = files.get(file);
    boolean wasNew = before != null && before.isNew() && before.sequence() > position;
    boolean isThere = kind != FileChange.Kind.DELETED;
    boolean isNew = isThere && (kind == FileChange.Kind.CREATED || wasNew);
    var told = new Told(state, ++last, isThere, isNew, isUnsure);
    files.put(file, told);
    gone.remove(file); // so that it moves to the end
    if (!isThere) {
      gone.put(file, last);
    }
    if (log != null) {
      log.append(file, told);
      if (log.records() > 2L * files.size() + SPARE) {
        log.rewrite(files);
      }
    }
    return last;
  }

  /** Forgets the files that are gone, up to a position. */
  void forget(long position) {
    for (Map.Entry<String, Long> head = gone.firstEntry();
        head != null && head.getValue() <= position;
        head = gone.firstEntry()) {
      gone.pollFirstEntry();
      files.remove(head.getKey());
    }
  }

  /** {@return how many files that are gone it still has to know} */
  int gone() {
    return gone.size();
  }

  int size() {
    return files.size();
  }

  /** {@return the files below a directory, in the order of their names} */
  NavigableMap<String, Told> below(String directory) {
    return directory.isEmpty()
        ? files
        : files.subMap(directory + "/", true, directory + FileTree.AFTER_SLASH, false);
  }

  /** {@return the names in a directory below which files are known} */
  Iterable<String> namesIn(String directory) {
    NavigableMap<String, Told> below = below(directory);
    int start = directory.isEmpty() ? 0 : directory.length() + 1;
    var names = new ArrayList<String>();
    for (String file = first(below); file != null; ) {
      int slash = file.indexOf('/', start);
      String head = slash < 0 ? file : file.substring(0, slash);
      names.add(head.substring(start));
      file = slash < 0 ? below.higherKey(file) : below.ceilingKey(head + FileTree.AFTER_SLASH);
    }
    return names;
  }

  private static @Nullable String first(NavigableMap<String, Told> map) {
    return map.isEmpty() ? null : map.firstKey();
  }
}
