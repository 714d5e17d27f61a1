package dev.carillon.flow;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Writes timelines in the Trace Event Format. */
final class ChromeTrace {
  /*
   * Each span is a complete event ("X"), in the row of its thread; metadata events ("M") name the
   * rows. Viewers take events that overlap in a row for calls within calls, so a thread whose spans
   * overlap, as virtual threads of one name do, gets as many rows as it needs.
   */
  private static final long NANOS_PER_MICRO = 1_000;

  /** A row, which is busy until a time. */
  private static final class Row {
    final int id;
    long busyUntil;

    Row(int id) {
      this.id = id;
    }
  }

  private final StringBuilder json = new StringBuilder();
  private final Map<String, List<Row>> rows = new HashMap<>();
  private int rowCount;

  private ChromeTrace() {}

  static String of(Timeline timeline) {
    var trace = new ChromeTrace();
    trace.write(timeline);
    return trace.json.toString();
  }

  private void write(Timeline timeline) {
    json.append("{\"displayTimeUnit\":\"ns\",\"otherData\":{\"leftOut\":")
        .append(timeline.leftOut())
        .append("},\"traceEvents\":[");
    name("process_name", 0, timeline.run());
    var ordered = new ArrayList<>(timeline.spans());
    ordered.sort(Comparator.comparingLong(Timeline.Span::startNanos)); // stable
    for (Timeline.Span span : ordered) {
      event(span, row(span));
    }
    json.append("]}");
  }

  /** {@return the row of a span, which is named when it is the first of its row} */
  private int row(Timeline.Span span) {
    List<Row> ofThread = rows.computeIfAbsent(span.thread(), _ -> new ArrayList<>());
    for (Row row : ofThread) {
      if (row.busyUntil <= span.startNanos()) {
        row.busyUntil = span.endNanos();
        return row.id;
      }
    }
    var row = new Row(++rowCount);
    row.busyUntil = span.endNanos();
    ofThread.add(row);
    json.append(',');
    name("thread_name", row.id, span.thread());
    return row.id;
  }

  private void name(String what, int row, String name) {
    json.append("{\"ph\":\"M\",\"pid\":1,\"tid\":").append(row).append(",\"name\":");
    text(what);
    json.append(",\"args\":{\"name\":");
    text(name);
    json.append("}}");
  }

  private void event(Timeline.Span span, int row) {
    json.append(",{\"ph\":\"X\",\"cat\":\"part\",\"pid\":1,\"tid\":").append(row);
    json.append(",\"name\":");
    text(span.part());
    json.append(",\"ts\":");
    micros(span.startNanos());
    json.append(",\"dur\":");
    micros(span.endNanos() - span.startNanos());
    json.append(",\"args\":{\"iteration\":")
        .append(span.iteration())
        .append(",\"attempt\":")
        .append(span.attempt())
        .append(",\"ok\":")
        .append(span.ok())
        .append("}}");
  }

  private void micros(long nanos) {
    json.append(nanos / NANOS_PER_MICRO).append('.');
    long rest = nanos % NANOS_PER_MICRO;
    json.append((char) ('0' + rest / 100))
        .append((char) ('0' + rest / 10 % 10))
        .append((char) ('0' + rest % 10));
  }

  private void text(String text) {
    json.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        json.append('\\').append(c);
      } else if (Character.isISOControl(c) || isLone(text, i)) {
        json.append("\\u%04x".formatted((int) c));
      } else {
        json.append(c);
      }
    }
    json.append('"');
  }

  /** {@return whether half of a character stands there without the other half} */
  private static boolean isLone(String text, int at) {
    char c = text.charAt(at);
    return Character.isHighSurrogate(c)
        ? at + 1 == text.length() || !Character.isLowSurrogate(text.charAt(at + 1))
        : Character.isLowSurrogate(c)
            && (at == 0 || !Character.isHighSurrogate(text.charAt(at - 1)));
  }
}
