package dev.carillon.conformance;

import static dev.carillon.conformance.Repository.child;
import static dev.carillon.conformance.Repository.children;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleDescriptor.Requires;
import java.lang.module.ModuleDescriptor.Requires.Modifier;
import java.lang.module.ModuleFinder;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;

/** What the published artifacts bring along and show. */
final class ArtifactsTest {
  private static final ModuleDescriptor CORE = module("core", "dev.carillon");
  private static final ModuleDescriptor CODEC = module("codec", "dev.carillon.codec");

  private static final ModuleDescriptor DEVICE = module("device", "dev.carillon.drivers");

  private static final ModuleDescriptor PROCESSOR = module("processor", "dev.carillon.processor");

  private static ModuleDescriptor module(String folder, String name) {
    return ModuleFinder.of(Repository.root().resolve(folder).resolve("target/classes"))
        .find(name)
        .orElseThrow()
        .descriptor();
  }

  @Test
  void core_requiresOnlyTheJdkAtRunTime() {
    assertThat(CORE.requires())
        .filteredOn(requires -> !requires.modifiers().contains(Modifier.STATIC))
        .extracting(Requires::name)
        .containsExactlyInAnyOrder("java.base", "jdk.httpserver", "jdk.jfr");
    assertThat(CORE.requires())
        .filteredOn(requires -> requires.modifiers().contains(Modifier.STATIC))
        .extracting(Requires::name)
        .containsExactly("org.jspecify");
  }

  @Test
  void core_exportsItsLayers() {
    assertThat(CORE.exports())
        .extracting(ModuleDescriptor.Exports::source)
        .containsExactlyInAnyOrder(
            "dev.carillon",
            "dev.carillon.binary",
            "dev.carillon.bus",
            "dev.carillon.device",
            "dev.carillon.event",
            "dev.carillon.flow",
            "dev.carillon.function",
            "dev.carillon.schedule",
            "dev.carillon.source",
            "dev.carillon.spi",
            "dev.carillon.store",
            "dev.carillon.time");
  }

  @Test
  void codec_requiresJacksonAndHandsItOnToNobody() {
    assertThat(CODEC.requires())
        .filteredOn(requires -> !requires.modifiers().contains(Modifier.STATIC))
        .extracting(Requires::name)
        .containsExactlyInAnyOrder("java.base", "dev.carillon", "tools.jackson.databind");
    assertThat(CODEC.requires())
        .filteredOn(requires -> requires.modifiers().contains(Modifier.TRANSITIVE))
        .extracting(Requires::name)
        .containsExactlyInAnyOrder("dev.carillon", "org.jspecify");
    assertThat(CODEC.exports())
        .extracting(ModuleDescriptor.Exports::source)
        .containsExactly("dev.carillon.codec");
  }

  @Test
  void device_requiresTheCoreAloneAndProvidesBothDrivers() {
    assertThat(DEVICE.requires())
        .filteredOn(requires -> !requires.modifiers().contains(Modifier.STATIC))
        .extracting(Requires::name)
        .containsExactlyInAnyOrder("java.base", "dev.carillon");
    assertThat(DEVICE.provides())
        .singleElement()
        .satisfies(provided ->
            assertThat(provided.providers())
                .containsExactly(
                    "dev.carillon.cuda.CudaProvider", "dev.carillon.opencl.OpenClProvider"));
    assertThat(DEVICE.exports())
        .extracting(ModuleDescriptor.Exports::source)
        .containsExactlyInAnyOrder("dev.carillon.cuda", "dev.carillon.opencl");
  }

  /** It is on the path of compilers, where every dependency would be in the way of others. */
  @Test
  void processor_requiresTheCompilersInterfacesAlone() {
    assertThat(PROCESSOR.requires())
        .filteredOn(requires -> !requires.modifiers().contains(Modifier.STATIC))
        .extracting(Requires::name)
        .containsExactlyInAnyOrder("java.base", "java.compiler");
    assertThat(PROCESSOR.provides())
        .extracting(ModuleDescriptor.Provides::service)
        .containsExactly("javax.annotation.processing.Processor");
  }

  @Test
  void corePom_hasNoRuntimeDependency() {
    assertThat(dependencies(Repository.pom("core")))
        .filteredOn(dependency -> !child(dependency, "scope").equals("test"))
        .extracting(d -> child(d, "artifactId") + " " + child(d, "scope"))
        .containsExactly("jspecify provided");
  }

  @Test
  void bom_listsThePublishedLibraries() {
    Element root = Repository.pom("");
    Element bom = Repository.pom("bom");
    List<String> published =
        children(children(root, "modules").getFirst(), "module").stream()
            .map(module -> Repository.pom(module.getTextContent()))
            .filter(pom -> !child(pom, "packaging").equals("pom"))
            .filter(pom ->
                children(pom, "properties").stream()
                    .anyMatch(p -> child(p, "maven.deploy.skip").equals("false")))
            .map(pom -> child(pom, "artifactId"))
            .toList();
    assertThat(dependencies(children(bom, "dependencyManagement").getFirst()))
        .allSatisfy(d -> assertThat(child(d, "version")).isEqualTo("${project.version}"))
        .extracting(d -> child(d, "artifactId"))
        .containsExactlyInAnyOrderElementsOf(published);
  }

  private static List<Element> dependencies(Element parent) {
    return children(parent, "dependencies").stream()
        .flatMap(all -> children(all, "dependency").stream())
        .toList();
  }

  @Test
  void noFile_namesARegistry() {
    List<String> hosts =
        Stream.of("repo.maven.apache", "repo1.maven", "registry.npmjs", "deb.debian")
            .map(host -> host + ".org")
            .toList();
    assertThat(Repository.files())
        .isNotEmpty()
        .allSatisfy(file -> assertThat(Repository.text(file)).doesNotContain(hosts));
  }
}
