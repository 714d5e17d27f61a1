package dev.carillon.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import dev.carillon.schedule.Retry;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Streams of lines. */
class LineStreamTest {
  private final List<String> lines = new CopyOnWriteArrayList<>();

  private Source<String> open(LineStream kind) {
    return Source.open(kind, Outlet.<String>handler(item -> lines.add(item.payload())));
  }

  private static void awaitEnd(Source<?> source) {
    await().atMost(Patience.LONG).until(() -> source.state() == SourceState.ENDED);
  }

  private Source<String> read(LineStream kind) {
    try (var source = open(kind)) {
      source.start();
      awaitEnd(source);
      return source;
    }
  }

  private static LineStream of(String text) {
    return LineStream.of(new ByteArrayInputStream(text.getBytes(UTF_8)));
  }

  @Test
  @Covers({"C14"})
  void stream_ofLines_givesEachAndEnds() {
    read(of("one\ntwo\r\n\nvier ü\nlast"));
    assertThat(lines).containsExactly("one", "two", "", "vier ü", "last");
  }

  @Test
  void stream_thatIsEmpty_givesNothing() {
    read(of(""));
    assertThat(lines).isEmpty();
  }

  @Test
  void randomLines_inChunksOfAnySize_comeWhole() {
    var random = new Random(4);
    var expected = new ArrayList<String>();
    var bytes = new ByteArrayOutputStream();
    for (int i = 0; i < 2_000; i++) {
      String line = "ä€x".repeat(random.nextInt(40)) + i;
      expected.add(line);
      bytes.writeBytes((line + "\n").getBytes(UTF_8));
    }
    var in =
        new ByteArrayInputStream(bytes.toByteArray()) {
          @Override
          public int read(byte[] buffer, int off, int len) {
            return super.read(buffer, off, Math.min(len, 1 + random.nextInt(200)));
          }
        };
    read(LineStream.of(in));
    assertThat(lines).isEqualTo(expected);
  }

  @Test
  @Covers({"C38"})
  void longLine_isRefusedAndCounted_andTheNextComes() {
    String tooLong = "x".repeat(200_000);
    var source = read(of("ok\n" + tooLong + "\n12345678\n123456789\nlast").maxLine(8));
    assertThat(lines).containsExactly("ok", "12345678", "last");
    assertThat(source.stats().refused()).containsEntry("max-line", 2L);
  }

  @Test
  void malformedUtf8_isReplacedOrRefused_andCounted() {
    byte[] bytes = {'a', (byte) 0xff, '\n', 'b', '\n'};
    var replacing = read(LineStream.of(new ByteArrayInputStream(bytes)));
    assertThat(lines).containsExactly("a\uFFFD", "b");
    assertThat(replacing.stats().refused()).containsEntry("malformed", 1L);
    lines.clear();
    var refusing = read(LineStream.of(new ByteArrayInputStream(bytes)).refusingMalformed());
    assertThat(lines).containsExactly("b");
    assertThat(refusing.stats().refused()).containsEntry("malformed", 1L);
    lines.clear();
    var proper = read(of("\uFFFD\n")); // which is a character like others
    assertThat(lines).containsExactly("\uFFFD");
    assertThat(proper.stats().refused()).isEmpty();
  }

  @Test
  void stopAndStart_whileAReadWaits_losesNothing() throws IOException {
    var out = new PipedOutputStream();
    try (var in = new PipedInputStream(out);
        var source = open(LineStream.of(in))) {
      source.start();
      out.write("one\ntw".getBytes(UTF_8));
      out.flush();
      await().atMost(Patience.LONG).until(() -> lines.contains("one"));
      source.stop(); // while the reader waits for more
      assertThat(source.state()).isEqualTo(SourceState.STOPPED);
      out.write("o\nthree\n".getBytes(UTF_8));
      out.close();
      source.start();
      awaitEnd(source);
      assertThat(lines).containsExactly("one", "two", "three");
    }
  }

