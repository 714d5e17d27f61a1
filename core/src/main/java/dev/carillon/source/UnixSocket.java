package dev.carillon.source;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.BindException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** The file of a Unix socket that somebody listens at: only its owner can connect. */
final class UnixSocket {
  /*
   * A socket can be connected to from the moment it is bound, with the rights that the process
   * gives new files. So it is bound in a directory that only its owner can enter, is given its
   * rights there, and only then moved to the name that it is to have. Where the system knows no
   * such rights, it is as open as its directory is.
   *
   * Whoever may write to the directory of that name can put something else in its place: what the
   * rights of a file guard is who connects, not whom they reach.
   */
  private static final System.Logger LOG = System.getLogger("dev.carillon.source");

  private static final FileAttribute<?>[] OWNER = {
    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
  };
  private static final FileAttribute<?>[] ANYBODY = {};
  private static final int FILE_TYPE = 0170000; // of a file's mode: S_IFMT
  private static final int SOCKET = 0140000; // S_IFSOCK

  private final Path path;
  private final @Nullable Object key; // of the file, where the system has such

  private UnixSocket(Path path, @Nullable Object key) {
    this.path = path;
    this.key = key;
  }

  /** Binds a server to a file. */
  static UnixSocket bind(ServerSocketChannel server, Path path, int backlog) throws IOException {
    checkFree(path);
    String name = "." + Integer.toHexString(ThreadLocalRandom.current().nextInt());
    boolean hasRights = path.getFileSystem().supportedFileAttributeViews().contains("posix");
    Path hiding = Files.createDirectory(path.resolveSibling(name), hasRights ? OWNER : ANYBODY);
    Path hidden = hiding.resolve("s"); // short, for the system limits how long a path is
    try {
      server.bind(UnixDomainSocketAddress.of(hidden), backlog);
      if (hasRights) {
        Files.setPosixFilePermissions(hidden, PosixFilePermissions.fromString("rw-------"));
      }
      Files.move(hidden, path, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(hidden);
      Files.delete(hiding);
    }
    return new UnixSocket(path, key(path));
  }

  /** Fails unless there is no file, or a socket that nobody listens at any more. */
  private static void checkFree(Path path) throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    if (!isSocket(path)) {
      throw new BindException("there is a file that is no socket: path=" + path);
    }
    try (var probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      probe.connect(UnixDomainSocketAddress.of(path));
    } catch (ConnectException e) { // any other failure does not say that nobody does
      LOG.log(Level.DEBUG, "nobody listens at " + path + " any more: it is replaced", e);
      return;
    }
    throw new BindException("somebody listens there: path=" + path);
  }

  private static boolean isSocket(Path path) throws IOException {
    if (!attributes(path).isOther()) {
      return false;
    }
    if (!path.getFileSystem().supportedFileAttributeViews().contains("unix")) {
      return true; // as far as can be known
    }
    int mode = (Integer) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
    return (mode & FILE_TYPE) == SOCKET;
  }

  private static BasicFileAttributes attributes(Path path) throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
  }

  private static @Nullable Object key(Path path) throws IOException {
    return attributes(path).fileKey();
  }

  /** Removes the file, unless it is another's by now. */
  void remove() {
    try {
      if (Files.exists(path, LinkOption.NOFOLLOW_LINKS) && Objects.equals(key, key(path))) {
        Files.delete(path);
      }
    } catch (IOException e) {
      LOG.log(Level.WARNING, "the file of a socket could not be removed: path=" + path, e);
    }
  }
}
