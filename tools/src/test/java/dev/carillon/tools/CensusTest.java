package dev.carillon.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.build.Patience;
import dev.carillon.event.CarillonException;
import dev.carillon.event.Event;
import dev.carillon.event.EventHandle;
import dev.carillon.event.EventStatus;
import dev.carillon.event.EventSystem;
import dev.carillon.event.Poison;
import dev.carillon.schedule.Band;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The three ways to take a census agree with the obvious one. */
final class CensusTest {
  private static final ObviousCensus OBVIOUS = ObviousCensus.ofThisJdk();

  @Test
  void events_ofThisJdk_haveTheObviousDigest() throws Exception {
    try (var census = new EventCensus(Fault.NONE)) {
      ClassTable<Event> table = census.run();
      assertThat(CensusSummary.digest(table)).isEqualTo(OBVIOUS.digestWithout(Set.of()));
    }
  }

  @Test
  void events_afterTheCensus_areAllTriggeredAndCounted() throws Exception {
    try (var census = new EventCensus(Fault.NONE)) {
      ClassTable<Event> table = census.run();
      assertThat(table.nodes()).allMatch(node -> node.task().status() == EventStatus.TRIGGERED);
      // one merge for each class but Object and one of all; an event for the reading
      int classes = OBVIOUS.types.size();
      assertThat(census.stats().merges()).isEqualTo(classes);
      assertThat(census.stats().created()).isEqualTo(2L * classes + 1);
      assertThat(census.stats().pending()).isZero();
    }
  }

  @Test
  void events_wantedFirst_readSomeDirectoriesBeforeTheirTurn() throws Exception {
    var waits = new Waits(true);
    try (var census = new EventCensus(Fault.NONE, EventCensus.Order.WANTED_FIRST, waits)) {
      census.run();
      assertThat(dispatched(census, Band.HIGH)).isPositive();
      assertThat(dispatched(census, Band.LOW)).isPositive();
      assertThat(census.tasks().failed()).isZero();
      assertThat(waits.mean()).isPositive();
      assertThat(waits.most()).isPositive();
    }
  }

  @Test
  void events_firstCome_readNoneBeforeItsTurn() throws Exception {
    try (var census = new EventCensus(Fault.NONE, EventCensus.Order.FIRST_COME, new Waits(false))) {
      ClassTable<Event> table = census.run();
      assertThat(CensusSummary.digest(table)).isEqualTo(OBVIOUS.digestWithout(Set.of()));
      assertThat(dispatched(census, Band.HIGH)).isZero();
    }
  }

  private static long dispatched(EventCensus census, Band band) {
    return census.tasks().bands().get(band.index()).dispatched();
  }

  @Test
  void loops_ofThisJdk_haveTheObviousDigest() throws Exception {
    String digest = CensusSummary.digest(LoopCensus.run(Fault.NONE));
    assertThat(digest).isEqualTo(OBVIOUS.digestWithout(Set.of()));
  }

  @Test
  void futures_ofThisJdk_haveTheObviousDigest() {
    String digest = CensusSummary.digest(FutureCensus.run());
    assertThat(digest).isEqualTo(OBVIOUS.digestWithout(Set.of()));
  }

  @Test
  void summary_ofThisJdk_countsAsTheObviousCensus() throws Exception {
    CensusSummary summary = CensusSummary.of(LoopCensus.run(Fault.NONE));
    var modules = new HashSet<String>();
    var implementors = new HashMap<String, Integer>();
    long edges = 0;
    for (ObviousCensus.Type type : OBVIOUS.types.values()) {
      modules.add(type.module());
      edges += type.supertypes().size();
      for (String supertype : type.supertypes()) {
        if (OBVIOUS.types.get(supertype).isInterface()) {
          implementors.merge(supertype, 1, Integer::sum);
        }
      }
    }
    assertThat(summary.modules()).isEqualTo(modules.size());
    assertThat(summary.classes()).isEqualTo(OBVIOUS.types.size());
    assertThat(summary.edges()).isEqualTo(edges);
    assertThat(summary.missing()).isZero();
    assertThat(summary.mostImplemented())
        .hasSize(10)
        .allMatch(used -> used.count() == implementors.get(used.name()))
        .extracting(CensusSummary.Implemented::count)
        .containsExactlyElementsOf(
            implementors.values().stream()
                .sorted((a, b) -> b - a)
                .limit(10)
                .collect(Collectors.toList()));
  }

