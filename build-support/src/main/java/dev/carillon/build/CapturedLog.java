package dev.carillon.build;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What is logged while this is open; it is kept for the test and shown nowhere else. */
public final class CapturedLog implements AutoCloseable {
  private final Logger logger; // loggers without a reference to them are forgotten
  private final boolean shown;
  private final Queue<LogRecord> records = new ConcurrentLinkedQueue<>();

  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord logged) {
          records.add(logged);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  /** Captures what goes to the logger called {@code name}. */
  public CapturedLog(String name) {
    logger = Logger.getLogger(name);
    shown = logger.getUseParentHandlers();
    logger.setUseParentHandlers(false);
    logger.addHandler(handler);
  }

  /** {@return the messages so far} */
  public List<String> messages() {
    return records.stream().map(LogRecord::getMessage).toList();
  }

  /** {@return the throwables logged so far, each record having one} */
  public List<Throwable> thrown() {
    return records.stream().map(LogRecord::getThrown).toList();
  }

  /** {@return the level and the logger's name of each record so far, as {@code WARNING name}} */
  public List<String> origins() {
    return records.stream().map(each -> each.getLevel() + " " + each.getLoggerName()).toList();
  }

  @Override
  public void close() {
    logger.removeHandler(handler);
    logger.setUseParentHandlers(shown);
  }
}
