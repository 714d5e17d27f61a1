package dev.carillon;

import dev.carillon.bus.Bus;
import dev.carillon.device.Devices;
import dev.carillon.event.EventSystem;
import dev.carillon.flow.Flow;
import dev.carillon.schedule.Scheduler;
import java.util.function.UnaryOperator;

/**
 * All of Carillon in one process: its layers, opened together and closed together.
 *
 * {@snippet :
 * try (var carillon = Carillon.open(c -> c.named("trainer"))) {
 *   Event ready = carillon.events().newEvent("ready");
 *   Event loaded = carillon.scheduler().submit(t -> t.named("load").after(ready), () -> load());
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

  /** {@return its scheduler, whose tasks have events of {@link #events}} */
  Scheduler scheduler();

  /** {@return its bus, whose handlers run on its scheduler} */
  Bus bus();

  /** {@return its flow, whose runs' parts are tasks of its scheduler} */
  Flow flow();

  /**
   * {@return the devices of this machine, whose events are bridged to those of {@link #events}}
   * Opened when they are asked for first, as looking for drivers takes time and native memory.
   *
   * @throws IllegalStateException after closing, if they were never asked for
   */
  Devices devices();

  /** Closes the layers in the reverse order of their opening. Idempotent. */
  @Override
  void close();
}
