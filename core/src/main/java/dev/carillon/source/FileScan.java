package dev.carillon.source;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Looks through watched directories for files that may have changed; see {@link FileWatching}. */
final class FileScan {
  private final FileWatch watch;
  private final FileSelection selection;
  private final Path root;
  private final Intake<FileChange> intake;
  private final FileMemory memory;
  private final FileTree tree;
  private final SequencedMap<String, Long> pending = new LinkedHashMap<>(); // file, when it is due
  private final ArrayDeque<String> unseen = new ArrayDeque<>(); // directories to look through
  private final Set<String> unreadable = new LinkedHashSet<>(); // directories

  private long rootKey;
  private boolean areFilesMissing; // as they are beyond the limit
  private boolean areDirectoriesMissing;
  private boolean areUnreadableMissing; // directories that are not looked at again

  FileScan(FileWatch watch, Intake<FileChange> intake, FileMemory memory, FileTree tree) {
    this.watch = watch;
    this.selection = watch.selection();
    this.root = watch.directory();
    this.intake = intake;
    this.memory = memory;
    this.tree = tree;
  }

  /** {@return the files that may have changed, each with when it is to be looked at} */
  SequencedMap<String, Long> pending() {
    return pending;
  }

  /** {@return whether there is room for what was refused for want of it} */
  boolean isRoomAgain() {
    int files = memory.size() + pending.size();
    return (areFilesMissing && files < watch.maxFiles() - watch.maxFiles() / 10)
        || (areDirectoriesMissing && tree.size() < watch.maxDirectories())
        || (areUnreadableMissing && unreadable.size() < watch.maxDirectories());
  }

  /** Finds the watched directory, of which {@link #checkRoot} says whether it is still there. */
  void openRoot() throws IOException {
    rootKey = findRoot();
  }

  /** Looks through all directories. */
  void scanAll() throws IOException, InterruptedException {
    areFilesMissing = false;
    areDirectoriesMissing = false;
    areUnreadableMissing = false;
    scan("", true);
  }

  /** {@return which directory it is that is there now} */
  private long findRoot() throws IOException {
    var attributes = Files.readAttributes(root, BasicFileAttributes.class);
    if (!attributes.isDirectory()) {
      throw new NotDirectoryException(root.toString());
    }
    return FileState.key(attributes.fileKey());
  }

  void checkRoot() throws IOException {
    if (findRoot() != rootKey) {
      throw new FileSystemException(
          root.toString(), null, "the watched directory was replaced by another one");
    }
  }

  /** Looks through a directory, and those below that are not known, or all. */
  void scan(String directory, boolean isDeep) throws IOException, InterruptedException {
    unseen.add(directory);
    scanUnseen(isDeep);
  }

  void scanUnseen(boolean isDeep) throws IOException, InterruptedException {
    for (String next = unseen.poll(); next != null; next = unseen.poll()) {
      if (Thread.currentThread().isInterrupted()) {
        throw new InterruptedException("interrupted while it looked through directories");
      }
      if (enter(next)) {
        scanOne(next, isDeep);
      }
    }
  }

  /** Watches a directory: {@return whether it is to be looked through} */
  private boolean enter(String directory) throws IOException {
    BasicFileAttributes attributes;
    try {
      attributes = directory.isEmpty() ? null : read(directory);
    } catch (AccessDeniedException e) {
      return refuseUnreadable(directory, e);
    }
    if (!directory.isEmpty() && (attributes == null || !attributes.isDirectory())) {
      leave(directory);
      return false;
    }
    long key = attributes == null ? rootKey : FileState.key(attributes.fileKey());
    FileTree.Watched known = tree.find(directory);
    if (known != null && known.watch() != null && known.key() == key && known.isValid()) {
      return true;
    }
    if (known == null && tree.size() >= watch.maxDirectories()) {
      areDirectoriesMissing = true;
      refuseDirectory(directory);
      return false;
    }
    try {
      String before = tree.watch(directory, key);
      if (before != null) {
        pendBelow(before);
      }
    } catch (NoSuchFileException | NotDirectoryException e) {
      return failed(directory, e);
    } catch (IOException e) {
      if (directory.isEmpty()) {
        throw e;
      }
      if (e instanceof AccessDeniedException denied) {
        return refuseUnreadable(directory, denied);
      }
      intake.refuse("watch", "the system does not watch " + tree.path(directory) + ": " + e);
      tree.note(directory, key);
    }
    return true;
  }

  private void refuseDirectory(String directory) {
    intake.refuse(
        "max-directories",
        "%s is not watched: max-directories=%d"
            .formatted(tree.path(directory), watch.maxDirectories()));
  }

