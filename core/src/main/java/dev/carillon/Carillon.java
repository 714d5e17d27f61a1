package dev.carillon;

import dev.carillon.event.EventSystem;
import java.util.function.UnaryOperator;

/**
 * All of Carillon in one process: its layers, opened together and closed together.
 *
 * {@snippet :
 * try (var carillon = Carillon.open(c -> c.named("trainer"))) {
 *   Event ready = carillon.events().newEvent("ready");
 * }
 * }
 *
 * <p>Safe for use by any thread.
 */
public sealed interface Carillon extends AutoCloseable permits OpenCarillon {

  /** {@return Carillon with the default settings} */
  static Carillon open() {
    return new OpenCarillon(CarillonConfig.DEFAULT);
  }

  /**
   * {@return Carillon with these settings}
   *
   * @param configure changes the default settings
   * @throws IllegalArgumentException if a setting is outside its range
   */
  static Carillon open(UnaryOperator<CarillonConfig> configure) {
    return new OpenCarillon(configure.apply(CarillonConfig.DEFAULT));
  }

  /** {@return the name it was given} */
  String name();

  /** {@return its event system} */
  EventSystem events();

  /** Closes the layers in the reverse order of their opening. Idempotent. */
  @Override
  void close();
}
