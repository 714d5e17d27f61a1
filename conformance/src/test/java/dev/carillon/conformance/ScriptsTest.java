package dev.carillon.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Patience;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shell scripts at the root, run on a copy of them beside pretended JDKs and tools. */
final class ScriptsTest {
  private static final String FAKE_JAVA =
      """
      #!/bin/sh
      for argument; do
        case $argument in
          -XX:AOTCacheOutput=*) echo cache >"${argument#*=}" ;;
        esac
      done
      echo "java $*"
      """;
  private static final String FAKE_BUILD =
      """
      #!/bin/sh
      echo "built $*"
      mkdir -p tools/target/quick/app/lib
      cp content tools/target/quick/app/lib/app.jar
      mkdir -p bench/target/quick examples/target/quick
      """;

  @TempDir Path temporary;
  private Path project;
  private Path bin;
  private final Map<String, String> environment = new HashMap<>();

  private record Outcome(int exit, String out, String err) {}

  @BeforeEach
  void copyScripts() throws IOException {
    project = Files.createDirectories(temporary.resolve("a project")).toRealPath();
    bin = Files.createDirectories(temporary.resolve("bin"));
    Files.createDirectories(project.resolve(".mvn"));
    for (String script : List.of("mvnw", "carillon", ".mvn/jdk.sh", ".mvn/tools.sh")) {
      Files.copy(Repository.root().resolve(script), project.resolve(script));
    }
    // The PATH has only what the scripts need, above all no java and no mvn.
    for (String tool :
        List.of(
            "sh",
            "cat",
            "dirname",
            "readlink",
            "sed",
            "find",
            "mkdir",
            "touch",
            "mv",
            "rm",
            "cp",
            "sha256sum",
            "shasum")) {
      Stream.of("/usr/bin", "/bin")
          .map(directory -> Path.of(directory, tool))
          .filter(Files::exists)
          .findFirst()
          .ifPresent(
              found -> executable(bin.resolve(tool), "#!/bin/sh\nexec " + found + " \"$@\"\n"));
    }
    environment.put("PATH", bin.toString());
    environment.put("CARILLON_JDK_DIRS", temporary.resolve("jdks").toString());
  }

  @Test
  void jdk_none_saysWhichWereSeenAndHowToGetOne() throws Exception {
    jdk("jdks/a", "17.0.15");
    jdk("elsewhere/b", "21.0.1");
    environment.put("JAVA_HOME", temporary.resolve("elsewhere/b").toString());
    for (String script : List.of("mvnw", "carillon")) {
      assertThat(run(script))
          .satisfies(outcome -> {
            assertThat(outcome.exit()).isEqualTo(1);
            assertThat(outcome.out()).isEmpty();
            assertThat(outcome.err())
                .contains("needs a JDK 25", "17.0.15 in ", "jdks/a", "21.0.1 in ", "To get one")
                .contains("CARILLON_JAVA_HOME");
          });
    }
  }

  @Test
  void jdk_noJavaAtAll_saysSo() throws Exception {
    assertThat(run("mvnw").err()).contains("no Java at all");
  }

  @Test
  void jdk_severalVersions_takes25() throws Exception {
    jdk("jdks/a", "17.0.15");
    jdk("jdks/b", "25.0.3");
    jdk("jdks/c", "26");
    environment.put("JAVA_HOME", temporary.resolve("jdks/a").toString());
    maven("3.9.9");
    assertThat(run("mvnw", "verify", "-X").out())
        .contains("jdks/b JAVA_HOME", "jdks/b/bin PATH", "verify -X");
  }

  @Test
  void jdk_carillonJavaHome_comesFirst() throws Exception {
    jdk("jdks/a", "25");
    jdk("other/b", "25.0.1");
    jdk("other/c", "25.0.2");
    environment.put("CARILLON_JAVA_HOME", temporary.resolve("other/b").toString());
    environment.put("JAVA_HOME", temporary.resolve("other/c").toString());
    maven("3.8.6");
    assertThat(run("mvnw").out()).contains("other/b JAVA_HOME");
  }

  @Test
  void jdk_carillonJavaHomeOfAnotherVersion_isRefusedAlthoughThereIsOne() throws Exception {
    jdk("jdks/a", "25");
    for (Path wrong : List.of(jdk("other/b", "24.0.1"), temporary.resolve("nowhere"))) {
      environment.put("CARILLON_JAVA_HOME", wrong.toString());
      Outcome outcome = run("mvnw");
      assertThat(outcome.exit()).isEqualTo(1);
      assertThat(outcome.err())
          .contains("must be the directory of a JDK 25: CARILLON_JAVA_HOME=" + wrong)
          .hasLineCount(1);
    }
  }

