package dev.carillon.examples.inference;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Tells digits by one layer of weights and a softmax. Immutable. */
final class SoftmaxClassifier {
  /*
   * A class's score is its bias and the sum of its weights times the pixels; the softmax makes
   * probabilities of the scores. Training goes through the samples in a shuffled order, one after
   * another, and moves the weights against the gradient of the cross entropy, (p - target) * pixel,
   * a little less far each time round (stochastic gradient descent). One thread, one seed: the same
   * samples give the same weights.
   */
  /** How many digits there are. */
  static final int CLASSES = 10;

  private static final int BIAS = Image.PIXELS; // behind the weights of the pixels
  private static final int ROUNDS = 8;
  private static final float FIRST_STEP = 0.02f;

  private final float[][] weights; // by class, then by pixel

  private SoftmaxClassifier(float[][] weights) {
    this.weights = weights;
  }

  /**
   * {@return a classifier that has learnt from samples}
   *
   * @param samples what to learn from
   * @param seed of their order
   */
  static SoftmaxClassifier train(List<Digits.Sample> samples, long seed) {
    var classifier = new SoftmaxClassifier(new float[CLASSES][Image.PIXELS + 1]);
    var order = new ArrayList<>(samples);
    var random = new Random(seed);
    for (int round = 0; round < ROUNDS; round++) {
      Collections.shuffle(order, random);
      float step = FIRST_STEP / (1 + round);
      order.forEach(sample -> classifier.learn(sample, step));
    }
    return classifier;
  }

  private void learn(Digits.Sample sample, float step) {
    float[] found = probabilities(sample.image());
    float[] pixels = sample.image().pixels();
    for (int c = 0; c < CLASSES; c++) {
      float by = step * ((c == sample.digit() ? 1 : 0) - found[c]);
      float[] row = weights[c];
      for (int i = 0; i < pixels.length; i++) {
        row[i] += by * pixels[i];
      }
      row[BIAS] += by;
    }
  }

  /** {@return how likely each digit is} */
  float[] probabilities(Image image) {
    var scores = new float[CLASSES];
    float best = Float.NEGATIVE_INFINITY;
    for (int c = 0; c < CLASSES; c++) {
      scores[c] = score(weights[c], image.pixels());
      best = Math.max(best, scores[c]);
    }
    float sum = 0;
    for (int c = 0; c < CLASSES; c++) {
      scores[c] = (float) Math.exp(scores[c] - best); // at most 1, whatever the scores
      sum += scores[c];
    }
    for (int c = 0; c < CLASSES; c++) {
      scores[c] /= sum;
    }
    return scores;
  }

  private static float score(float[] row, float[] pixels) {
    float sum = row[BIAS];
    for (int i = 0; i < pixels.length; i++) {
      sum += row[i] * pixels[i];
    }
    return sum;
  }

  /** {@return what an image most likely shows} */
  int classify(Image image) {
    return mostLikely(probabilities(image));
  }

  /** {@return the place of the highest of some numbers} */
  static int mostLikely(float[] probabilities) {
    int best = 0;
    for (int c = 1; c < probabilities.length; c++) {
      best = probabilities[c] > probabilities[best] ? c : best;
    }
    return best;
  }

  /** {@return which share of some samples it tells rightly, 0 to 1} */
  double accuracy(List<Digits.Sample> samples) {
    long right = samples.stream().filter(s -> classify(s.image()) == s.digit()).count();
    return (double) right / samples.size();
  }
}
