package dev.carillon.tools;

import java.nio.file.Path;
import java.util.Map;

/** Where the commands keep what outlives them. */
final class StatePlace {
  private StatePlace() {}

  /** {@return the directory of the store of messages, for this process} */
  static Path history() {
    return history(System.getenv(), Path.of(System.getProperty("user.home")));
  }

  /**
   * {@return the directory of the store of messages}
   *
   * @param environment of the process
   * @param home of the user
   */
  static Path history(Map<String, String> environment, Path home) {
    return state(environment, home).resolve("history");
  }

  /** As the XDG Base Directory Specification says, which ignores relative paths. */
  private static Path state(Map<String, String> environment, Path home) {
    String own = environment.getOrDefault("CARILLON_HOME", "");
    if (!own.isEmpty()) {
      return Path.of(own);
    }
    Path common = Path.of(environment.getOrDefault("XDG_STATE_HOME", ""));
    return (common.isAbsolute() ? common : home.resolve(".local/state")).resolve("carillon");
  }
}
