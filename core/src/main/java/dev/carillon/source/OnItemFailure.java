package dev.carillon.source;

import dev.carillon.schedule.Retry;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What happens when an item is not taken care of: immutable. An {@link Error} of a handler makes
 * the source fail for good, whatever this says, and the item is not passed over.
 *
 * @param retry when it is given to the outlet again; null for never. Later items may pass it
 *     meanwhile, unless the window is 1
 * @param stops whether the source fails in the end, so that it continues with this item when it is
 *     started again; otherwise the item is logged, counted and passed over
 */
public record OnItemFailure(@Nullable Retry retry, boolean stops) {

  /** Pass it over. */
  public static final OnItemFailure SKIP = new OnItemFailure(null, false);

  /** Fail, and have the source's restart policy decide. */
  public static final OnItemFailure STOP = new OnItemFailure(null, true);

  /**
   * {@return a policy that tries again, and then passes the item over}
   *
   * @param retry when
   */
  public static OnItemFailure retry(Retry retry) {
    return new OnItemFailure(Objects.requireNonNull(retry, "retry"), false);
  }

  /** {@return this policy, but at its end the source fails} */
  public OnItemFailure thenStop() {
    return new OnItemFailure(retry, true);
  }
}
