package dev.carillon.function;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.binary.BinaryCodec;
import dev.carillon.build.Covers;
import dev.carillon.event.EventSystem;
import dev.carillon.spi.Codec;
import dev.carillon.spi.CodingException;
import java.io.ByteArrayInputStream;
import java.io.StringWriter;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What runs or belongs to this process is refused with the path to it. */
class LivePartsTest {

  record Line(String text, @Nullable Socket socket) {}

  record Report(String title, List<Line> lines) {}

  /** An object with fields of all kinds. */
  static class Node {
    final String name;
    @Nullable Object next;
    transient Object guard = new ReentrantLock();

    Node(String name) {
      this.name = name;
    }
  }

  /** Has a field of its own besides those that it inherits. */
  static final class Leaf extends Node {
    final ReentrantLock lock = new ReentrantLock();

    Leaf() {
      super("leaf");
    }
  }

  /** Can rest, but nothing tells how to restore it. */
  static final class Resting implements Quiescent<String> {
    @Override
    public String quiesce(Duration within) {
      return "state";
    }

    @Override
    public void resume() {
      throw new IllegalStateException("never brought to rest");
    }
  }

  static Object echo(Object value) {
    return value;
  }

  private static final Codec CODEC =
      BinaryCodec.of(c -> c.registerVia("node", Node.class, String.class, n -> n.name, Node::new));

  private final Functions functions = Functions.open("here");
  private final FunctionCodec codec = FunctionCodec.open(functions, CODEC);
  private final Bound<Object> echo =
      codec.sendable(functions.register(Bound.of(LivePartsTest::echo)));

  private static Node chain(Object last) {
    var first = new Node("first");
    var second = new Node("second");
    first.next = second;
    second.next = last;
    return first;
  }

  @Test
  @Covers("S2")
  void bind_socketInsideAReport_isRefusedWithItsPath() throws Exception {
    try (var socket = new Socket()) {
      var lines = List.of(new Line("a", null), new Line("b", null), new Line("c", socket));
      assertThatThrownBy(() -> echo.bind("value", new Report("r", lines)))
          .isInstanceOf(BindingException.class)
          .hasMessageContaining("java.net.Socket: it is a socket, at value.lines[2].socket")
          .hasCauseInstanceOf(CodingException.class);
    }
  }

  static Stream<Object> live() {
    return Stream.of(
        Thread.currentThread(),
        Thread.ofVirtual().unstarted(() -> {}),
        ForkJoinPool.commonPool(),
        new CompletableFuture<String>(),
        new ReentrantLock(),
        new ReentrantReadWriteLock(),
        new ReentrantLock().newCondition(),
        new Semaphore(1),
        new ByteArrayInputStream(new byte[0]),
        new StringWriter(),
        Stream.of(1),
        List.of(1).iterator(),
        ProcessHandle.current(),
        LivePartsTest.class.getClassLoader(),
        new ThreadLocal<String>(),
        EventSystem.create(),
        Functions.open("other"),
        Registry.open("other", String.class));
  }

  @ParameterizedTest
  @MethodSource("live")
  void bind_liveParts_areRefusedWhereverTheyAre(Object live) {
    Map<String, Object> map = new HashMap<>();
    map.put("a", 1);
    map.put("b", Optional.of(live));
    String kind = live.getClass().getTypeName();
    assertThatThrownBy(() -> echo.bind(0, live))
        .hasMessageContaining(kind)
        .hasMessageEndingWith(", at value");
    assertThatThrownBy(() -> echo.bindNext(map))
        .hasMessageContaining(kind)
        .hasMessageEndingWith(", at value[b]");
    assertThatThrownBy(() -> echo.bindAll(Map.of("value", new Object[] {1, live})))
        .hasMessageEndingWith(", at value[1]");
    assertThatThrownBy(() -> echo.withDefault("value", Arrays.asList(null, live)))
        .hasMessageEndingWith(", at value[1]");
    assertThatThrownBy(() -> echo.bind(0, Map.of(live, 1))).hasMessageContaining(".key");
    assertThatThrownBy(() -> echo.bind(0, chain(live)))
        .hasMessageEndingWith(", at value.next.next");
  }

  @Test
  void bind_objectsOfClasses_areLookedIntoByTheirFields() {
    assertThatThrownBy(() -> echo.bind(0, chain(new Leaf())))
        .hasMessageContaining("ReentrantLock: it is a lock, at value.next.next.lock");
    assertThat(echo.bind(0, new Node("transient fields are not sent")).arguments()).hasSize(1);
  }

  @Test
  void bind_circlesAndSharedParts_areLookedAtOnce() {
    var list = new ArrayList<Object>();
    list.add(list);
    list.add(chain(list));
    assertThat(echo.bind(0, list).arguments()).hasSize(1);
    Object nested = "x";
    for (int i = 0; i < 60; i++) {
      nested = List.of(nested, nested); // 2^60 ways
    }
    assertThat(echo.bind(0, nested).arguments()).hasSize(1);
  }

  @Test
  void bind_tooDeepOrTooMany_isRefused() {
    Object nested = "x";
    for (int i = 0; i < 100_000; i++) {
      nested = List.of(nested);
    }
    Object deep = nested;
    assertThatThrownBy(() -> echo.bind(0, deep))
        .isInstanceOf(BindingException.class)
        .hasMessageContaining("it lies too deep: levels=200, most=200");
    var many = new ArrayList<Object>();
    for (int i = 0; i < 500_001; i++) {
      many.add(new Node("n"));
    }
    assertThatThrownBy(() -> echo.bind(0, many))
        .hasMessageContaining("there are too many objects: most=500000");
  }

  @Test
  void bind_classThatTheCodecDoesNotKnow_isRefusedAtOnce() {
    assertThatThrownBy(() -> echo.bind(0, new Report("r", List.of())))
        .isInstanceOf(BindingException.class)
        .hasMessageContaining("Report")
        .hasMessageEndingWith(", at value");
  }

  @Test
  void bind_restingPartThatNothingRestores_isRefused() {
    assertThatThrownBy(() -> echo.bind(0, new Resting()))
        .isInstanceOf(BindingException.class)
        .hasMessageContaining("it is Quiescent, but nothing says how to restore it, at value");
  }

  @Test
  void callWith_liveArgument_isNotSentSoNotRefused() throws Exception {
    assertThat(echo.callWith(Thread.currentThread())).isSameAs(Thread.currentThread());
    assertThat(echo.call(Thread.currentThread())).isSameAs(Thread.currentThread());
  }

  @Test
  void encode_partThatCameAfterBinding_isRefused() {
    var list = new ArrayList<Object>();
    Bound<Object> bound = echo.bind(0, list);
    list.add(Thread.currentThread());
    assertThatThrownBy(() -> codec.encode(bound))
        .isInstanceOf(CodingException.class)
        .hasMessageContaining("it is a thread, at value[0]");
  }

  @Test
  void sendable_whatIsBoundAlready_isLookedAt() {
    Bound<Object> bound = Bound.of(LivePartsTest::echo).bind(0, Thread.currentThread());
    assertThatThrownBy(() -> codec.sendable(bound))
        .isInstanceOf(BindingException.class)
        .hasMessageContaining("it is a thread, at value");
    assertThatThrownBy(() -> codec.sendable(Bound.of((Object value) -> value)))
        .isInstanceOf(BindingException.class)
        .hasMessageContaining("must be registered under its name");
  }
}
