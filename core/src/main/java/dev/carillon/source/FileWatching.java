package dev.carillon.source;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.concurrent.TimeUnit;

/** One run of a watch on files. */
final class FileWatching {
  /*
   * What the system tells is only where to look. A file that may have changed is `pending` until it
   * was quiet for a while; then it is looked at, compared with what was told of it, and told if it
   * differs. So changes collapse, their order does not matter, and it is enough that something leads
   * to a look after each change:
   *
   * - A notice does. Java keeps 512 of a directory, Linux a number in all; if there are more, the
   *   directory overflows, and is looked through: each file there and each file known is compared.
   * - A directory is watched before it is looked through, so what comes to be in it meanwhile is
   *   found or noticed, or both. One that was moved or made again is another directory, and is
   *   watched and looked through anew.
   * - What was found to differ too soon to tell states apart is marked unsure, and is told again.
   *
   * While an item waits for room, nothing is read: Java's queue overflows, and memory does not grow.
   */
  private static final long TICK = TimeUnit.SECONDS.toNanos(1); // how often the root is looked at
  private static final int ROUND = 128; // directories with notices, and then files that are told

  private final FileWatch watch;
  private final Path root;
  private final Intake<FileChange> intake;
  private final FileMemory memory;
  private final WatchService service;
  private final FileTree tree;
  private final FileScan scan;
  private long nextTick;
  private long nextRescan;

  private FileWatching(
      FileWatch watch, Intake<FileChange> intake, FileMemory memory, WatchService service) {
    this.watch = watch;
    this.root = watch.directory();
    this.intake = intake;
    this.memory = memory;
    this.service = service;
    this.tree = new FileTree(root, service);
    this.scan = new FileScan(watch, intake, memory, tree);
  }

  static void run(FileWatch watch, Intake<FileChange> intake, FileMemory memory)
      throws IOException, InterruptedException {
    try (WatchService service = watch.directory().getFileSystem().newWatchService()) {
      new FileWatching(watch, intake, memory, service).run();
    } catch (ClosedByInterruptException e) {
      var stopped = new InterruptedException("interrupted while it wrote");
      stopped.initCause(e);
      throw stopped;
    }
  }

  private void run() throws IOException, InterruptedException {
    memory.begin(position(), watch.selection());
    boolean isFirst = memory.isFresh() && !watch.reportsExisting();
    try {
      scan.openRoot();
    } catch (IOException e) {
      if (isFirst) {
        memory.begun(); // with nothing there, so that all that comes to be is told
      }
      throw e;
    }
    if (memory.isFresh() && !isFirst) {
      memory.begun();
    }
    scan.scanAll();
    if (isFirst) {
      memory.begun();
    }
    intake.ready();
    nextTick = System.nanoTime() + TICK;
    planRescan();
    while (!watch.isOnce() || !scan.pending().isEmpty()) {
      awaitNotices();
      tick();
      tellDue();
    }
  }

  private long position() {
    String position = intake.position().orElse("0");
    try {
      return Long.parseLong(position);
    } catch (NumberFormatException e) {
      throw new IllegalStateException(
          "not a position of a watch on files: source=\"%s\", position=\"%s\""
              .formatted(intake.config().name(), position),
          e);
    }
  }

  // ── notices ──

  private void awaitNotices() throws IOException, InterruptedException {
    long now = System.nanoTime();
    long until = nextTick;
    if (!scan.pending().isEmpty()) {
      until = Math.min(until, scan.pending().firstEntry().getValue());
    }
    WatchKey next =
        until - now <= 0 ? service.poll() : service.poll(until - now, TimeUnit.NANOSECONDS);
    for (int i = 0; next != null; i++) {
      notice(next);
      next = i < ROUND ? service.poll() : null;
    }
  }

