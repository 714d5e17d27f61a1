package dev.carillon.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** Ends of real processes. */
class ProcessExitTest {
  private final List<Item<ProcessEnd>> ends = new CopyOnWriteArrayList<>();

  private Source<ProcessEnd> open(ProcessExit kind) {
    return Source.open(kind, Outlet.<ProcessEnd>handler(ends::add));
  }

  private void awaitEnds(int number) {
    await().atMost(Patience.LONG).until(() -> ends.size() == number);
  }

  private static Process sh(String script) throws IOException {
    return new ProcessBuilder("sh", "-c", script).start();
  }

  /** {@return a process that waits for a line, or the end, of its input} */
  private static Process waiting(int exitCode) throws IOException {
    return sh("read line; exit " + exitCode);
  }

  @Test
  @Covers({"C14", "C29"})
  void of_processesThatEnd_givesTheirCodesAndEnds() throws IOException {
    Process good = sh("exit 0");
    Process bad = waiting(3);
    try (var source = open(ProcessExit.of(good, bad))) {
      source.start();
      awaitEnds(1);
      assertThat(ends.getFirst().payload().isSuccess()).isTrue();
      bad.getOutputStream().close();
      await().atMost(Patience.LONG).until(() -> source.state() == SourceState.ENDED);
    }
    assertThat(ends).hasSize(2);
    ProcessEnd last = ends.get(1).payload();
    assertThat(last.pid()).isEqualTo(bad.pid());
    assertThat(last.exitCode()).isEqualTo(3);
    assertThat(last.started()).isNotNull().isBeforeOrEqualTo(last.at());
    assertThat(ends.get(1).allHeaders())
        .containsEntry(Origin.SYSTEM, "process:" + bad.pid())
        .containsEntry(Origin.TIME, last.at().toString());
    assertThat(ends.get(1).origin().resource()).startsWith("file:/");
  }

  @Test
  void of_aProcessThatIsKilled_givesTheSignal() throws IOException {
    Process process = waiting(0);
    try (var source = open(ProcessExit.of(process))) {
      source.start();
      process.destroyForcibly();
      awaitEnds(1);
      assertThat(ends.getFirst().payload().exitCode()).isEqualTo(128 + 9);
      assertThat(ends.getFirst().payload().isSuccess()).isFalse();
    }
  }

  @Test
  void pid_ofAnotherProcess_givesItsEndWithoutACode() throws IOException {
    Process process = waiting(5);
    try (var source = open(ProcessExit.pid(process.pid()))) {
      source.start();
      process.getOutputStream().close();
      awaitEnds(1);
      assertThat(ends.getFirst().payload().pid()).isEqualTo(process.pid());
      assertThat(ends.getFirst().payload().exitCode()).isNull();
    }
  }

  @Test
  void watching_processesThatEndWhileItIsStopped_areToldLater() throws Exception {
    ProcessExit exits = ProcessExit.watching();
    try (var source = open(exits)) {
      source.start();
      Process first = waiting(1);
      exits.add(first);
      exits.add(first); // which changes nothing
      first.getOutputStream().close();
      awaitEnds(1);
      source.stop();
      Process second = sh("exit 2");
      exits.add(second);
      assertThat(second.waitFor(Patience.LONG)).isTrue();
      source.start();
      awaitEnds(2);
      exits.complete();
      await().atMost(Patience.LONG).until(() -> source.state() == SourceState.ENDED);
    }
    assertThat(ends).extracting(e -> e.payload().exitCode()).containsExactly(1, 2);
  }

  @Test
  @Covers({"C38"})
  void add_moreThanTheLimit_isRefused() throws IOException {
    ProcessExit exits = ProcessExit.watching(1);
    Process one = waiting(0);
    Process two = waiting(0);
    try {
      exits.add(one);
      assertThatIllegalStateException()
          .isThrownBy(() -> exits.add(two))
          .withMessage("too many processes are watched: limit=1, pid=" + two.pid());
      exits.complete();
      assertThatIllegalStateException()
          .isThrownBy(() -> exits.add(two))
          .withMessage("no more processes are to be added: pid=" + two.pid());
    } finally {
      one.destroyForcibly();
      two.destroyForcibly();
    }
  }

  @Test
  void resource_ofAProgramWhosePathIsNone_isLeftOut() {
    assertThat(ProcessExit.resource("/bin/true")).isEqualTo("file:///bin/true");
    assertThat(ProcessExit.resource("/bin/\0")).isNull();
    assertThat(ProcessExit.resource(null)).isNull();
  }

  @Test
  void pid_ofThisOrNoProcess_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ProcessExit.pid(ProcessHandle.current().pid()))
        .withMessageStartingWith("a process cannot see its own end: pid=");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ProcessExit.pid(Integer.MAX_VALUE))
        .withMessage("there is no such process: pid=2147483647");
    assertThatIllegalArgumentException().isThrownBy(() -> ProcessExit.watching(0));
  }
}