  private void scanOne(String directory, boolean isDeep) throws IOException {
    Path path = tree.path(directory);
    Set<String> seen = new HashSet<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
      for (Path entry : entries) {
        String name = entry.getFileName().toString();
        if (isText(path, name)) {
          seen.add(name);
          look(FileTree.child(directory, name), false, isDeep);
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    } catch (NoSuchFileException | NotDirectoryException e) {
      failed(directory, e);
      return;
    } catch (AccessDeniedException e) {
      if (directory.isEmpty()) {
        throw e;
      }
      refuseUnreadable(directory, e);
      return;
    }
    for (String name : memory.namesIn(directory)) {
      if (!seen.contains(name)) {
        pendAll(FileTree.child(directory, name));
      }
    }
    for (String name : tree.namesIn(directory)) {
      if (!seen.contains(name)) {
        leave(FileTree.child(directory, name));
      }
    }
  }

  /** A directory is not there any more: {@return false} */
  private boolean failed(String directory, IOException cause) throws IOException {
    if (directory.isEmpty()) {
      throw cause;
    }
    leave(directory);
    return false;
  }

  /**
   * What cannot be read stays as it was told, and is looked at again: {@return false}
   *
   * @param directory what has to be looked through when it can be read
   */
  private boolean refuseUnreadable(String directory, AccessDeniedException cause) {
    if (unreadable.contains(directory)) {
      return false;
    }
    intake.refuse("unreadable", cause.toString());
    if (unreadable.size() < watch.maxDirectories()) {
      unreadable.add(directory);
    } else {
      areUnreadableMissing = true;
      refuseDirectory(directory);
    }
    return false;
  }

  /** Looks again at what could not be read, and counts it once. */
  void lookAgain() throws IOException, InterruptedException {
    for (String directory : List.copyOf(unreadable)) {
      if (isReadable(directory)) {
        unreadable.remove(directory);
        scan(directory, true);
      }
    }
  }

  /** {@return whether a directory can be looked through, or is not there any more} */
  private boolean isReadable(String directory) {
    Path path = tree.path(directory);
    try (DirectoryStream<Path> _ = Files.newDirectoryStream(path)) {
      Path self = path.resolve(".");
      return Files.readAttributes(self, BasicFileAttributes.class).isDirectory();
    } catch (AccessDeniedException e) {
      return false;
    } catch (IOException e) { // it is another thing by now, and looking tells which
      return true;
    }
  }

  /** Lets go of a directory, and has all that was known in it looked at. */
  void leave(String directory) {
    tree.drop(directory);
    pendBelow(directory);
  }

  /**
   * Looks at what may have changed.
   *
   * @param isNoticed whether something has told of it
   * @param isDeep whether a directory that is known is looked through as well
   */
  void look(String below, boolean isNoticed, boolean isDeep) throws IOException {
    BasicFileAttributes attributes;
    try {
      attributes = read(below);
    } catch (AccessDeniedException e) {
      refuseUnreadable(FileTree.parent(below), e);
      return;
    }
    FileTree.Watched known = tree.find(below);
    if (attributes != null && attributes.isDirectory()) {
      pendIfKnown(below);
      if (!selection.enters(below)) {
        return;
      }
      boolean isSame =
          known != null && known.key() == FileState.key(attributes.fileKey()) && known.isValid();
      if (known != null && !isSame) {
        leave(below);
      }
      if (!isSame || isDeep) {
        unseen.add(below);
      }
      return;
    }
    if (known != null) {
      leave(below);
    }
    if (!selection.takes(below) || watch.isMemory(tree.path(below))) {
      return;
    }
    FileState state = state(attributes);
    if (memory.isFresh()) {
      atFirst(below, state);
    } else if (isNoticed || memory.isNews(below, state)) {
      pend(below);
    }
  }

  private void atFirst(String file, @Nullable FileState state) {
    if (state == null) {
      return;
    }
    if (memory.size() >= watch.maxFiles()) {
      refuseFile(file);
      return;
    }
    memory.atFirst(file, state, state.isTooFresh(FileState.now()));
  }

  private @Nullable BasicFileAttributes read(String below) throws IOException {
    try {
      return Files.readAttributes(
          tree.path(below), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    } catch (NoSuchFileException | NotDirectoryException e) {
      return null;
    } catch (AccessDeniedException e) {
      throw e;
    } catch (FileSystemException e) {
      if (isGone(below)) {
        return null;
      }
      throw e;
    }
  }

  /** A file as it is now. */
  sealed interface Seen {
    /**
     * It was looked at.
     *
     * @param state how it is; null if there is no regular file
     */
    record Known(@Nullable FileState state) implements Seen {}

    /** It must not be looked at, which was counted. */
    record Unreadable() implements Seen {}
  }

  /** {@return how a file is} */
  Seen see(String file) throws IOException {
    try {
      return new Seen.Known(state(read(file)));
    } catch (AccessDeniedException e) {
      refuseUnreadable(FileTree.parent(file), e);
      return new Seen.Unreadable();
    }
  }

  private static @Nullable FileState state(@Nullable BasicFileAttributes attributes) {
    return attributes != null && attributes.isRegularFile() ? FileState.of(attributes) : null;
  }

  /** {@return whether a file is not there, as what was a directory on its way is not one now} */
  private boolean isGone(String below) {
    String parent = FileTree.parent(below);
    return !parent.isEmpty() && !Files.isDirectory(tree.path(parent), LinkOption.NOFOLLOW_LINKS);
  }

  private void pendBelow(String directory) {
    for (String file : memory.below(directory).keySet()) {
      pend(file);
    }
  }

  private void pendAll(String below) {
    pendIfKnown(below);
    pendBelow(below);
  }

  private void pendIfKnown(String file) {
    if (memory.told(file) != null) {
      pend(file);
    }
  }

  /**
   * Has a file looked at when it has been quiet for long enough from now on. One that is known
   * always is, as nothing else would lead to a look at it; so there are twice the limit at most.
   */
  void pend(String file) {
    pending.remove(file); // so that it moves to the end
    if (pending.size() >= watch.maxFiles() && memory.told(file) == null) {
      refuseFile(file);
      return;
    }
    pending.put(file, System.nanoTime() + watch.quietNanos());
  }

  void refuseFile(String file) {
    areFilesMissing = true;
    intake.refuse("max-files", "%s: max-files=%d".formatted(file, watch.maxFiles()));
  }

  /** {@return whether a name is the same when it was a text, as some are not} */
  boolean isText(Path directory, String name) {
    if (name.indexOf('\uFFFD') < 0) {
      return true;
    }
    intake.refuse("name", "the name of a file in " + directory + " is not text: " + name);
    return false;
  }
}
