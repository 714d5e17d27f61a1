package dev.carillon.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.build.Patience;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** What a kind of source can rely on. */
class SourceKindTest {

  @Test
  void kept_fromOneRunToTheNext_isTheSame() throws Exception {
    List<Object> seen = new CopyOnWriteArrayList<>();
    SourceKind<Integer> kind =
        intake -> {
          seen.add(intake.kept(StringBuilder.class, StringBuilder::new));
          intake.ready();
          intake.awaitStop();
        };
    try (var source = Source.open(kind, Outlet.direct(i -> {}))) {
      source.start().awaitReady(Patience.LONG);
      source.stop();
      source.start().awaitReady(Patience.LONG);
      Patience.until("it ran twice", () -> seen.size() == 2);
      assertThat(seen.getFirst()).isSameAs(seen.getLast());
    }
  }

  @Test
  void position_whileItRuns_movesOnAsItemsAreTakenCareOf() throws Exception {
    List<String> seen = new CopyOnWriteArrayList<>();
    SourceKind<Integer> kind =
        intake -> {
          seen.add(intake.position().orElse("none"));
          for (int i = 1; i <= 2; i++) {
            intake.emit(intake.item(i).withPosition(Integer.toString(i)));
            seen.add(intake.position().orElse("none"));
          }
        };
    try (var source = Source.open(kind, Outlet.direct(i -> {}))) {
      source.start();
      Patience.until("it ends", () -> source.state() == SourceState.ENDED);
      assertThat(seen).containsExactly("none", "1", "2");
    }
  }

  @Test
  void check_settingsThatItRefuses_sourceIsNotOpened() {
    SourceKind<Integer> kind =
        new SourceKind<>() {
          @Override
          public void run(Intake<Integer> intake) {}

          @Override
          public void check(SourceConfig config) {
            throw new IllegalArgumentException("no window of " + config.window());
          }
        };
    assertThatThrownBy(() -> Source.open(kind, Outlet.direct(i -> {}), s -> s.withWindow(3)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("no window of 3");
  }
}