  private void notice(WatchKey key) throws IOException, InterruptedException {
    List<WatchEvent<?>> events = key.pollEvents();
    boolean isValid = key.reset();
    String directory = tree.find(key);
    if (directory == null) {
      return; // let go of
    }
    if (!isValid) {
      scan.checkRoot();
      if (directory.isEmpty()) {
        throw new FileSystemException(
            root.toString(), null, "the system does not watch the directory any more");
      }
      scan.leave(directory);
      scan.look(directory, true, false);
      scan.scanUnseen(false);
      return;
    }
    var changed = new LinkedHashSet<String>();
    boolean isOverflow = false;
    for (WatchEvent<?> event : events) {
      if (event.kind().equals(StandardWatchEventKinds.OVERFLOW)) {
        isOverflow = true;
      } else if (event.context() instanceof Path name) {
        changed.add(name.toString());
      }
    }
    for (String name : changed) {
      String below = FileTree.child(directory, name);
      if (scan.isText(tree.path(directory), name)) {
        scan.look(below, true, false);
      }
    }
    if (isOverflow) {
      scan.scan(directory, false);
    }
    scan.scanUnseen(false);
  }

  private void tick() throws IOException, InterruptedException {
    long now = System.nanoTime();
    if (now - nextTick < 0) {
      return;
    }
    nextTick = now + TICK;
    scan.checkRoot();
    memory.forget(position());
    scan.lookAgain();
    Duration rescan = watch.rescan();
    if (scan.isRoomAgain() || (rescan != null && now - nextRescan >= 0)) {
      planRescan();
      scan.scanAll();
    }
  }

  private void planRescan() {
    Duration rescan = watch.rescan();
    nextRescan = rescan == null ? 0 : System.nanoTime() + rescan.toNanos();
  }

  // ── telling ──

  private void tellDue() throws IOException, InterruptedException {
    SequencedMap<String, Long> pending = scan.pending();
    for (int i = 0; i < ROUND && !pending.isEmpty(); i++) {
      Map.Entry<String, Long> head = pending.firstEntry();
      if (System.nanoTime() - head.getValue() < 0) {
        return;
      }
      pending.pollFirstEntry();
      tellNews(head.getKey());
    }
  }

  private void tellNews(String file) throws IOException, InterruptedException {
    long seen = FileState.now();
    if (!(scan.see(file) instanceof FileScan.Seen.Known(FileState state))
        || !memory.isNews(file, state)) {
      return;
    }
    if (state != null && !isQuiet(state, seen)) {
      scan.pend(file);
      return;
    }
    FileMemory.Told told = memory.told(file);
    FileChange.Kind kind;
    if (state == null) {
      scan.checkRoot(); // else it is the directory that is gone
      kind = FileChange.Kind.DELETED;
    } else if (told == null || !told.isThere() || (told.isAgain() && told.isNew())) {
      kind = FileChange.Kind.CREATED;
    } else {
      kind = FileChange.Kind.MODIFIED;
    }
    if (told == null && memory.size() >= watch.maxFiles()) {
      scan.refuseFile(file);
      return;
    }
    boolean isUnsure = state != null && state.isTooFresh(seen);
    tell(file, state == null ? Objects.requireNonNull(told).state() : state, kind, isUnsure);
  }

  private boolean isQuiet(FileState state, long seen) {
    long age = seen - state.modified();
    return age < 0 || age >= watch.quietNanos();
  }

  private void tell(String file, FileState state, FileChange.Kind kind, boolean isUnsure)
      throws IOException, InterruptedException {
    long position = position();
    memory.forget(position);
    long sequence = memory.tell(file, state, kind, isUnsure, position);
    Path path = tree.path(file);
    Item<FileChange> item =
        intake
            .item(new FileChange(kind, path, state.size(), state.time()))
            .from(intake.origin().withResource(path.toUri().toString()))
            .withPosition(Long.toString(sequence));
    intake.emit(kind == FileChange.Kind.DELETED ? item : item.withTime(state.time()));
  }
}
