package dev.carillon.tools;

import java.io.PrintWriter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Prints what the library logs of sources on one line each, in place of the usual two and more. */
final class LibraryLog implements AutoCloseable {
  /*
   * What is logged of the bus are handlers that failed, and what is more than a warning is that a
   * source is not tried again; a command tells both in its own words. The loggers are held here, as
   * the JDK forgets settings of those that nobody holds.
   */
  private final Logger source = Logger.getLogger("dev.carillon.source");
  private final Logger bus = Logger.getLogger("dev.carillon.bus");
  private final @Nullable Level busLevel = bus.getLevel();
  private final boolean usesParents = source.getUseParentHandlers();
  private final Handler handler;
  private volatile boolean isSilent;

  /** Prints from now on. */
  LibraryLog(String command, PrintWriter err) {
    handler = new Lines(command, err);
    source.setUseParentHandlers(false);
    source.addHandler(handler);
    bus.setLevel(Level.OFF);
  }

  /** Prints nothing more. */
  void silence() {
    isSilent = true;
  }

  /** Leaves the loggers as they were. */
  @Override
  public void close() {
    source.removeHandler(handler);
    source.setUseParentHandlers(usesParents);
    bus.setLevel(busLevel);
  }

  private final class Lines extends Handler {
    private final String command;
    private final PrintWriter err;

    Lines(String command, PrintWriter err) {
      this.command = command;
      this.err = err;
    }

    @Override
    public void publish(LogRecord logged) {
      if (!isSilent && logged.getLevel().equals(Level.WARNING)) {
        err.println(command + ": " + logged.getMessage());
      }
    }

    @Override
    public void flush() {
      err.flush();
    }

    @Override
    public void close() {
      // err is not ours
    }
  }
}
