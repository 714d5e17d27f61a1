package dev.carillon.cuda;

import java.util.Objects;

/**
 * How CUDA is used.
 *
 * @param completion how it is learned that events have finished
 */
public record CudaConfig(CudaCompletion completion) {

  /** Events are polled. */
  public static final CudaConfig DEFAULT = new CudaConfig(CudaCompletion.POLLING);

  /** Checks that nothing is null. */
  public CudaConfig {
    Objects.requireNonNull(completion, "completion");
  }

  /**
   * {@return these settings with another way to learn that events have finished}
   *
   * @param completion the way
   */
  public CudaConfig withCompletion(CudaCompletion completion) {
    return new CudaConfig(completion);
  }
}