  @Test
  void jdk_onlyAJavaOfUnknownVersion_saysWhere() throws Exception {
    executable(bin.resolve("java"), FAKE_JAVA);
    assertThat(run("mvnw").err()).contains("unknown at " + bin.resolve("java"));
  }

  @Test
  void jdk_withoutJavac_isNone() throws Exception {
    Files.delete(jdk("jdks/a", "25.0.3").resolve("bin/javac"));
    assertThat(run("mvnw").err()).contains("25.0.3 without javac in ");
  }

  @Test
  void mvnw_withoutMavenAndApt_saysWhatToInstall() throws Exception {
    jdk("jdks/a", "25");
    Outcome outcome = run("mvnw", "verify");
    assertThat(outcome.exit()).isEqualTo(1);
    assertThat(outcome.err()).contains("no Maven", "3.8.6", "apt-get install maven");
  }

  @Test
  void mvnw_olderMaven_namesItsVersion() throws Exception {
    jdk("jdks/a", "25");
    maven("3.8.5");
    Outcome outcome = run("mvnw", "verify");
    assertThat(outcome.exit()).isEqualTo(1);
    assertThat(outcome.err()).contains("must be 3.8.6 or newer: version=3.8.5");
  }

  @Test
  void mvnw_throughALinkFromElsewhere_buildsItsProject() throws Exception {
    jdk("jdks/a", "25");
    maven("3.9.9");
    Path link = Files.createSymbolicLink(bin.resolve("mvnw"), project.resolve("mvnw"));
    assertThat(run(link.toString(), "verify").out()).contains("in " + project + ";");
    assertThat(run(link.toString(), "-f", "other.xml").out())
        .contains("in " + temporary.toRealPath() + ";");
    Files.writeString(temporary.resolve("pom.xml"), "");
    assertThat(run(link.toString(), "verify").out()).contains("in " + temporary.toRealPath() + ";");
  }

  @Test
  void mvnw_asRootWithoutOpenCl_installsIt() throws Exception {
    withoutOpenCl("0", "echo \"apt-get $*\"");
    Outcome outcome = run("mvnw", "verify");
    assertThat(outcome.exit()).isZero();
    assertThat(outcome.err())
        .contains("installing pocl-opencl-icd ocl-icd-libopencl1", "apt-get update")
        .contains("install -y --no-install-recommends pocl-opencl-icd ocl-icd-libopencl1");
    assertThat(outcome.out()).contains("cache " + project + "/target/tools/pocl");
  }

  @Test
  void mvnw_withoutOpenClAndNotRoot_unpacksItOnce() throws Exception {
    withoutOpenCl(
        "1000",
        """
        case $1 in
          -s) echo "Inst libpocl2 (3.1 Debian)"; echo "Conf libpocl2" ;;
          download) echo "apt-get $*" >&2; touch libpocl2.deb ;;
        esac
        """);
    executable(
        bin.resolve("dpkg"),
        """
        #!/bin/sh
        mkdir -p "$3/etc/OpenCL/vendors" "$3/usr/lib/x86_64-linux-gnu"
        touch "$3/etc/OpenCL/vendors/pocl.icd" "$3/usr/lib/x86_64-linux-gnu/libOpenCL.so.1"
        """);
    Outcome first = run("mvnw", "verify");
    assertThat(first.err())
        .contains("unpacking pocl-opencl-icd ocl-icd-libopencl1", "apt-get download libpocl2\n");
    Outcome second = run("mvnw", "verify");
    assertThat(second.err()).isEmpty();
    for (Outcome outcome : List.of(first, second)) {
      assertThat(outcome.out())
          .contains("vendors " + project + "/target/tools/etc/OpenCL/vendors;")
          .contains(project + "/target/tools/usr/lib/x86_64-linux-gnu libraries;");
    }
  }

  @Test
  void mvnw_withoutOpenClWhenAptFails_saysWhatToTypeAndBuilds() throws Exception {
    for (String user : List.of("0", "1000")) {
      withoutOpenCl(user, "exit 100");
      Outcome outcome = run("mvnw", "verify");
      assertThat(outcome.err())
          .contains("a test fails without OpenCL: ")
          .contains("apt-get install pocl-opencl-icd ocl-icd-libopencl1");
      assertThat(outcome.out()).contains("verify");
    }
  }

  @Test
  void mvnw_withoutOpenClAndApt_saysWhatIsNeeded() throws Exception {
    withoutOpenCl("0", "");
    Files.delete(bin.resolve("apt-get"));
    assertThat(run("mvnw", "verify").err()).contains("the tests need OpenCL; install it");
  }

