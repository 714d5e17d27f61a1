package dev.carillon.tools;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a command is run for.
 *
 * @param root the directory that is watched, absolute
 * @param path what has changed, absolute; the root if it is not one file
 * @param event what happened to it: create, modify or delete; batch, start or restart if it is not
 *     one file
 * @param changes all that it is run for
 */
record WatchTrigger(Path root, Path path, String event, List<WatchedChange> changes) {
  /** The placeholders, and the variables with their values. */
  static final Map<String, String> PLACEHOLDERS =
      Map.of(
          "{path}", "CARILLON_PATH",
          "{relative}", "CARILLON_RELATIVE",
          "{name}", "CARILLON_NAME",
          "{event}", "CARILLON_EVENT");

  /** How the system writes names, as the JDK found out. */
  private static final Charset NAMES =
      Charset.forName(System.getProperty("sun.jnu.encoding", ""), StandardCharsets.UTF_8);

  WatchTrigger {
    changes = List.copyOf(changes);
  }

  static WatchTrigger of(Path root, WatchedChange change) {
    return new WatchTrigger(root, change.path(), change.event().word(), List.of(change));
  }

  static WatchTrigger ofAll(Path root, String event, List<WatchedChange> changes) {
    return new WatchTrigger(root, root, event, changes);
  }

  /**
   * {@return the path from the root on; with {@code ./} if a command would take it for an option}
   */
  String relative() {
    String relative = root.relativize(path).toString();
    if (relative.isEmpty()) {
      return ".";
    }
    return relative.startsWith("-") ? "./" + relative : relative;
  }

  private String name() {
    Path name = path.getFileName();
    return name == null ? path.toString() : name.toString();
  }

  /** {@return what the command finds in its environment} */
  Map<String, String> environment() {
    var variables = new LinkedHashMap<String, String>();
    variables.put("CARILLON_PATH", path.toString());
    variables.put("CARILLON_RELATIVE", relative());
    variables.put("CARILLON_NAME", name());
    variables.put("CARILLON_EVENT", event);
    variables.put("CARILLON_DIR", root.toString());
    variables.put("CARILLON_COUNT", String.valueOf(changes.size()));
    return variables;
  }

  /** {@return a word of a command with values in place of placeholders} */
  String filledIn(String word) {
    Map<String, String> values = environment();
    var filled = new StringBuilder();
    int at = 0;
    while (at < word.length()) {
      int start = at;
      String placeholder =
          PLACEHOLDERS.keySet().stream()
              .filter(each -> word.startsWith(each, start))
              .findFirst()
              .orElse("");
      filled.append(
          placeholder.isEmpty()
              ? word.substring(at, at + 1)
              : values.get(PLACEHOLDERS.get(placeholder)));
      at += Math.max(1, placeholder.length());
    }
    return filled.toString();
  }

  /** {@return the paths of all changes, each with a zero byte behind it} */
  byte[] pathList() {
    var list = new StringBuilder();
    changes.forEach(change -> list.append(change.path()).append('\0'));
    return list.toString().getBytes(NAMES);
  }

  /** {@return it for people} */
  @Override
  public String toString() {
    if (!path.equals(root)) {
      return event + " " + relative();
    }
    return changes.isEmpty() ? event : "%s of %d changes".formatted(event, changes.size());
  }
}
