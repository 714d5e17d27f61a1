package dev.carillon.source;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.BindException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** The file of a Unix socket that somebody listens at: only its owner can connect. */
final class UnixSocket {
  /*
   * A socket can be connected to from the moment it is bound, with the rights that the process
   * gives new files. So it is bound under a name that nobody knows, is given its rights, and only
   * then moved to the name that it is to have.
   */
  private static final System.Logger LOG = System.getLogger("dev.carillon.source");

  private final Path path;
  private final @Nullable Object key; // of the file, where the system has such

  private UnixSocket(Path path, @Nullable Object key) {
    this.path = path;
    this.key = key;
  }

  /** Binds a server to a file. */
  static UnixSocket bind(ServerSocketChannel server, Path path, int backlog) throws IOException {
    checkFree(path);
    Path hidden =
        path.resolveSibling("." + Integer.toHexString(ThreadLocalRandom.current().nextInt()));
    server.bind(UnixDomainSocketAddress.of(hidden), backlog);
    try {
      var rights = Files.getFileAttributeView(hidden, PosixFileAttributeView.class);
      if (rights != null) {
        rights.setPermissions(PosixFilePermissions.fromString("rw-------"));
      }
      Files.move(hidden, path, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException | RuntimeException e) {
      Files.deleteIfExists(hidden);
      throw e;
    }
    return new UnixSocket(path, key(path));
  }

  /** Fails unless there is no file, or a socket that nobody listens at any more. */
  private static void checkFree(Path path) throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    if (!attributes(path).isOther()) {
      throw new BindException("there is a file that is no socket: path=" + path);
    }
    try (var probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      probe.connect(UnixDomainSocketAddress.of(path));
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "nobody listens at " + path + " any more: it is replaced", e);
      return;
    }
    throw new BindException("somebody listens there: path=" + path);
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