  @Test
  void summary_deepest_isTheFirstByNameOfTheDeepestClasses() throws Exception {
    CensusSummary summary = CensusSummary.of(LoopCensus.run(Fault.NONE));
    int deepest = OBVIOUS.types.keySet().stream().mapToInt(OBVIOUS::depth).max().orElseThrow();
    String name =
        OBVIOUS.types.keySet().stream()
            .filter(each -> OBVIOUS.depth(each) == deepest)
            .sorted()
            .findFirst()
            .orElseThrow();
    assertThat(summary.maxDepth()).isEqualTo(deepest);
    assertThat(summary.deepest()).startsWith("java.lang.Object").endsWith(name);
    for (int i = 1; i < summary.deepest().size(); i++) {
      assertThat(OBVIOUS.types.get(summary.deepest().get(i)).supertypes().getFirst())
          .isEqualTo(summary.deepest().get(i - 1));
    }
  }

  @Test
  void events_whenAClassBreaks_measureAllButItsSubtypes() throws Exception {
    var fault = new Fault(Fault.Kind.BREAK, "java.util.AbstractMap");
    Set<String> missing = OBVIOUS.dependents("java.util.AbstractMap");
    try (var census = new EventCensus(fault)) {
      ClassTable<Event> table = census.run();
      CensusSummary summary = CensusSummary.of(table);
      assertThat(summary.missing()).isEqualTo(missing.size());
      assertThat(summary.digest()).isEqualTo(OBVIOUS.digestWithout(missing));
      assertThat(summary.digest()).isEqualTo(CensusSummary.digest(LoopCensus.run(fault)));
      EventHandle broken = table.node("java.util.AbstractMap").task().handle();
      for (String name : missing) {
        assertThat(table.node(name).task().poison().orElseThrow().rootCauses())
            .as(name)
            .singleElement()
            .satisfies(root -> {
              assertThat(root.origin()).isEqualTo(broken);
              assertThat(root.name()).contains("java.util.AbstractMap");
              assertThat(root.reason()).isEqualTo("broken on request");
            });
      }
      assertThat(census.poisoned().count()).isEqualTo(missing.size());
    }
  }

  @Test
  void poisoned_whenAnotherClassFailed_namesIt() throws Exception {
    try (var events = EventSystem.create()) {
      ClassTable<Event> table = ClassTable.concurrent(events::newEvent);
      ClassNode<Event> object = table.read(classFile("Object"));
      ClassNode<Event> other = table.read(classFile("Comparable"));
      object.task().poison("broken on request");
      other.task().poison("disk full");
      Map<ClassNode<Event>, Poison> told =
          Map.of(
              object,
              object.task().poison().orElseThrow(),
              other,
              other.task().poison().orElseThrow());
      assertThatThrownBy(() -> new PoisonedClasses(table, told, object))
          .isInstanceOf(CensusException.class)
          .hasMessageStartingWith("classes must fail because of java.lang.Object alone:")
          .hasMessageContainingAll("class=java.lang.Comparable", "disk full");
    }
  }

  @Test
  void poisoned_whenAClassWasToldNothing_namesIt() throws Exception {
    try (var events = EventSystem.create()) {
      ClassTable<Event> table = ClassTable.concurrent(events::newEvent);
      ClassNode<Event> object = table.read(classFile("Object"));
      assertThatThrownBy(() -> new PoisonedClasses(table, Map.of(), object))
          .isInstanceOf(CensusException.class)
          .hasMessageEndingWith("class=java.lang.Object causes=[]");
    }
  }

  @Test
  void complete_whenMeasuringFails_poisonsTheEvent() {
    try (var census = new EventCensus(Fault.NONE);
        var events = EventSystem.create()) {
      var above = new ClassNode<>(0, "Above", events.newEvent("Above"));
      var below = new ClassNode<>(1, "Below", events.newEvent("Below"));
      below.define("Below.class", false, List.of(above));
      assertThatThrownBy(() -> census.complete(below, null))
          .isInstanceOf(IllegalStateException.class);
      assertThat(below.task().poison().orElseThrow().message())
          .contains("supertypes must be measured first: Above of Below");
    }
  }

  @Test
  void fault_ofNoKind_hitsNothing() {
    var node = new ClassNode<>(0, "Some", true);
    assertThat(new Fault(Fault.Kind.NONE, "Some").hits(node)).isFalse();
    assertThat(new Fault(Fault.Kind.BREAK, "Some").hits(node)).isTrue();
    assertThat(new Fault(Fault.Kind.BREAK, "Other").hits(node)).isFalse();
  }

