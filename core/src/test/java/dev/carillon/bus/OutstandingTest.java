package dev.carillon.bus;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What was handed on of a spill and is not dealt with. */
class OutstandingTest {
  private final Outstanding outstanding = new Outstanding(100, 3);

  @Test
  void firstHangs_noMoreThanTheMostAreHandedOn() {
    Outstanding.Mark first = outstanding.begin(1);
    Outstanding.Mark second = outstanding.begin(2);
    assertThat(outstanding.done(second)).as("nobody waits for room").isFalse();
    assertThat(outstanding.hasRoom()).isTrue();
    Outstanding.Mark third = outstanding.begin(3);
    assertThat(outstanding.hasRoom()).isFalse();
    assertThat(outstanding.done(third)).as("there is still none").isFalse();
    assertThat(outstanding.hasRoom()).isFalse();
    assertThat(outstanding.upTo(3)).isZero();
    assertThat(outstanding.done(first)).isTrue();
    assertThat(outstanding.hasRoom()).isTrue();
    assertThat(outstanding.upTo(3)).isEqualTo(3);
  }

  @Test
  void firstIsDone_othersAreUnderWay_tellsOfTheRoom() {
    Outstanding.Mark first = outstanding.begin(1);
    outstanding.begin(2);
    outstanding.begin(3);
    assertThat(outstanding.done(first)).isTrue();
    assertThat(outstanding.upTo(3)).isEqualTo(1);
  }
}