  @Test
  void failedLine_whereThePolicyIsToStop_comesAgain() {
    var tries = new AtomicInteger();
    try (var source =
        Source.open(
            of("one\ntwo\nthree"),
            Outlet.<String>handler(item -> {
              if (item.payload().equals("three") && tries.incrementAndGet() < 3) {
                throw new IOException("not yet");
              }
              lines.add(item.payload());
            }),
            s ->
                s.onItemFailure(OnItemFailure.STOP)
                    .withRestart(Retry.DEFAULT.withMaxAttempts(5)))) {
      source.start();
      awaitEnd(source);
      assertThat(lines).containsExactly("one", "two", "three");
      assertThat(tries).hasValue(3);
    }
  }

  @Test
  @Covers({"C14", "C29"})
  void opening_afterARestart_goesOnBehindItsPosition(@TempDir Path directory) throws IOException {
    Path log = directory.resolve("log");
    Files.writeString(log, "one\ntwo\n");
    Positions positions = Positions.inDirectory(directory.resolve("positions"), false);
    List<Item<String>> items = new CopyOnWriteArrayList<>();
    for (int run = 0; run < 2; run++) {
      try (var source =
          Source.open(
              LineStream.opening(() -> Files.newInputStream(log)).resource(URI.create("file:log")),
              Outlet.<String>handler(items::add),
              s -> s.named("log").withPositions(positions))) {
        source.start();
        awaitEnd(source);
      }
      Files.writeString(log, "one\ntwo\nthree\n");
    }
    assertThat(items).extracting(Item::payload).containsExactly("one", "two", "three");
    assertThat(items).extracting(Item::position).containsExactly("4", "8", "14");
    assertThat(items.getFirst().allHeaders()).containsEntry(Origin.RESOURCE, "file:log");
  }

  @Test
  void opening_ofLessThanThePosition_fails() {
    Positions positions = Positions.inMemory();
    positions.save("lines", "100");
    try (var source =
        Source.open(
            LineStream.opening(() -> new ByteArrayInputStream(new byte[40])),
            Outlet.<String>handler(_ -> {}),
            s -> s.withPositions(positions))) {
      source.start();
      await().atMost(Patience.LONG).until(() -> source.state() == SourceState.FAILING);
      assertThat(source.failure().orElseThrow())
          .hasMessage("the stream ends before the position: position=100, missing=60 bytes");
    }
  }

  @Test
  void secondSource_ofAStreamThatIsRead_fails() throws IOException {
    try (var out = new PipedOutputStream();
        var in = new PipedInputStream(out)) {
      LineStream kind = LineStream.of(in);
      try (var first = open(kind);
          var second = open(kind)) {
        first.start();
        await().atMost(Patience.LONG).until(() -> first.state() == SourceState.CONNECTED);
        second.start();
        await().atMost(Patience.LONG).until(() -> second.state() == SourceState.FAILING);
        assertThat(second.failure().orElseThrow())
            .hasMessage("a stream can be read by one source at a time: stream=stream");
      }
    }
  }

  @Test
  void streamThatThrows_failsTheSource_whichReadsOnAfterwards() {
    var in =
        new ByteArrayInputStream("a\nb\n".getBytes(UTF_8)) {
          private int calls;

          @Override
          public int read(byte[] buffer, int off, int len) {
            if (++calls == 2) {
              throw new IllegalStateException("broken");
            }
            return super.read(buffer, off, Math.min(len, 3));
          }
        };
    var source = read(LineStream.of(in));
    assertThat(lines).containsExactly("a", "b");
    assertThat(source.stats().starts()).isEqualTo(2);
  }

  @Test
  void maxLine_outsideItsRange_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LineStream.standardInput().maxLine(0))
        .withMessage("maxLine must be 1 to 268435456: maxLine=0");
  }

  @Test
  @Covers({"C14"})
  void output_ofAProcess_comesLineByLine() throws Exception {
    Process process = new ProcessBuilder("sh", "-c", "echo one; echo two").start();
    read(LineStream.of(process.getInputStream()));
    assertThat(lines).containsExactly("one", "two");
    assertThat(process.waitFor(Duration.ofSeconds(20))).isTrue();
  }
}
