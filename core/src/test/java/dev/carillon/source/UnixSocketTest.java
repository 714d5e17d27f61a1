package dev.carillon.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.BindException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whose file a Unix socket takes, and whose it leaves. */
@Timeout(60)
class UnixSocketTest {
  @TempDir Path directory;

  private UnixSocket bind(Path path) throws Exception {
    try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      return UnixSocket.bind(server, path, 10);
    }
  }

  @Test
  void bind_atASocketThatCannotBeAsked_leavesItAlone() throws Exception {
    Path live = directory.resolve("live");
    try (var other = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      other.bind(UnixDomainSocketAddress.of(live));
      Path tooLong = Files.move(live, directory.resolve("x".repeat(120))); // to connect to
      Object key = Files.getAttribute(tooLong, "unix:ino", LinkOption.NOFOLLOW_LINKS);
      assertThatThrownBy(() -> bind(tooLong))
          .isInstanceOf(SocketException.class)
          .isNotInstanceOf(ConnectException.class);
      assertThat(Files.getAttribute(tooLong, "unix:ino", LinkOption.NOFOLLOW_LINKS)).isEqualTo(key);
      assertThat(directory.toFile().list()).hasSize(1);
    }
  }

  @Test
  void bind_atAPipe_leavesItAlone() throws Exception {
    Path pipe = directory.resolve("pipe");
    Process made = new ProcessBuilder("mkfifo", pipe.toString()).inheritIO().start();
    assertThat(made.waitFor()).isZero();
    assertThatThrownBy(() -> bind(pipe))
        .isInstanceOf(BindException.class)
        .hasMessageContaining("no socket")
        .hasMessageContaining("pipe");
    assertThat(directory.toFile().list()).containsExactly("pipe");
  }

  @Test
  void bind_inADirectoryThatAllMayEnter_leavesNothingElseThere() throws Exception {
    Path path = directory.resolve("own");
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
    UnixSocket socket = bind(path);
    assertThat(directory.toFile().list()).containsExactly("own");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
        .isEqualTo("rw-------");
    socket.remove();
    assertThat(directory.toFile().list()).isEmpty();
  }
}
