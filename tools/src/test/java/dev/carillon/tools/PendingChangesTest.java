package dev.carillon.tools;

import static dev.carillon.tools.WatchEvent.CREATE;
import static dev.carillon.tools.WatchEvent.DELETE;
import static dev.carillon.tools.WatchEvent.MODIFY;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PendingChangesTest {
  private static final Path A = Path.of("/w/a");
  private static final Path B = Path.of("/w/b");

  private final PendingChanges pending = new PendingChanges();

  @Test
  void note_severalOfAPath_areOneThatComesToTheSame() {
    assertThat(after(CREATE, MODIFY, MODIFY)).containsExactly(new WatchedChange(CREATE, A));
    assertThat(after(CREATE, DELETE)).isEmpty();
    assertThat(after(CREATE, DELETE, CREATE)).containsExactly(new WatchedChange(CREATE, A));
    assertThat(after(MODIFY, MODIFY)).containsExactly(new WatchedChange(MODIFY, A));
    assertThat(after(MODIFY, DELETE)).containsExactly(new WatchedChange(DELETE, A));
    assertThat(after(DELETE, CREATE)).containsExactly(new WatchedChange(MODIFY, A));
    assertThat(after(DELETE, CREATE, DELETE)).containsExactly(new WatchedChange(DELETE, A));
    assertThat(after(DELETE, DELETE)).containsExactly(new WatchedChange(DELETE, A));
  }

  private List<WatchedChange> after(WatchEvent... events) {
    for (WatchEvent event : events) {
      pending.note(new WatchedChange(event, A));
    }
    return pending.takeAll();
  }

  @Test
  void take_ofAPath_leavesTheOthers() {
    pending.note(new WatchedChange(CREATE, A));
    pending.note(new WatchedChange(MODIFY, B));
    assertThat(pending.take(A)).contains(new WatchedChange(CREATE, A));
    assertThat(pending.take(A)).isEmpty();
    assertThat(pending.isEmpty()).isFalse();
    assertThat(pending.takeAll()).containsExactly(new WatchedChange(MODIFY, B));
    assertThat(pending.isEmpty()).isTrue();
  }

  @Test
  void note_afterATake_isPendingAgain() {
    pending.note(new WatchedChange(CREATE, A));
    assertThat(pending.take(A)).isPresent();
    pending.note(new WatchedChange(MODIFY, A));
    assertThat(pending.take(A)).contains(new WatchedChange(MODIFY, A));
  }
}
