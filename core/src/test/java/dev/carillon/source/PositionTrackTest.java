package dev.carillon.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Positions of items that are done with in any order. */
class PositionTrackTest {
  @Test
  void done_inAnyOrder_givesTheWholePrefix() {
    for (int seed = 0; seed < 200; seed++) {
      var random = new Random(seed);
      var keeper = new PositionKeeper(SourceConfig.DEFAULT);
      var track = new PositionTrack(keeper);
      var open = new ArrayList<PositionTrack.Place>();
      var undone = new TreeSet<Integer>();
      int next = 0;
      for (int step = 0; step < 200; step++) {
        if (open.isEmpty() || (open.size() < 8 && random.nextBoolean())) {
          undone.add(next);
          open.add(track.add(Integer.toString(next++)));
        } else {
          var place = open.remove(random.nextInt(open.size()));
          int number = Integer.parseInt(place.position);
          boolean isFirst = undone.first() == number;
          undone.remove(number);
          int reached = (undone.isEmpty() ? next : undone.first()) - 1;
          assertThat(track.done(place)).as("seed %d", seed).isEqualTo(isFirst);
          if (isFirst) {
            assertThat(keeper.position()).isEqualTo(Integer.toString(reached));
          }
        }
        assertThat(track.size()).isLessThanOrEqualTo(2 * undone.size());
      }
    }
  }

  @Test
  void done_behindOneThatIsNot_keepsNoMoreThanOne() {
    var keeper = new PositionKeeper(SourceConfig.DEFAULT);
    var track = new PositionTrack(keeper);
    var slow = track.add("slow");
    for (int i = 0; i < 100_000; i++) {
      track.done(track.add(Integer.toString(i)));
    }
    assertThat(track.size()).isEqualTo(2);
    assertThat(track.done(slow)).isTrue();
    assertThat(keeper.position()).isEqualTo("99999");
    assertThat(track.size()).isZero();
  }
}
