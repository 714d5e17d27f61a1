package dev.carillon.source;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import jdk.jfr.Timespan;
import jdk.jfr.Timestamp;
import jdk.jfr.ValueDescriptor;
import jdk.jfr.consumer.RecordedClass;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedMethod;
import jdk.jfr.consumer.RecordedObject;
import jdk.jfr.consumer.RecordedStackTrace;
import jdk.jfr.consumer.RecordedThread;
import org.jspecify.annotations.Nullable;

/** Makes plain values of what the Flight Recorder has recorded, of bounded size. */
final class JfrFields {
  /*
   * A recorded object refers to others, such as classes to their loaders, and those to classes. So
   * depth is bounded; so is the number of values in one event, as `left` tells, and the length of
   * each text. What exceeds that is left out, or cut off.
   */
  static final int DEEPEST = 3;
  static final int MOST_VALUES = 256;
  static final int MOST_FRAMES = 64;
  static final int LONGEST_TEXT = 4096;

  /** What an event has for itself. */
  private static final Set<String> OWN = Set.of("startTime", "duration", "eventThread");

  private int left = MOST_VALUES;

  private JfrFields() {}

  /** {@return an event with plain values} */
  static JfrEvent event(RecordedEvent event) {
    RecordedThread thread = event.getThread();
    return new JfrEvent(
        event.getEventType().getName(),
        event.getStartTime(),
        event.getDuration(),
        thread == null ? null : name(thread),
        new JfrFields().fields(event, DEEPEST, OWN));
  }

  private Map<String, Object> fields(RecordedObject object, int depth, Set<String> without) {
    var fields = new HashMap<String, Object>();
    for (ValueDescriptor field : object.getFields()) {
      if (!without.contains(field.getName())) {
        Object value = value(object, field, depth);
        if (value != null && left > 0) {
          left--;
          fields.put(field.getName(), value);
        }
      }
    }
    return fields;
  }

  private @Nullable Object value(RecordedObject object, ValueDescriptor field, int depth) {
    String name = field.getName();
    if (field.getAnnotation(Timestamp.class) != null) {
      Instant time = object.getInstant(name);
      return Instant.MIN.equals(time) || Instant.MAX.equals(time) ? null : time;
    }
    if (field.getAnnotation(Timespan.class) != null) {
      return object.getDuration(name);
    }
    return plain(object.getValue(name), depth);
  }

  private @Nullable Object plain(@Nullable Object value, int depth) {
    return switch (value) {
      case null -> null;
      case String text -> cut(text);
      case Character letter -> letter.toString();
      case Number number -> number;
      case Boolean flag -> flag;
      case RecordedThread thread -> name(thread);
      case RecordedClass type -> type.getName();
      case RecordedMethod method -> name(method);
      case RecordedStackTrace trace -> frames(trace);
      case RecordedObject object -> depth > 1 ? fields(object, depth - 1, Set.of()) : null;
      case Object[] values -> list(values, depth);
      default -> cut(value.toString());
    };
  }

  private List<Object> list(Object[] values, int depth) {
    var list = new ArrayList<>();
    for (Object element : values) {
      Object value = plain(element, depth - 1);
      if (value != null && left > 0) {
        left--;
        list.add(value);
      }
    }
    return list;
  }

  private List<Object> frames(RecordedStackTrace trace) {
    var frames = new ArrayList<>();
    for (RecordedFrame frame : trace.getFrames()) {
      if (frames.size() == MOST_FRAMES) {
        break;
      }
      frames.add(cut(name(frame.getMethod()) + ":" + frame.getLineNumber()));
    }
    return frames;
  }

  private static String name(RecordedMethod method) {
    return method.getType().getName() + "." + method.getName();
  }

  /** {@return the name of a thread; a virtual one may have none} */
  private static String name(RecordedThread thread) {
    String name = thread.getJavaName();
    if (name == null) {
      name = thread.getOSName();
    }
    return name == null || name.isEmpty() ? "#" + thread.getId() : cut(name);
  }

  private static String cut(String text) {
    return text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT);
  }
}