  @Test
  void mvnw_withOpenClOrToldNotToTestIt_bringsNothing() throws Exception {
    withoutOpenCl("0", "echo \"apt-get $*\"");
    assertThat(run("mvnw", "verify", "-Dcarillon.opencl.skip=true").err()).isEmpty();
    assertThat(run("mvnw", "compile").err()).isEmpty();

    Files.createFile(Path.of(environment.get("OCL_ICD_VENDORS")).resolve("some.icd"));
    Path libraries = Files.createDirectories(temporary.resolve("some libraries"));
    Files.createFile(libraries.resolve("libOpenCL.so.1"));
    environment.put("LD_LIBRARY_PATH", "/nowhere:" + libraries);
    assertThat(run("mvnw", "verify").err()).isEmpty();
  }

  @Test
  void carillon_buildsOnceAndAfterAChange() throws Exception {
    project();
    Outcome first = run("carillon", "some", "words here");
    assertThat(first.exit()).isZero();
    assertThat(first.err())
        .contains("carillon: building tools", "built -q", "carillon: preparing a fast start");
    assertThat(first.out()).contains("app.jar dev.carillon.tools.Main some words here");
    String cache = cache(first);
    assertThat(Files.exists(Path.of(cache))).isTrue();

    Outcome second = run("carillon");
    assertThat(second.err()).isEmpty();
    assertThat(cache(second)).isEqualTo(cache);

    Files.writeString(project.resolve("content"), "another jar");
    touch(project.resolve("core/src/main/Some.java"));
    Outcome third = run("carillon");
    assertThat(third.err()).contains("built -q");
    assertThat(cache(third)).isNotEqualTo(cache);
    assertThat(Files.exists(Path.of(cache))).as("the old cache").isFalse();
  }

  @Test
  void carillonBench_afterAChangeInTools_buildsAgain() throws Exception {
    project();
    Outcome first = run("carillon", "bench", "P");
    assertThat(first.err()).contains("carillon: building bench", "built -q");
    assertThat(first.out()).contains("dev.carillon.bench.Main P").doesNotContain("AOT");
    assertThat(run("carillon", "bench").err()).isEmpty();

    touch(project.resolve("tools/src/main/Main.java"));
    assertThat(run("carillon", "bench").err()).contains("built -q");
  }

  @Test
  void carillonExample_afterAChangeInTheExamples_buildsAgain() throws Exception {
    project();
    environment.put("CARILLON_JAVA_OPTS", "-Xmx1g -ea");
    Outcome first = run("carillon", "example", "inference", "--seconds", "3");
    assertThat(first.err()).contains("carillon: building examples", "-pl examples -am");
    assertThat(first.out())
        .contains("-Xmx1g -ea", "dev.carillon.examples.Main inference --seconds 3")
        .doesNotContain("AOT");
    assertThat(run("carillon", "example").err()).isEmpty();

    touch(project.resolve("tools/src/main/Main.java"));
    assertThat(run("carillon", "example").err()).as("no tools are in it").isEmpty();
    touch(project.resolve("examples/src/main/Main.java"));
    assertThat(run("carillon", "example").err()).contains("built -q");
  }

  @Test
  void carillon_failedTraining_runsAllTheSameAndTriesAgain() throws Exception {
    project();
    Path java = temporary.resolve("jdks/a/bin/java");
    executable(java, "#!/bin/sh\necho \"java $*\"\n");
    for (int i = 0; i < 2; i++) {
      Outcome outcome = run("carillon", "--version");
      assertThat(outcome.exit()).isZero();
      assertThat(outcome.out()).contains("Main --version").doesNotContain("AOT");
      assertThat(outcome.err()).contains("preparing a fast start", "that failed");
    }
    executable(java, FAKE_JAVA);
    assertThat(Path.of(cache(run("carillon")))).exists();
    assertThat(run("carillon").err()).isEmpty();
  }

  @Test
  void carillon_toldToEndWhileTraining_endsAndLeavesNothing() throws Exception {
    project();
    executable(
        temporary.resolve("jdks/a/bin/java"),
        """
        #!/bin/sh
        for argument; do
          case $argument in
            -XX:AOTCacheOutput=*) echo part >"${argument#*=}"; kill -TERM $PPID ;;
          esac
        done
        echo "java $*"
        """);
    Outcome outcome = run("carillon", "--version");
    assertThat(outcome.exit()).isEqualTo(143);
    assertThat(outcome.out()).isEmpty();
    try (Stream<Path> left = Files.list(project.resolve("tools/target/quick/app"))) {
      assertThat(left.map(path -> path.getFileName().toString()))
          .containsExactlyInAnyOrder("lib", "stamp");
    }
  }

