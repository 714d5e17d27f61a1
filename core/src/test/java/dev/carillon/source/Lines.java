package dev.carillon.source;

import dev.carillon.build.Patience;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

/** A source of lines, and what it has told. */
final class Lines implements AutoCloseable {
  final Source<String> source;
  private final List<Item<String>> items = new CopyOnWriteArrayList<>();

  Lines(LineFile file) {
    this(file, s -> s);
  }

  Lines(LineFile file, UnaryOperator<SourceConfig> configure) {
    source =
        Source.open(
            file,
            Outlet.handler(items::add),
            s -> configure.apply(s.named("lines").withRestart(Failing.SOON)));
  }

  Lines start() throws InterruptedException {
    source.start().awaitReady(Patience.LONG);
    return this;
  }

  List<String> told() {
    return items.stream().map(Item::payload).toList();
  }

  List<Item<String>> items() {
    return items;
  }

  void await(String... wanted) throws Exception {
    try {
      Patience.until("lines came", () -> told().size() >= wanted.length);
    } catch (AssertionError e) {
      throw new AssertionError(source.explain(), e);
    }
    List<String> told = told();
    for (int i = 0; i < wanted.length; i++) {
      if (!told.get(i).equals(wanted[i])) {
        throw new AssertionError(i + ": wanted " + wanted[i] + ", but was " + told.get(i));
      }
    }
    if (told.size() > wanted.length) {
      throw new AssertionError("one too many: " + told.get(wanted.length));
    }
  }

  static void append(Path file, String text) throws IOException {
    append(file, text.getBytes(StandardCharsets.UTF_8));
  }

  static void append(Path file, byte[] bytes) throws IOException {
    Files.write(file, bytes, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  @Override
  public void close() {
    source.close();
  }
}
