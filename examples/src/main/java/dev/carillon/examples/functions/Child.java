package dev.carillon.examples.functions;

import dev.carillon.event.CarillonException;
import dev.carillon.function.FunctionCodec;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/** A process that calls the functions that it is sent, until its standard input ends. */
final class Child implements AutoCloseable {
  /*
   * A frame is a length (4 bytes, big-endian) and that many bytes: a function one way, a value of
   * the codec the other way. A negative length is a failure, whose text follows.
   */
  private static final int MOST = 1 << 20;

  private final Process process;
  private final DataInputStream in;
  private final DataOutputStream out;

  private Child(Process process) {
    this.process = process;
    this.in = new DataInputStream(new BufferedInputStream(process.getInputStream()));
    this.out = new DataOutputStream(new BufferedOutputStream(process.getOutputStream()));
  }

  /** {@return a new process, of this JDK and class path} */
  static Child start() throws IOException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    List<String> command =
        List.of(
            java,
            "-Xshare:auto",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            Child.class.getName());
    return new Child(
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
  }

  long pid() {
    return process.pid();
  }

  /**
   * {@return what a function came to in the process}
   *
   * @throws IOException if it failed there, or the process is gone
   */
  byte[] call(byte[] function) throws IOException {
    checkLength(function.length);
    out.writeInt(function.length);
    out.write(function);
    out.flush();
    int length = in.readInt();
    if (length < 0) {
      byte[] failure = readFrame(in, -length);
      throw new IOException("failed in the child: " + Reports.CODEC.decode(failure, String.class));
    }
    return readFrame(in, length);
  }

  private static byte[] readFrame(DataInputStream in, int length) throws IOException {
    checkLength(length);
    byte[] frame = new byte[length];
    in.readFully(frame);
    return frame;
  }

  /** A frame must not be cut: what is left of it would be taken for the next one. */
  private static void checkLength(int length) throws IOException {
    if (length < 0 || length > MOST) {
      throw new IOException("a frame must have 0 to %d bytes: length=%d".formatted(MOST, length));
    }
  }

  /** Ends the process: its input ends. */
  @Override
  public void close() throws IOException {
    out.close();
    try {
      int exit = process.waitFor();
      if (exit != 0) {
        throw new IOException("the child must end with 0: exit=" + exit);
      }
    } catch (InterruptedException e) {
      process.destroy();
      Thread.currentThread().interrupt();
    }
  }

  /** Calls what comes from standard input. */
  public static void main(String[] arguments) throws Exception {
    serve(System.in, System.out);
  }

  private static void serve(InputStream input, OutputStream output) throws IOException {
    var in = new DataInputStream(new BufferedInputStream(input));
    var out = new DataOutputStream(new BufferedOutputStream(output));
    FunctionCodec functions = Reports.open();
    while (true) {
      int length;
      try {
        length = in.readInt();
      } catch (EOFException e) {
        return; // the parent needs no more
      }
      byte[] function = readFrame(in, length);
      byte[] result;
      int sign = 1;
      try {
        Object value = functions.decode(function, Object.class).call();
        result = Reports.CODEC.encode(Objects.requireNonNull(value, "a result"));
        checkLength(result.length);
      } catch (CarillonException e) {
        result = Reports.CODEC.encode(String.valueOf(e.getMessage()));
        sign = -1;
      } catch (Exception e) { // of the function itself
        result = Reports.CODEC.encode(e.toString());
        sign = -1;
      }
      out.writeInt(sign * result.length);
      out.write(result);
      out.flush();
    }
  }
}
