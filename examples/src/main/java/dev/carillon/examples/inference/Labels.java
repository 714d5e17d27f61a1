package dev.carillon.examples.inference;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/** What the digits are called. */
final class Labels {
  private static final String FILE = "labels.txt";

  private Labels() {}

  /**
   * {@return the names of the digits, in their order}
   *
   * @throws IOException if they cannot be read, or are not as many as the digits
   */
  static List<String> load() throws IOException {
    try (InputStream in = Labels.class.getResourceAsStream(FILE)) {
      if (in == null) {
        throw new FileNotFoundException("the labels are missing: file=" + FILE);
      }
      List<String> labels = new String(in.readAllBytes(), UTF_8).lines().toList();
      if (labels.size() != SoftmaxClassifier.CLASSES) {
        throw new IOException(
            "there must be %d labels, one a line: file=%s lines=%d"
                .formatted(SoftmaxClassifier.CLASSES, FILE, labels.size()));
      }
      return labels;
    }
  }
}
