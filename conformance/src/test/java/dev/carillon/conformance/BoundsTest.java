package dev.carillon.conformance;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.carillon.build.Covers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The bounds of the core that docs/architecture.md states, held on its compiled classes. */
final class BoundsTest {
  private static final JavaClasses CORE =
      new ClassFileImporter().importPath(Repository.root().resolve("core/target/classes"));

  private static void knowsOnly(String layer, List<String> below, List<String> besidesJava) {
    var allowed = new ArrayList<>(List.of("java..", "org.jspecify.."));
    allowed.addAll(besidesJava);
    Stream.concat(Stream.of(layer), below.stream())
        .forEach(known -> allowed.add("dev.carillon." + known + ".."));
    classes()
        .that()
        .resideInAPackage("dev.carillon." + layer + "..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(allowed.toArray(String[]::new))
        .check(CORE);
  }

  @Test
  void time_knowsOnlyTheJdk() {
    knowsOnly("time", List.of(), List.of());
  }

  @Test
  void event_knowsOnlyTimeAndTheJdk() {
    knowsOnly("event", List.of("time"), List.of("jdk.jfr.."));
  }

  @Test
  void schedule_knowsOnlyEventsTimeAndTheJdk() {
    knowsOnly("schedule", List.of("event", "time"), List.of("jdk.jfr.."));
  }

  @Test
  void spi_knowsOnlyEventsTimeAndTheJdk() {
    knowsOnly("spi", List.of("event", "time"), List.of());
  }

  /** Exceptions besides: an interface has to say what it throws. */
  @Test
  void spi_holdsInterfacesAndRecordsOnly() {
    classes()
        .that()
        .resideInAPackage("dev.carillon.spi..")
        .and()
        .areTopLevelClasses()
        .and()
        .areNotAssignableTo(Throwable.class)
        .and()
        .doNotHaveSimpleName("package-info")
        .should()
        .beInterfaces()
        .orShould()
        .beRecords()
        .orShould()
        .beEnums()
        .check(CORE);
  }

  @Test
  void store_knowsOnlyTheSpiEventsTimeAndTheJdk() {
    knowsOnly("store", List.of("spi", "event", "time"), List.of());
  }

  @Test
  void bus_knowsOnlyTheLayersBelowAndTheJdk() {
    knowsOnly("bus", List.of("schedule", "event", "time", "spi", "store"), List.of("jdk.jfr.."));
  }

  @Test
  void source_knowsOnlyTheLayersBelowAndTheJdk() {
    knowsOnly(
        "source",
        List.of("bus", "schedule", "event", "time", "spi", "store"),
        List.of(
            "javax.crypto..",
            "javax.net..",
            "jdk.jfr..",
            "com.sun.net.httpserver..",
            "sun.misc.."));
  }

  /** What is below says the same of itself; this names the bound from the other side. */
  @Test
  void source_isKnownToNothingBelow() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "dev.carillon.bus..",
            "dev.carillon.schedule..",
            "dev.carillon.event..",
            "dev.carillon.time..",
            "dev.carillon.spi..",
            "dev.carillon.store..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.carillon.source..")
        .check(CORE);
  }

  @Test
  void device_knowsOnlyTheSpiEventsTimeAndTheJdk() {
    knowsOnly("device", List.of("spi", "event", "time"), List.of());
  }

  /** Memory outside the heap is for the artifact that calls drivers. */
  @Test
  void device_touchesNoNativeMemory() {
    noClasses()
        .that()
        .resideInAPackage("dev.carillon.device..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("java.lang.foreign..")
        .check(CORE);
  }

  @Test
  void flow_knowsOnlyTheLayersBelowAndTheJdk() {
    knowsOnly("flow", List.of("function", "bus", "schedule", "event", "time", "spi"), List.of());
  }

  @Test
  void function_knowsOnlyTasksTheSpiEventsTimeAndTheJdk() {
    knowsOnly("function", List.of("schedule", "spi", "event", "time"), List.of());
  }

  @Test
  void binary_knowsOnlyTheSpiEventsTimeAndTheJdk() {
    classes()
        .that()
        .resideInAPackage("dev.carillon.binary..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "dev.carillon.binary..",
            "dev.carillon.spi..",
            "dev.carillon.event..",
            "dev.carillon.time..",
            "java..",
            "org.jspecify..")
        .check(CORE);
  }

  @Test
  void packages_haveNoCycles() {
    slices().matching("dev.carillon.(*)..").should().beFreeOfCycles().check(CORE);
  }

  @Test
  void core_writesToNoStandardStream() {
    NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS.check(CORE);
  }

  /** The HTTP server of the JDK is exported, supported API; so are signals, which sources take. */
  @Test
  void core_usesNoInternalsOfTheJdk() {
    noClasses()
        .should()
        .dependOnClassesThat(
            resideInAnyPackage("sun..", "jdk.internal..", "com.sun..")
                .and(not(resideInAPackage("com.sun.net.httpserver..")))
                .and(not(name("sun.misc.Signal")))
                .and(not(name("sun.misc.SignalHandler"))))
        .check(CORE);
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.carillon.source..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("sun..", "com.sun..")
        .check(CORE);
  }

  @Test
  void core_neverSleeps() {
    noClasses()
        .should()
        .callMethod(Thread.class, "sleep", long.class)
        .orShould()
        .callMethod(Thread.class, "sleep", long.class, int.class)
        .orShould()
        .callMethod(Thread.class, "sleep", Duration.class)
        .orShould()
        .callMethod(TimeUnit.class, "sleep", long.class)
        .check(CORE);
  }

  /**
   * A bound function is a callable and a work, so where these are taken it is too. The layer of
   * time, and what kinds of sources and drivers are called by, take short actions instead, and
   * codecs take factories.
   */
  @Test
  @Covers("S7")
  void workOfUsers_isTakenAsCallableOrWork() {
    methods()
        .that()
        .arePublic()
        .and()
        .areDeclaredInClassesThat()
        .arePublic()
        .and()
        .areDeclaredInClassesThat()
        .resideOutsideOfPackages(
            "dev.carillon.time..",
            "dev.carillon.source..",
            "dev.carillon.binary..",
            "dev.carillon.spi..")
        .should()
        .notHaveRawParameterTypes(
            describe(
                "with a runnable or a supplier",
                types ->
                    types.stream()
                        .anyMatch(type ->
                            type.isEquivalentTo(Runnable.class)
                                || type.isEquivalentTo(Supplier.class))))
        .check(CORE);
  }

  @Test
  void hiddenMeansPackagePrivate() {
    noClasses()
        .that()
        .arePublic()
        .should()
        .resideInAnyPackage("..internal..", "..impl..")
        .allowEmptyShould(true)
        .check(CORE);
  }

  /** Exceptions do not count: users have to see those that they can catch. */
  @Test
  void atMostHalfOfTheTypesArePublic() {
    List<JavaClass> types =
        CORE.stream()
            .filter(JavaClass::isTopLevelClass)
            .filter(type -> !type.getSimpleName().endsWith("-info"))
            .filter(not(assignableTo(Throwable.class)))
            .toList();
    List<JavaClass> open =
        types.stream().filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC)).toList();
    assertThat(open.size())
        .as("public types of %s: %s", types.size(), open)
        .isLessThanOrEqualTo(types.size() / 2);
  }
}
