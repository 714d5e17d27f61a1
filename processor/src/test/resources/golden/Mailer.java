package com.acme;

import dev.carillon.function.Default;
import dev.carillon.function.Registered;
import java.io.IOException;

/** Sends mail. */
public final class Mailer {
  private Mailer() {}

  /**
   * Sends one mail.
   *
   * @param to whom to
   * @param text what it says
   * @param retries how often it is tried again
   * @return what was sent
   * @throws IOException if it cannot be sent
   */
  @Registered
  public static String send(String to, String text, @Default("3") int retries) throws IOException {
    if (to.isEmpty()) {
      throw new IOException("nobody");
    }
    return to + "|" + text + "|" + retries;
  }
}
