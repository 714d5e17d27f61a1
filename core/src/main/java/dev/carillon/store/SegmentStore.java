package dev.carillon.store;

import dev.carillon.spi.Durability;
import dev.carillon.spi.MessageStore;
import dev.carillon.spi.MessageStream;
import dev.carillon.spi.Retention;
import dev.carillon.spi.StoreException;
import dev.carillon.store.SegmentConfig.Sync;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** A store in files: a directory with a lock, and a directory for each stream. */
final class SegmentStore implements MessageStore {
  private static final String REMOVED = ".removed-"; // before the name of a stream that goes

  private final Path directory;
  private final SegmentConfig config;
  private final StoreLock lock;
  private final Forcer forcer;

  // guarded by this
  private final Map<String, SegmentStream> open = new HashMap<>();
  private boolean closed;

  SegmentStore(Path directory, SegmentConfig config) {
    this.directory = Objects.requireNonNull(directory, "directory");
    this.config = config;
    this.forcer = new Forcer(config);
    try {
      Files.createDirectories(directory);
      lock = StoreLock.of(directory);
    } catch (IOException e) {
      throw new StoreException("the store cannot be opened: directory=" + directory, e);
    }
    try {
      removeRest();
    } catch (IOException e) {
      lock.close();
      throw new StoreException("the store cannot be opened: directory=" + directory, e);
    }
  }

  private void removeRest() throws IOException {
    for (Path entry : entries()) {
      if (entry.getFileName().toString().startsWith(REMOVED)) {
        SegmentFiles.removeAll(entry);
      }
    }
  }

  private List<Path> entries() throws IOException {
    try (Stream<Path> all = Files.list(directory)) {
      return all.filter(Files::isDirectory).toList();
    }
  }

  @Override
  public Durability strongest() {
    return config.sync() == Sync.NONE ? Durability.MEMORY : Durability.FSYNCED;
  }

  void requireProvable(Durability asked) {
    if (!strongest().proves(asked)) {
      throw new StoreException(
          "a store without sync proves %s only, see SegmentConfig.withSync and withGroups: asked=%s"
              .formatted(strongest(), asked),
          null);
    }
  }

  Forcer forcer() {
    return forcer;
  }

  @Override
  public synchronized MessageStream open(String stream, Retention retention) {
    Objects.requireNonNull(retention, "retention");
    requireClosed(stream);
    Path place = directory.resolve(stream);
    try {
      int capacity = SegmentList.rollBytes(retention, config);
      boolean isNew = !Files.isDirectory(place);
      SegmentFiles.Opened files = SegmentFiles.open(place, capacity, config.sync() != Sync.NONE);
      if (isNew && config.sync() != Sync.NONE) {
        Interrupts.forceDirectory(directory);
      }
      var opened = new SegmentStream(this, stream, retention, place, config, files);
      open.put(stream, opened);
      return opened;
    } catch (IOException e) {
      throw new StoreException("the stream cannot be opened: directory=" + place, e);
    }
  }

  private void requireClosed(String stream) {
    if (closed) {
      throw new StoreException("the store is closed: directory=" + directory, null);
    }
    if (open.containsKey(MessageStore.checkName(stream))) {
      throw new IllegalStateException("a stream is opened once at a time: stream=" + stream);
    }
  }

  @Override
  public synchronized Set<String> streams() {
    try {
      var names = new TreeSet<String>();
      for (Path entry : entries()) {
        String name = entry.getFileName().toString();
        if (!name.startsWith(REMOVED)) {
          names.add(name);
        }
      }
      return names;
    } catch (IOException e) {
      throw new StoreException("the store cannot be read: directory=" + directory, e);
    }
  }

  @Override
  public synchronized boolean delete(String stream) {
    requireClosed(stream);
    Path place = directory.resolve(stream);
    if (!Files.isDirectory(place)) {
      return false;
    }
    try {
      Path removed = directory.resolve(REMOVED + stream);
      Files.move(place, removed); // at once; what a crash leaves of it goes when the store opens
      SegmentFiles.removeAll(removed);
      return true;
    } catch (IOException e) {
      throw new StoreException("the stream cannot be removed: directory=" + place, e);
    }
  }

  synchronized void closed(SegmentStream stream) {
    open.remove(stream.name(), stream);
  }

  @Override
  public void close() {
    List<SegmentStream> left;
    synchronized (this) {
      closed = true;
      left = List.copyOf(open.values());
    }
    left.forEach(SegmentStream::close);
    forcer.close();
    lock.close();
  }

  @Override
  public String toString() {
    return "MessageStore[" + directory + "]";
  }
}
