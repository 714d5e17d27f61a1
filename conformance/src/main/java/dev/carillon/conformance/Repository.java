package dev.carillon.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/** The checkout that is being built. */
final class Repository {
  private static final Set<String> NOT_OURS = Set.of(".git", "target", ".idea", ".vscode");

  private Repository() {}

  /** {@return the directory of the whole project} */
  static Path root() {
    return Path.of("").toAbsolutePath().getParent();
  }

  /** {@return all files but those that tools make} */
  static List<Path> files() {
    try (Stream<Path> files = Files.walk(root())) {
      return files.filter(Files::isRegularFile).filter(Repository::isOurs).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** {@return the text of the file, whatever its encoding} */
  static String text(Path file) {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** {@return the root element of a module's POM} */
  static Element pom(String module) {
    try {
      return DocumentBuilderFactory.newInstance()
          .newDocumentBuilder()
          .parse(root().resolve(module).resolve("pom.xml").toFile())
          .getDocumentElement();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /** {@return the child elements of the given name} */
  static List<Element> children(Node parent, String name) {
    return Stream.iterate(parent.getFirstChild(), c -> c != null, Node::getNextSibling)
        .filter(child -> child.getNodeName().equals(name))
        .map(Element.class::cast)
        .toList();
  }

  /** {@return the text of the child element of the given name, empty if there is none} */
  static String child(Node parent, String name) {
    return children(parent, name).stream()
        .findFirst()
        .map(e -> e.getTextContent().strip())
        .orElse("");
  }

  private static boolean isOurs(Path file) {
    for (Path name : root().relativize(file)) {
      if (NOT_OURS.contains(name.toString())) {
        return false;
      }
    }
    return true;
  }
}
