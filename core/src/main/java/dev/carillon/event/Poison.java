package dev.carillon.event;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Why an event failed: the reason, where it began, and which merges it came along.
 *
 * <p>Immutable. The poison of a merge points at the poison of its failed inputs, which is shared,
 * not copied. Memory is bounded: at most {@link #MAX_CAUSES} causes and {@link #MAX_HOPS} merges
 * are kept, what is left out is counted, and of a throwable only a summary stays.
 */
public final class Poison {
  /** The most causes that are kept of one merge. */
  public static final int MAX_CAUSES = 64;

  /**
   * The most merges that are kept between an event and a root cause; the outermost are left out.
   */
  public static final int MAX_HOPS = 16;

  private static final int MAX_REACHED = 100_000;

  private final String reason;
  private final @Nullable Cause cause;
  private final EventHandle origin;
  private final @Nullable String name;
  private final Instant time;
  private final List<Poison> causes; // of a merge: the failed inputs, in their order
  private final int failedInputs;
  private final int inputs;
  private final int hops; // merges between here and the farthest root cause
  private final int cutHops;

  private Poison(
      String reason,
      @Nullable Cause cause,
      EventHandle origin,
      @Nullable String name,
      Instant time,
      List<Poison> causes,
      int failedInputs,
      int inputs,
      int hops,
      int cutHops) {
    this.reason = reason;
    this.cause = cause;
    this.origin = origin;
    this.name = name;
    this.time = time;
    this.causes = causes;
    this.failedInputs = failedInputs;
    this.inputs = inputs;
    this.hops = hops;
    this.cutHops = cutHops;
  }

  /**
   * {@return poison that begins at an event}
   *
   * @param origin the event
   * @param name its name, or null
   * @param reason why, for people
   * @param cause what was thrown, or null; summarised
   * @param time when
   */
  public static Poison of(
      EventHandle origin,
      @Nullable String name,
      String reason,
      @Nullable Throwable cause,
      Instant time) {
    Cause summary = cause == null ? null : Cause.of(cause);
    return new Poison(reason, summary, origin, name, time, List.of(), 0, 0, 0, 0);
  }

  /**
   * {@return the poison of a merge}
   *
   * @param kept poison of failed inputs in input order, at most {@link #MAX_CAUSES}
   */
  static Poison ofMerge(
      EventHandle origin,
      @Nullable String name,
      List<Poison> kept,
      int failedInputs,
      int inputs,
      Instant time) {
    int deepest = 0;
    int cut = 0;
    for (Poison p : kept) {
      deepest = Math.max(deepest, p.hops);
      cut = Math.max(cut, p.cutHops);
    }
    List<Poison> shared = kept;
    if (deepest == MAX_HOPS) {
      // this merge takes the place of the outermost hop below it, which is what is left out
      shared = new ArrayList<>();
      for (Poison p : kept) {
        if (p.hops < MAX_HOPS) {
          shared.add(p);
        } else {
          shared.addAll(p.causes);
        }
      }
      shared = shared.size() > MAX_CAUSES ? shared.subList(0, MAX_CAUSES) : shared;
      deepest--;
      cut++;
    }
    String reason = inputs == 1 ? "its input failed" : failed(failedInputs, inputs);
    return new Poison(
        reason,
        null,
        origin,
        name,
        time,
        List.copyOf(shared),
        failedInputs,
        inputs,
        deepest + 1,
        cut);
  }

  /** {@return the poison of an event that is poisoned because this one's event was} */
  Poison inChild(EventHandle child, @Nullable String childName, String why, Instant when) {
    Poison asInput = ofMerge(child, childName, List.of(this), 1, 1, when);
    return new Poison(
        why, null, child, childName, when, asInput.causes, 1, 1, asInput.hops, asInput.cutHops);
  }

  private static String failed(int failed, int inputs) {
    return String.format(Locale.ROOT, "%,d of %,d inputs failed", failed, inputs).replace(',', ' ');
  }

  /** {@return why, for people} */
  public String reason() {
    return reason;
  }

  /** {@return what was thrown, in summary} */
  public Optional<Cause> cause() {
    return Optional.ofNullable(cause);
  }

  /** {@return the event that was poisoned} */
  public EventHandle origin() {
    return origin;
  }

  /** {@return the name of that event} */
  public Optional<String> name() {
    return Optional.ofNullable(name);
  }

  /** {@return when it was poisoned} */
  public Instant time() {
    return time;
  }

  /** {@return the poison of a merge's failed inputs in their order; empty where poison began} */
  public List<Poison> causes() {
    return causes;
  }

  /** {@return how many inputs of the merge failed; 0 where poison began} */
  public int failedInputs() {
    return failedInputs;
  }

  /** {@return how many inputs the merge has; 0 where poison began} */
  public int inputs() {
    return inputs;
  }

  /** {@return how many merges on the way were left out} */
  public int cutHops() {
    return cutHops;
  }

  /**
   * {@return the poison where it began: this, or the leaves below it, each once, in input order, at
   * most {@link #MAX_CAUSES}}
   */
  public List<Poison> rootCauses() {
    return reached().stream().filter(p -> p.causes.isEmpty()).limit(MAX_CAUSES).toList();
  }

  /** {@return this and all below it, each once, in the order of a depth-first walk} */
  private Set<Poison> reached() {
    // poison has no equality but identity
    var reached = new LinkedHashSet<Poison>();
    var todo = new ArrayDeque<Poison>();
    todo.push(this);
    while (!todo.isEmpty() && reached.size() < MAX_REACHED) {
      Poison p = todo.pop();
      if (reached.add(p)) {
        p.causes.reversed().forEach(todo::push);
      }
    }
    return reached;
  }

  /**
   * {@return the merges from this event down to a root cause, this one first and the root last} The
   * way shown is that of the first root cause.
   */
  public List<Poison> path() {
    var path = new ArrayList<Poison>();
    Poison p = this;
    path.add(p);
    while (!p.causes.isEmpty()) {
      p = p.causes.getFirst();
      path.add(p);
    }
    return path;
  }

  /** {@return one line for each root cause; of a merge, after a line that counts them} */
  public String message() {
    if (causes.isEmpty()) {
      return line();
    }
    var text = new StringBuilder(label()).append(": ").append(reason).append(':');
    Set<Poison> reached = reached();
    long roots = 0;
    long cut = 0;
    for (Poison p : reached) {
      if (p.causes.isEmpty() && ++roots <= MAX_CAUSES) {
        text.append("\n  ").append(p.line());
      }
      cut += p.cutHops > 0 ? 0 : Math.max(0, p.failedInputs - p.causes.size());
    }
    if (roots > MAX_CAUSES || cut > 0) {
      text.append("\n  and ").append(cut + Math.max(0, roots - MAX_CAUSES)).append(" more");
    }
    return text.toString();
  }

  private String line() {
    String thrown = cause == null || reason.equals(cause.toString()) ? "" : " (" + cause + ")";
    return label() + ": " + reason + thrown;
  }

  private String label() {
    return name == null ? origin.toString() : name + " [" + origin + "]";
  }

  @Override
  public String toString() {
    return message();
  }

  /**
   * What is kept of a throwable.
   *
   * @param className its class
   * @param message its message, or null
   * @param frames where it was thrown, at most {@link #MAX_FRAMES}
   */
  public record Cause(String className, @Nullable String message, List<StackTraceElement> frames) {
    /** The most stack frames that are kept. */
    public static final int MAX_FRAMES = 32;

    /** Copies the frames. */
    public Cause {
      frames = List.copyOf(frames);
    }

    static Cause of(Throwable thrown) {
      StackTraceElement[] all = thrown.getStackTrace();
      List<StackTraceElement> frames = List.of(all).subList(0, Math.min(all.length, MAX_FRAMES));
      return new Cause(thrown.getClass().getName(), thrown.getMessage(), frames);
    }

    @Override
    public String toString() {
      return message == null ? className : className + ": " + message;
    }
  }
}