  @Test
  void events_whenAClassHangs_completeAllThatCanBe() throws Exception {
    var fault = new Fault(Fault.Kind.HANG, "java.util.AbstractMap");
    Set<String> waiting = OBVIOUS.dependents("java.util.AbstractMap");
    try (var census = new EventCensus(fault)) {
      ClassTable<Event> table = census.run();
      Set<String> pending =
          table.nodes().stream()
              .filter(node -> node.task().status() == EventStatus.PENDING)
              .map(ClassNode::name)
              .collect(Collectors.toSet());
      assertThat(pending).isEqualTo(waiting);
      assertThat(CensusSummary.digest(table)).isEqualTo(OBVIOUS.digestWithout(waiting));
    }
  }

  @Test
  void events_whenObjectHangs_completeNone() throws Exception {
    try (var census = new EventCensus(new Fault(Fault.Kind.HANG, "java.lang.Object"))) {
      CensusSummary summary = CensusSummary.of(census.run());
      assertThat(summary.missing()).isEqualTo(summary.classes());
      assertThat(summary.deepest()).isEmpty();
      assertThat(summary.maxDepth()).isZero();
    }
  }

  @Test
  void run_whenClosedMeanwhile_fails() throws Exception {
    Patience.until(
        "a census is closed before it is done",
        () -> {
          var census = new EventCensus(Fault.NONE);
          var run =
              CompletableFuture.supplyAsync(() -> {
                try {
                  return census.run();
                } catch (InterruptedException e) {
                  throw new IllegalStateException(e);
                }
              });
          Patience.until("it reads", () -> census.stats().created() > 100);
          census.close();
          Throwable failure =
              run.handle((_, thrown) -> thrown).get(Patience.LONG.toSeconds(), TimeUnit.SECONDS);
          if (failure == null) {
            return false;
          }
          assertThat(failure).hasCauseInstanceOf(CarillonException.class);
          return true;
        });
  }

  @Test
  void run_whenClosedBefore_isRefused() {
    var census = new EventCensus(Fault.NONE);
    census.close();
    assertThatThrownBy(() -> census.run())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("a scheduler must be open to run something");
  }

  @Test
  void requireComplete_whenASupertypeHasNoFile_namesIt() throws Exception {
    ClassTable<Boolean> table = ClassTable.plain(_ -> true);
    table.read(classFile("Object"));
    table.requireComplete();
    table.read(Path.of(URI.create("jrt:/java.base/java/util/AbstractMap.class")));
    assertThatThrownBy(table::requireComplete)
        .isInstanceOf(CensusException.class)
        .hasMessage("supertypes must be in the image: supertype=java.util.Map");
  }

  @Test
  void read_whenAClassHasTwoFiles_isRefused() throws Exception {
    ClassTable<Boolean> table = ClassTable.plain(_ -> true);
    Path object = classFile("Object");
    table.read(object);
    assertThatThrownBy(() -> table.read(object))
        .isInstanceOf(CensusException.class)
        .hasMessageContaining("java.lang.Object");
  }

  private static Path classFile(String nameInJavaLang) {
    return Path.of(URI.create("jrt:/java.base/java/lang/" + nameInJavaLang + ".class"));
  }

  @Test
  void contains_forClassesOfTheImage_isTrue() {
    assertThat(JdkImage.contains("java.lang.Object")).isTrue();
    assertThat(JdkImage.contains("java.util.Map$Entry")).isTrue();
    assertThat(OBVIOUS.types.keySet().stream().limit(500)).allMatch(JdkImage::contains);
  }

  @Test
  void contains_forAnythingElse_isFalse() {
    assertThat(JdkImage.contains("")).isFalse();
    assertThat(JdkImage.contains("module-info")).isFalse();
    assertThat(JdkImage.contains("java.lang")).isFalse();
    assertThat(JdkImage.contains("java.lang.package-info")).isFalse();
    assertThat(JdkImage.contains("java.lang.object")).isFalse();
    assertThat(JdkImage.contains("java/lang/Object")).isFalse();
    assertThat(JdkImage.contains("java.util.Map.Entry")).isFalse();
    assertThat(JdkImage.contains("dev.carillon.event.Event")).isFalse();
    assertThat(JdkImage.contains("..")).isFalse();
  }
}
