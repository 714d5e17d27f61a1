package dev.carillon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.carillon.build.Patience;
import dev.carillon.bus.Topic;
import dev.carillon.device.DeviceEvent;
import dev.carillon.device.Devices;
import dev.carillon.event.Event;
import dev.carillon.event.EventStatus;
import dev.carillon.spi.DeviceException;
import org.junit.jupiter.api.Test;

/** The façade. */
class CarillonTest {

  @Test
  void open_withDefaults_hasAnEventSystem() throws Exception {
    try (var carillon = Carillon.open()) {
      assertThat(carillon.name()).isEqualTo("carillon");
      Event event = carillon.events().newEvent();
      event.trigger();
      event.await();
    }
  }

  @Test
  void open_named_namesTheParts() {
    try (var carillon = Carillon.open(c -> c.named("trainer").events(e -> e.withMaxEvents(7)))) {
      assertThat(carillon.name()).isEqualTo("trainer");
      assertThat(carillon).hasToString("Carillon[trainer]");
      assertThat(carillon.events().config().name()).isEqualTo("trainer");
      assertThat(carillon.events().config().maxEvents()).isEqualTo(7);
    }
  }

  @Test
  void open_blankName_throws() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Carillon.open(c -> c.named(" ")))
        .withMessage("name must not be blank: name=\" \"");
    assertThatIllegalArgumentException()
        .isThrownBy(() ->
            new CarillonConfig(
                "",
                CarillonConfig.DEFAULT.events(),
                CarillonConfig.DEFAULT.scheduler(),
                CarillonConfig.DEFAULT.bus(),
                CarillonConfig.DEFAULT.flow(),
                CarillonConfig.DEFAULT.devices()))
        .withMessage("name must not be blank: name=\"\"");
  }

  @Test
  void open_withDefaults_hasASchedulerOnItsEvents() throws Exception {
    try (var carillon = Carillon.open(c -> c.scheduler(s -> s.withCpuThreads(1)))) {
      assertThat(carillon.scheduler().events()).isSameAs(carillon.events());
      assertThat(carillon.scheduler().config().cpuThreads()).isEqualTo(1);
      assertThat(carillon.scheduler().config().name()).isEqualTo("carillon");
      assertThat(carillon.scheduler().call(t -> t, () -> 42).await()).isEqualTo(42);
    }
  }

  @Test
  void open_withDefaults_hasABusOnItsScheduler() throws Exception {
    Topic<String> topic = Topic.of("greeting", String.class);
    try (var carillon = Carillon.open(c -> c.bus(b -> b.withHistory(">", h -> h)))) {
      assertThat(carillon.bus().scheduler()).isSameAs(carillon.scheduler());
      assertThat(carillon.bus().config().name()).isEqualTo("carillon");
      carillon.bus().subscribe(topic, m -> {});
      assertThat(carillon.bus().publish(topic, "hello").await(Patience.LONG)).isTrue();
      assertThat(carillon.bus().history(q -> q)).hasSize(1);
    }
  }

  @Test
  void close_withATaskWaiting_cancelsIt() {
    var carillon = Carillon.open();
    Event never = carillon.events().newEvent();
    Event waiting = carillon.scheduler().submit(t -> t.after(never), () -> {});
    carillon.close();
    assertThat(waiting.status()).isEqualTo(EventStatus.POISONED);
    assertThat(waiting.poison().orElseThrow().message()).contains("the scheduler was closed");
  }

  @Test
  void close_open_closesTheEvents() {
    var carillon = Carillon.open();
    Event event = carillon.events().newEvent();
    carillon.close();
    carillon.close();
    assertThat(event.status()).isEqualTo(EventStatus.POISONED);
    assertThat(carillon.events().isShutdown()).isTrue();
  }

  @Test
  void devices_askedForTwice_areOpenedOnceOnItsEvents() throws Exception {
    Devices devices;
    try (var carillon =
        Carillon.open(c -> c.devices(d -> d.withoutDiscovery().withCpuThreads(1)))) {
      devices = carillon.devices();
      assertThat(carillon.devices()).isSameAs(devices);
      DeviceEvent event = devices.cpu().newStream().record();
      carillon.events().merge(event.asEvent()).await();
    }
    assertThatExceptionOfType(DeviceException.class).isThrownBy(devices.cpu()::newStream);
    var closed = Carillon.open();
    closed.close();
    assertThatIllegalStateException().isThrownBy(closed::devices);
  }
}
