package dev.carillon.tools;

import java.util.ArrayList;
import java.util.List;

/**
 * A command that is run for changes.
 *
 * @param words the program and its arguments; for a shell, its text alone
 * @param isShell whether a shell reads it
 */
record WatchedCommand(List<String> words, boolean isShell) {
  private static final String SHELL = "/bin/sh";

  /** Runs its arguments, with what they print on the standard error. */
  private static final List<String> TO_STANDARD_ERROR =
      List.of(SHELL, "-c", "exec \"$@\" >&2", SHELL);

  WatchedCommand {
    words = List.copyOf(words);
  }

  static WatchedCommand shell(String text) {
    return new WatchedCommand(List.of(text), true);
  }

  static WatchedCommand program(List<String> words) {
    return new WatchedCommand(words, false);
  }

  /** {@return whether it has a placeholder} */
  boolean hasPlaceholder() {
    return words.stream()
        .anyMatch(word -> WatchTrigger.PLACEHOLDERS.keySet().stream().anyMatch(word::contains));
  }

  /**
   * {@return the command for a trigger}
   *
   * @param attempt 1 for the first time
   */
  ProcessBuilder builder(WatchTrigger trigger, int attempt, WatchOutput output) {
    var builder = new ProcessBuilder(arguments(trigger, output));
    builder.environment().putAll(trigger.environment());
    builder.environment().put("CARILLON_ATTEMPT", String.valueOf(attempt));
    if (!output.isLabelled()) {
      builder.redirectOutput(ProcessBuilder.Redirect.INHERIT);
      builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    }
    return builder;
  }

  private List<String> arguments(WatchTrigger trigger, WatchOutput output) {
    var arguments = new ArrayList<String>();
    if (output.json() && !output.isLabelled()) {
      arguments.addAll(TO_STANDARD_ERROR);
    }
    if (isShell) {
      String text = ShellText.withVariables(words.getFirst(), WatchTrigger.PLACEHOLDERS);
      arguments.addAll(List.of(SHELL, "-c", text));
    } else {
      words.forEach(word -> arguments.add(trigger.filledIn(word)));
    }
    return arguments;
  }
}
