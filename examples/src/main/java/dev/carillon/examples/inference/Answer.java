package dev.carillon.examples.inference;

import java.time.Duration;

/** What comes of asking an {@link InferenceServer}. */
sealed interface Answer {
  /**
   * The model has told.
   *
   * @param label what the image shows
   * @param probability how likely that is, 0 to 1
   * @param batch how many images the model was given together
   */
  record Known(String label, float probability, int batch) implements Answer {}

  /**
   * The question was dropped: it had waited longer than an answer would have been worth.
   *
   * @param waited how long
   */
  record Late(Duration waited) implements Answer {}

  /**
   * The server cannot answer anything yet, or any more.
   *
   * @param reason what is missing
   */
  record NotReady(String reason) implements Answer {}

  /**
   * The question was not taken, as too many wait; or the model has failed.
   *
   * @param reason which of them
   */
  record Refused(String reason) implements Answer {}
}
