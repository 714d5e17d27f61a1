package dev.carillon.tools;

import dev.carillon.bus.MessageHandler;
import dev.carillon.source.FileChange;

/** Handles changes by running a command. Closing ends what runs, and begins no more. */
sealed interface WatchedCommands extends MessageHandler<FileChange>, AutoCloseable
    permits CommandRuns, RestartedCommand {

  /** Called once, before any change is handled. */
  default void begin() {}

  @Override
  void close();
}