  @Test
  void carillon_throughALinkFromElsewhere_findsItsProject() throws Exception {
    project();
    Path link = Files.createSymbolicLink(bin.resolve("carillon"), project.resolve("carillon"));
    Outcome outcome = run(link.toString(), "--version");
    assertThat(outcome.out()).contains(project + "/tools/target/quick/app/lib/app.jar");
  }

  @Test
  void carillon_failedBuild_saysSoAndTriesAgain() throws Exception {
    project();
    executable(project.resolve("mvnw"), "#!/bin/sh\necho broken\nexit 1\n");
    for (int i = 0; i < 2; i++) {
      Outcome outcome = run("carillon", "--version");
      assertThat(outcome.exit()).isEqualTo(1);
      assertThat(outcome.out()).isEmpty();
      assertThat(outcome.err()).contains("broken", "the build failed");
    }
  }

  /**
   * A machine on which the drivers of OpenCL are nowhere, with an {@code apt-get} that does this.
   */
  private void withoutOpenCl(String user, String apt) throws IOException {
    jdk("jdks/a", "25");
    maven("3.9.9");
    executable(bin.resolve("curl"), "#!/bin/sh\n");
    executable(bin.resolve("cc"), "#!/bin/sh\n");
    executable(bin.resolve("id"), "#!/bin/sh\necho " + user + "\n");
    executable(bin.resolve("apt-get"), "#!/bin/sh\n" + apt + "\n");
    Path vendors = Files.createDirectories(temporary.resolve("vendors"));
    environment.put("OCL_ICD_VENDORS", vendors.toString());
  }

  private static String cache(Outcome outcome) {
    return outcome.out().replaceAll("(?s).*-XX:AOTCache=(.*\\.aot).*", "$1");
  }

  private void project() throws IOException {
    jdk("jdks/a", "25.0.3");
    executable(project.resolve("mvnw"), FAKE_BUILD);
    Files.writeString(project.resolve("content"), "a jar");
    for (String file :
        List.of(
            "pom.xml",
            "core/pom.xml",
            "core/src/main/Some.java",
            "examples/pom.xml",
            "examples/src/main/Main.java",
            "codec/pom.xml",
            "codec/src/main/Some.java",
            "device/pom.xml",
            "device/src/main/Some.java",
            "bench/pom.xml",
            "bench/src/main/Main.java",
            "tools/pom.xml",
            "tools/src/main/Main.java")) {
      Files.createDirectories(project.resolve(file).getParent());
      Files.writeString(project.resolve(file), "");
    }
    try (Stream<Path> all = Files.walk(project)) {
      FileTime past = FileTime.from(Instant.now().minus(Duration.ofHours(1)));
      for (Path path : all.toList()) {
        Files.setLastModifiedTime(path, past);
      }
    }
  }

  private static void touch(Path file) throws IOException {
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(2)));
  }

  private Path jdk(String where, String version) throws IOException {
    Path home = temporary.resolve(where);
    Files.createDirectories(home.resolve("bin"));
    Files.writeString(
        home.resolve("release"), "IMPLEMENTOR=\"A Vendor\"\nJAVA_VERSION=\"" + version + "\"\n");
    executable(home.resolve("bin/java"), FAKE_JAVA);
    executable(home.resolve("bin/javac"), "#!/bin/sh\n");
    return home;
  }

  private void maven(String version) throws IOException {
    executable(
        bin.resolve("mvn"),
        """
        #!/bin/sh
        case $1 in
          -v) echo "Apache Maven %s" ;;
          *) echo "vendors ${OCL_ICD_VENDORS-}; ${LD_LIBRARY_PATH-} libraries; cache ${POCL_CACHE_DIR-}"
             echo "$JAVA_HOME JAVA_HOME; ${PATH%%%%:*} PATH; in $PWD; $*" ;;
        esac
        """
            .formatted(version));
  }

  private static void executable(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  private Outcome run(String script, String... arguments) throws Exception {
    Path out = temporary.resolve("out");
    Path err = temporary.resolve("err");
    ProcessBuilder builder =
        new ProcessBuilder(
                Stream.concat(Stream.of(project.resolve(script).toString()), Stream.of(arguments))
                    .toList())
            .directory(temporary.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    Process process = builder.start();
    process.getOutputStream().close();
    assertThat(process.waitFor(Patience.LONG)).as("%s ended", script).isTrue();
    return new Outcome(process.exitValue(), Files.readString(out), Files.readString(err));
  }
}
