package dev.carillon.tools;

import dev.carillon.source.FileChange;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What can happen to a file. */
enum WatchEvent {
  /** It is there, and was not before. */
  CREATE,
  /** It is another one than before, or says something else. */
  MODIFY,
  /** It is gone. */
  DELETE;

  static WatchEvent of(FileChange change) {
    return switch (change.kind()) {
      case CREATED -> CREATE;
      case MODIFIED -> MODIFY;
      case DELETED -> DELETE;
    };
  }

  /** {@return what it is called} */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * {@return those with these names}
   *
   * @throws IllegalArgumentException if there is none of that name, or no name
   */
  static Set<WatchEvent> parse(List<String> words) {
    Set<WatchEvent> events = EnumSet.noneOf(WatchEvent.class);
    for (String word : words) {
      Optional<WatchEvent> event =
          Arrays.stream(values()).filter(each -> each.word().equals(word.strip())).findFirst();
      Usage.require(
          event.isPresent(), "--on must be a list of create, modify and delete: EVENTS=" + word);
      event.ifPresent(events::add);
    }
    return events;
  }
}
