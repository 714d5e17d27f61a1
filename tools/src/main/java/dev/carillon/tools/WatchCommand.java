package dev.carillon.tools;

import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs a command when files change. */
@Command(
    name = "watch",
    customSynopsis = {
      "carillon watch [OPTION...] DIR --run 'COMMAND'",
      "       carillon watch [OPTION...] DIR -- COMMAND [ARGUMENT...]"
    },
    sortOptions = false,
    description = {
      "Runs a command for each file in DIR, or below, that has changed: once after the last change,"
          + " never twice at a time for one file. DIR may be a file as well."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  carillon watch uploads --glob '*.csv' --run 'load {path} && rm {path}'",
      "  carillon watch photos --jobs 4 -- convert {path} -resize 50%% small/{name}",
      "  carillon watch src --batch --ignore target -- mvn -q test",
      "  carillon watch src --restart -- node server.js",
      "  carillon watch inbox --position inbox.done --once --run 'import {path}'",
      "",
      "In COMMAND, {path} is the path of the file, absolute; {relative} that from DIR",
      "on, {name} the last part of it, and {event} is create, modify or delete. With",
      "--run, a shell (sh) reads COMMAND; each of these stays one word there, whatever",
      "characters it has, with quotes around it or without, and nothing in it is run.",
      "That does not hold for a second shell, as of ssh or sh -c. The command finds",
      "the same in its environment, for 'sh -c' and scripts: CARILLON_PATH,",
      "CARILLON_RELATIVE, CARILLON_NAME, CARILLON_EVENT, and CARILLON_DIR,",
      "CARILLON_ATTEMPT (1, 2 ...), CARILLON_COUNT (of changes; for --batch).",
      "A {name} may begin with a dash: write ./{name}, or -- before it.",
      "",
      "Files are ignored that version control, editors and file managers keep, with",
      "their directories, unless there is --no-default-ignores:",
      "  .git .hg .svn .jj node_modules __pycache__ .DS_Store *~ .#* #*# .*.sw?",
      "  .*.sw?x 4913 .goutputstream-*",
      "If the command writes to DIR, ignore what it writes, or it runs for ever.",
      "",
      "What the command prints goes where the output of carillon goes; it reads",
      "nothing, or with --batch the paths that have changed, each ended by a zero byte",
      "(xargs -0). After Ctrl-C no command begins, and those that run are ended.",
      "",
      "Exit codes: 0 all commands were fine, 1 one has failed, the last time too, or",
      "            DIR cannot be watched, 2 wrong use, 130 and 143 ended by Ctrl-C",
      "            or SIGTERM; with --fail-fast that of the command that has failed,",
      "            124 if its time was over, 126 or 127 if it cannot be run"
    })
final class WatchCommand implements Callable<Integer> {
  private final BooleanSupplier watched;

  @Spec private @Nullable CommandSpec spec;

  @Mixin private WatchOptions options = new WatchOptions();

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help message and exit.")
  @SuppressWarnings("UnusedVariable") // picocli sees to it
  private boolean help;

  /** Used by picocli. */
  WatchCommand() {
    this(Terminal::isWatched);
  }

  /**
   * @param watched tells whether a person is there
   */
  WatchCommand(BooleanSupplier watched) {
    this.watched = watched;
  }

  @Override
  public Integer call() {
    CommandLine commandLine = Objects.requireNonNull(spec).commandLine();
    PrintWriter err = commandLine.getErr();
    try {
      WatchPlan plan = options.plan(watched);
      return Watch.run(plan, commandLine.getOut(), err);
    } catch (IllegalArgumentException e) {
      err.println(WatchReport.COMMAND + ": " + e.getMessage());
      return ExitCode.USAGE;
    } catch (UncheckedIOException e) {
      err.println(WatchReport.COMMAND + ": " + e.getMessage());
      return Watch.FAILED;
    }
  }
}
