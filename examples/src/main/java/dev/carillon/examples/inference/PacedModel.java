package dev.carillon.examples.inference;

import java.time.Duration;
import java.util.List;

/**
 * A model that takes the time a device would take: so much for a batch, and so much for each image.
 * The softmax alone takes microseconds, and a server for it would never have a queue.
 *
 * @param model tells what is seen
 * @param perBatch time of a batch, however small
 * @param perImage time of each image in it
 */
record PacedModel(Model model, Duration perBatch, Duration perImage) implements Model {
  @Override
  public List<float[]> probabilities(List<Image> batch) throws Exception {
    long until = System.nanoTime() + time(batch.size()).toNanos();
    List<float[]> found = model.probabilities(batch);
    Thread.sleep(Duration.ofNanos(Math.max(0, until - System.nanoTime())));
    return found;
  }

  /** {@return how long a batch takes} */
  Duration time(int images) {
    return perBatch.plus(perImage.multipliedBy(images));
  }
}
