package dev.carillon.examples.inference;

import java.util.List;

/** Tells what images show, many at a time. Called by one thread at a time. */
@FunctionalInterface
interface Model {
  /**
   * {@return how likely each label is, for each image}
   *
   * @param batch at least one image
   * @throws Exception if it cannot tell
   */
  List<float[]> probabilities(List<Image> batch) throws Exception;
}
