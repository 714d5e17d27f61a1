package dev.carillon.examples.inference;

import java.time.Duration;
import java.util.List;

/**
 * A classifier that has been trained, and how that went.
 *
 * @param classifier what came of it
 * @param samples how many it has learnt from
 * @param heldOut how many it was asked then, which it had not seen
 * @param accuracy which share of those it told rightly, 0 to 1
 * @param took the time of it all, making the images included
 */
record Training(
    SoftmaxClassifier classifier, int samples, int heldOut, double accuracy, Duration took) {
  private static final int SAMPLES = 6000;
  private static final int HELD_OUT = 2000;
  private static final long SAMPLES_SEED = 1;
  private static final long HELD_OUT_SEED = 2;
  private static final long ORDER_SEED = 3;

  /** {@return a classifier of digits in some typefaces; the same one each time} */
  static Training run(List<Typeface> typefaces) {
    long start = System.nanoTime();
    List<Digits.Sample> samples = new Digits(typefaces, SAMPLES_SEED).take(SAMPLES);
    SoftmaxClassifier classifier = SoftmaxClassifier.train(samples, ORDER_SEED);
    List<Digits.Sample> heldOut = new Digits(typefaces, HELD_OUT_SEED).take(HELD_OUT);
    double accuracy = classifier.accuracy(heldOut);
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    return new Training(classifier, SAMPLES, HELD_OUT, accuracy, took);
  }

  /** {@return the classifier as a model} */
  Model model() {
    return batch -> batch.stream().map(classifier::probabilities).toList();
  }
}
