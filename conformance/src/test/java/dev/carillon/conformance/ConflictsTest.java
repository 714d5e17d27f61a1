package dev.carillon.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What a merge could not join is decided before it is committed, in texts too. */
final class ConflictsTest {
  private static final Pattern MARKER = Pattern.compile("(?m)^(<{7} |>{7} |={7}$)");
  private static final Set<String> PASSED_OVER = Set.of("target", ".git");

  @Test
  void texts_haveNoMarkersOfConflicts() throws IOException {
    List<Path> texts = texts(Repository.root());
    assertThat(texts.size()).isGreaterThan(500);
    assertThat(texts)
        .allSatisfy(text -> assertThat(MARKER.matcher(Repository.text(text)).find()).isFalse());
    assertThat(MARKER.matcher("a\n<<<<<<< HEAD\nb").find()).isTrue();
  }

  private static List<Path> texts(Path root) throws IOException {
    var texts = new ArrayList<Path>();
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
            return PASSED_OVER.contains(directory.getFileName().toString())
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            String name = file.getFileName().toString();
            if (name.endsWith(".java") || name.endsWith(".md") || name.endsWith(".xml")) {
              texts.add(file);
            }
            return FileVisitResult.CONTINUE;
          }
        });
    return texts;
  }
}
