package dev.carillon.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.Carillon;
import dev.carillon.build.Patience;
import dev.carillon.bus.Bus;
import dev.carillon.bus.Topic;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

/** What a census publishes. */
final class CensusNewsTest {
  private static final ObviousCensus OBVIOUS = ObviousCensus.ofThisJdk();

  private static <T extends CensusMessage> Topic<T> topic(Class<T> kind) {
    return CensusMessage.CATALOGUE.topic(kind);
  }

  @Test
  void catalogue_hasOneTopicForEachKind() {
    assertThat(CensusMessage.CATALOGUE.all())
        .extracting(Topic::name)
        .containsExactlyInAnyOrder(
            "census.started",
            "census.progress",
            "census.finished",
            "census.failed",
            "census.class.measured",
            "census.class.poisoned");
  }

  @Test
  void measured_everyClassOnce_afterItsSupertypes() throws Exception {
    var told = new ConcurrentLinkedQueue<CensusMessage.Measured>();
    try (Bus bus = Bus.open();
        var news = new PublishedNews(bus);
        var census = new EventCensus(Fault.NONE, news)) {
      bus.subscribe(topic(CensusMessage.Measured.class), message -> told.add(message.payload()));
      census.run();
    }
    var before = new HashSet<String>();
    for (CensusMessage.Measured each : told) {
      String name = each.name();
      assertThat(before.containsAll(OBVIOUS.types.get(name).supertypes())).as(name).isTrue();
      assertThat(before.add(name)).as(name).isTrue();
      assertThat(each.depth()).as(name).isEqualTo(OBVIOUS.depth(name));
      assertThat(each.ancestors()).as(name).isEqualTo(OBVIOUS.ancestors(name).size());
    }
    assertThat(before).isEqualTo(OBVIOUS.types.keySet());
  }

  @Test
  void poisoned_everyClassWithoutResult_withTheCause() throws Exception {
    var names = new ConcurrentLinkedQueue<String>();
    var measured = new ConcurrentLinkedQueue<String>();
    var fault = new Fault(Fault.Kind.BREAK, "java.util.AbstractMap");
    try (Bus bus = Bus.open();
        var news = new PublishedNews(bus);
        var census = new EventCensus(fault, news)) {
      bus.onPayload(topic(CensusMessage.Poisoned.class), poisoned -> names.add(poisoned.name()));
      bus.onPayload(topic(CensusMessage.Measured.class), each -> measured.add(each.name()));
      census.run();
    }
    Set<String> missing = OBVIOUS.dependents(fault.className());
    assertThat(names).containsExactlyInAnyOrderElementsOf(missing);
    assertThat(measured).hasSize(OBVIOUS.types.size() - missing.size());
  }

  @Test
  void nobodyListens_nothingIsPublished() throws Exception {
    try (Bus bus = Bus.open();
        var news = new PublishedNews(bus);
        var census = new EventCensus(Fault.NONE, news)) {
      census.run();
      assertThat(bus.stats().published()).isZero();
    }
  }

  @Test
  void silenced_itPublishesNoMoreOfTheClasses() throws Exception {
    var told = new ConcurrentLinkedQueue<CensusMessage>();
    try (Bus bus = Bus.open();
        var news = new PublishedNews(bus);
        var census = new EventCensus(Fault.NONE, news)) {
      bus.onPayload(topic(CensusMessage.Measured.class), told::add);
      bus.onPayload(topic(CensusMessage.Progress.class), told::add);
      news.silence();
      census.run();
    }
    assertThat(told).isEmpty();
  }

  @Test
  void demo_thatFails_saysWhy() {
    var reasons = new ConcurrentLinkedQueue<String>();
    var terminal = new Terminal(new PrintWriter(new StringWriter()), false, false);
    var fault = new Fault(Fault.Kind.HANG, "no.such.Thing");
    try (var carillon = Carillon.open()) {
      Bus bus = carillon.bus();
      bus.onPayload(topic(CensusMessage.Failed.class), failed -> reasons.add(failed.reason()));
      try (var demo = new Demo(bus, carillon.flow(), terminal, true, fault)) {
        assertThatThrownBy(demo::run).hasMessageContaining("no.such.Thing");
      }
      assertThat(reasons).singleElement().asString().contains("no.such.Thing");
      assertThat(bus.stats().emitters()).isZero();
    }
  }

  @Test
  void progressLine_showsWhatIsPublished_untilItIsClosed() throws Exception {
    var text = new StringWriter();
    var terminal = new Terminal(new PrintWriter(text), true, false);
    Topic<CensusMessage.Progress> topic = topic(CensusMessage.Progress.class);
    try (Bus bus = Bus.open()) {
      try (var line = new ProgressLine(bus, terminal)) {
        bus.publishAndAwait(topic, new CensusMessage.Progress(12_345, 67), Patience.LONG);
        assertThat(text).hasToString("\r\u001b[K12 345 class files read, 67 events pending");
        assertThat(line).isNotNull();
      }
      bus.publishAndAwait(topic, new CensusMessage.Progress(20_000, 0), Patience.LONG);
      assertThat(text.toString()).doesNotContain("20 000");
    }
  }

  @Test
  void started_tellsTheFault() throws Exception {
    var faults = new ConcurrentLinkedQueue<String>();
    try (Bus bus = Bus.open();
        var news = new PublishedNews(bus)) {
      bus.onPayload(topic(CensusMessage.Started.class), each -> faults.add(each.fault()));
      news.started(Fault.NONE);
      news.started(new Fault(Fault.Kind.BREAK, "java.util.Map"));
    }
    assertThat(faults).containsExactlyElementsOf(List.of("none", "break java.util.Map"));
  }
}
