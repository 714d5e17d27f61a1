package dev.carillon.function;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.build.Covers;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Roots of projects in directories with real links, and in a jar. */
class ProjectRootTest {
  @TempDir private Path directory;
  private Path outer; // a project
  private Path inner; // a module of it, with a marker of its own
  private ProjectRoot root;

  @BeforeEach
  void makeProjects() throws IOException {
    directory = directory.toRealPath();
    outer = Files.createDirectories(directory.resolve("outer"));
    inner = Files.createDirectories(outer.resolve("module"));
    Files.createDirectory(outer.resolve(".git"));
    Files.createFile(inner.resolve("pom.xml"));
    Files.createDirectories(inner.resolve("src/main"));
    Files.writeString(inner.resolve("src/main/Main.java"), "class Main {}");
    Files.writeString(directory.resolve("secret"), "secret");
    root = ProjectRoot.of(inner);
  }

  private void checkRefused(String inside, String why) {
    assertThatThrownBy(() -> root.resolve(inside))
        .isInstanceOf(ProjectRootException.class)
        .hasMessageContaining(why);
  }

  // ── finding ──

  @Test
  @Covers("S5")
  void find_upward_isTheInnermostUnlessAskedOtherwise() {
    Path start = inner.resolve("src/main/Main.java");
    assertThat(ProjectRoot.find(start).path()).isEqualTo(inner);
    assertThat(ProjectRoot.find(start.getParent())).isEqualTo(root);
    assertThat(ProjectRoot.find(inner)).isEqualTo(root);
    assertThat(ProjectRoot.find(start, s -> s.outermost().upTo(directory)).path()).isEqualTo(outer);
    assertThat(ProjectRoot.find(start, ".git").path()).isEqualTo(outer);
    assertThat(ProjectRoot.all(start, s -> s.upTo(directory)))
        .extracting(ProjectRoot::path)
        .containsExactly(inner, outer);
    assertThat(ProjectRoot.all(start, s -> s.upTo(inner)))
        .extracting(ProjectRoot::path)
        .containsExactly(inner);
  }

  @Test
  @Covers("S5")
  void find_withoutMarker_saysWhereItLooked() {
    assertThatThrownBy(() ->
            ProjectRoot.find(
                inner.resolve("src"), s -> s.withMarkers("no-such-marker").upTo(directory)))
        .isInstanceOf(ProjectRootException.class)
        .hasMessage(
            "no directory upward has a marker of a project: markers=[no-such-marker],"
                + " looked in=[%s, %s, %s, %s]"
                    .formatted(inner.resolve("src"), inner, outer, directory));
    assertThat(ProjectRoot.all(inner, s -> s.withMarkers("no-such-marker"))).isEmpty();
  }

  @Test
  void find_fromNowhere_isRefused() {
    assertThatThrownBy(() -> ProjectRoot.find(directory.resolve("none")))
        .isInstanceOf(ProjectRootException.class)
        .hasMessageContaining("must start at a path that is there: path=");
    assertThatThrownBy(() -> ProjectRoot.find(inner, s -> s.upTo(directory.resolve("none"))))
        .isInstanceOf(ProjectRootException.class)
        .hasMessageContaining("must end at a path that is there: path=");
  }

