package dev.carillon.source;

/**
 * So many units a second on average, as many at once after a pause. For one thread at a time.
 *
 * @see <a href="https://www.itu.int/rec/T-REC-I.371">ITU-T I.371, the virtual scheduling
 *     algorithm</a>
 */
final class Pace {
  private static final long SECOND = 1_000_000_000;

  private final long perSecond;
  private long ahead; // when what was spent would have been earned

  Pace(long perSecond, long now) {
    this.perSecond = perSecond;
    this.ahead = now;
  }

  /** Spends units, also those that are not there yet. */
  void spend(long units, long now) {
    if (ahead - now < 0) {
      ahead = now;
    }
    ahead += units * SECOND / perSecond;
  }

  /** {@return when more may be spent: at once if that is past} */
  long next() {
    return ahead - SECOND;
  }

  boolean isOver(long now) {
    return next() - now > 0;
  }
}
