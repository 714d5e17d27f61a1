package dev.carillon.cuda;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The program of the tests. */
final class Kernels {
  private Kernels() {}

  static String ptx() {
    try (InputStream in = Kernels.class.getResourceAsStream("kernels.ptx")) {
      return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