  @Test
  void find_markersThatAreNoNames_areRefused() {
    for (String marker : new String[] {"", " ", ".", "..", "a/b", "a\\b", "a\0"}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> ProjectRoot.find(inner, marker))
          .withMessage("a marker must be a plain file name: marker=\"" + marker + "\"");
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ProjectRoot.find(inner, new String[0]))
        .withMessage("there must be a marker: markers=[]");
  }

  @Test
  void find_byALink_isTheRealRoot() throws IOException {
    Path link = Files.createSymbolicLink(directory.resolve("link"), inner.resolve("src"));
    assertThat(ProjectRoot.find(link)).isEqualTo(root);
    assertThat(ProjectRoot.of(Files.createSymbolicLink(directory.resolve("root"), inner)))
        .isEqualTo(root)
        .hasToString("project root " + inner);
  }

  @Test
  void of_noDirectory_isRefused() {
    assertThatThrownBy(() -> ProjectRoot.of(directory.resolve("secret")))
        .isInstanceOf(ProjectRootException.class)
        .hasMessage("a project's root must be a directory: path=" + directory.resolve("secret"));
    assertThatThrownBy(() -> ProjectRoot.of(directory.resolve("none")))
        .hasMessage("a project's root must be there: path=" + directory.resolve("none"));
  }

  // ── paths ──

  @Test
  @Covers("S5")
  void resolve_inside_isNormalised() {
    assertThat(root.resolve("src/main/Main.java")).isEqualTo(inner.resolve("src/main/Main.java"));
    assertThat(root.resolve("a/../b/./c//d/")).isEqualTo(inner.resolve("b/c/d"));
    assertThat(root.resolve("a/..")).isEqualTo(inner);
    assertThat(root.resolve("")).isEqualTo(inner);
    assertThat(root.resolve("...")).isEqualTo(inner.resolve("..."));
    assertThat(root.resolve("ä ö/日本")).isEqualTo(inner.resolve("ä ö/日本"));
  }

  @Test
  @Covers("S5")
  void resolve_leadingOut_isRefused() {
    checkRefused("/etc/passwd", "must be relative: text=\"/etc/passwd\"");
    checkRefused(inner.resolve("src").toString(), "must be relative");
    checkRefused("..", "must stay in the project: path=..");
    checkRefused("../module/src", "must stay in the project"); // as it is out on the way
    checkRefused("src/../../module", "must stay in the project");
    checkRefused("a/b/../../../x", "must stay in the project");
    checkRefused("a\0b", "it must be a path");
  }

  @Test
  @Covers("S5")
  void resolve_byLinks_mustEndInside() throws IOException {
    Files.createSymbolicLink(inner.resolve("alias"), Path.of("src/main"));
    assertThat(root.resolve("alias/Main.java")).isEqualTo(inner.resolve("alias/Main.java"));
    assertThat(root.resolve("alias/New.java")).isEqualTo(inner.resolve("alias/New.java"));
    Files.createSymbolicLink(inner.resolve("up"), Path.of(".."));
    Files.createSymbolicLink(inner.resolve("file"), directory.resolve("secret"));
    Files.createSymbolicLink(inner.resolve("far"), inner.resolve("up"));
    checkRefused("up", "must stay in the project: path=up, leads to=" + outer);
    checkRefused("up/new/file", "leads to=" + outer.resolve("new/file"));
    checkRefused("file", "leads to=" + directory.resolve("secret"));
    checkRefused("far/x", "leads to=" + outer.resolve("x"));
    assertThat(root.resolve("up/../x")).isEqualTo(inner.resolve("x")); // by the names alone
    Files.createSymbolicLink(inner.resolve("back"), Path.of("../module/src"));
    assertThat(root.resolve("back/main")).isEqualTo(inner.resolve("back/main"));
  }

  @Test
  void resolve_byALinkToNowhere_isRefused() throws IOException {
    Files.createSymbolicLink(inner.resolve("dangling"), directory.resolve("to-be-made"));
    Files.createSymbolicLink(inner.resolve("loop"), Path.of("loop"));
    checkRefused("dangling", "a link in a path must lead somewhere");
    checkRefused("dangling/x", "link=" + inner.resolve("dangling"));
    checkRefused("loop/x", "a link in a path must lead somewhere");
    assertThat(root.contains(Path.of("dangling"))).isFalse();
  }

  @Test
  void resolve_behindAFile_isInsideStill() {
    assertThat(root.resolve("pom.xml/x")).isEqualTo(inner.resolve("pom.xml/x"));
  }

  @Test
  @Covers("S5")
  void relativize_isToldWithSlashes_andUndoesResolve() throws IOException {
    for (String inside : new String[] {"", "pom.xml", "src/main/Main.java", "not/there/yet"}) {
      assertThat(root.relativize(root.resolve(inside))).isEqualTo(inside);
    }
    assertThat(root.relativize(Path.of("src/../pom.xml"))).isEqualTo("pom.xml");
    Path link = Files.createSymbolicLink(directory.resolve("link"), inner);
    assertThat(root.relativize(link.resolve("src/x"))).isEqualTo("src/x");
    assertThat(root.contains(link.resolve("src/x"))).isTrue();
    assertThat(root.contains(inner)).isTrue();
    assertThat(root.contains(outer)).isFalse();
    assertThat(root.contains(Path.of("../x"))).isFalse();
    assertThatThrownBy(() -> root.relativize(directory.resolve("secret")))
        .isInstanceOf(ProjectRootException.class)
        .hasMessageContaining("must stay in the project: path=" + directory.resolve("secret"));
    // a neighbour whose name begins alike
    assertThat(root.contains(Files.createDirectory(outer.resolve("module2")))).isFalse();
  }

  // ── classes and jars ──

  @Test
  @Covers("S5")
  void ofClass_inADirectory_isThat_fromWhichTheProjectIsFound() {
    ProjectRoot classes = ProjectRoot.ofClass(ProjectRootTest.class);
    assertThat(classes.path().resolve("dev/carillon/function/ProjectRootTest.class")).exists();
  }

  @Test
  @Covers("S5")
  void ofClass_inAJar_isTheJarsDirectory() {
    Path jars = ProjectRoot.ofClass(Test.class).path();
    assertThat(jars).isDirectoryContaining("glob:**/junit-jupiter-api*.jar");
    assertThatThrownBy(() -> ProjectRoot.ofClass(String.class))
        .isInstanceOf(ProjectRootException.class)
        .hasMessage(
            "the code of a class must lie in a directory or a jar:"
                + " class=java.lang.String, place=none");
  }

  @Test
  @Covers("S5")
  void of_insideAJar_works() throws IOException {
    Path jar = directory.resolve("some.jar");
    try (FileSystem files = FileSystems.newFileSystem(jar, Map.of("create", "true"))) {
      Files.createDirectories(files.getPath("/app/data"));
      Files.writeString(files.getPath("/app/.carillon-root"), "");
      Files.writeString(files.getPath("/app/data/words"), "a b c");
      ProjectRoot app = ProjectRoot.find(files.getPath("/app/data/words"));
      assertThat(Files.readString(app.resolve("x/../data/words"))).isEqualTo("a b c");
      assertThat(app.relativize(files.getPath("/app/data/words"))).isEqualTo("data/words");
      assertThatThrownBy(() -> app.resolve("../x")).isInstanceOf(ProjectRootException.class);
      assertThat(app.contains(inner)).isFalse();
      assertThatThrownBy(() -> app.relativize(inner))
          .isInstanceOf(ProjectRootException.class)
          .hasMessageContaining("must be on the file system of the project");
    }
  }
}
