package dev.carillon.function;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import dev.carillon.event.EventStatus;
import dev.carillon.event.EventSystem;
import dev.carillon.function.guest.Guest;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Entries by name, in three scopes. */
class RegistryTest {
  private final Registry<String> registry = Registry.open("words", String.class);

  @Test
  @Covers("S1")
  void find_fromAScope_seesItsOwnFirst_thenEverybodys() {
    registry.register("a", "global");
    Registry<String> internal = registry.at(Scope.INTERNAL);
    Registry<String> external = registry.at(Scope.EXTERNAL);
    internal.register("a", "ours");
    internal.register("b", "ours too");
    assertThat(registry.find("a")).contains("global");
    assertThat(internal.find("a")).contains("ours");
    assertThat(external.find("a")).contains("global");
    assertThat(external.find("b")).isEmpty();
    assertThat(registry.find("b")).isEmpty();
    assertThat(internal.names()).containsExactly("a", "b");
    assertThat(internal.entries()).containsExactly("ours", "ours too");
    assertThat(internal.remove("a")).isTrue();
    assertThat(internal.remove("a")).isFalse();
    assertThat(internal.find("a")).contains("global");
  }

  @Test
  @Covers("S1")
  void rooted_codeOutsideOfTheRoots_isRefused() {
    Registry<String> rooted =
        Registry.open("words", String.class, c -> c.rootedAt("dev.carillon.function.guest"));
    assertThatThrownBy(() -> rooted.register("a", "x"))
        .isInstanceOf(RegistryException.class)
        .hasMessage(
            "only code under a root may use registry \"words\":"
                + " roots=[dev.carillon.function.guest],"
                + " caller=dev.carillon.function.RegistryTest");
    assertThat(Guest.find(rooted, "a")).isEmpty();
    Registry<String> ours =
        Registry.open("words", String.class, c -> c.rootedAt("dev.carillon.functions"));
    assertThatThrownBy(() -> Guest.find(ours, "a"))
        .hasMessageContaining("caller=dev.carillon.function.guest.Guest");
    Registry<String> wide = Registry.open("words", String.class, c -> c.rootedAt("dev.carillon"));
    assertThat(Guest.find(wide, "a")).isEmpty();
    assertThat(wide.names()).isEmpty();
  }

  @Test
  void rooted_calledByTheJdk_looksAtWhoCalledThat() {
    Registry<String> rooted =
        Registry.open("words", String.class, c -> c.rootedAt("dev.carillon.function.guest"));
    assertThat(Guest.findInALambda(rooted, "a")).isEmpty();
    assertThatThrownBy(() -> Optional.of("a").flatMap(rooted::find))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining("caller=dev.carillon.function.RegistryTest");
    var nobody = CompletableFuture.supplyAsync(rooted::names);
    assertThatThrownBy(nobody::join)
        .hasCauseInstanceOf(RegistryException.class)
        .hasMessageContaining("caller=none but classes of the JDK");
  }

  @Test
  void rooted_functions_lookAtTheirOwnCaller() {
    Functions functions = Functions.open("jobs", c -> c.rootedAt("dev.carillon.function.guest"));
    assertThatThrownBy(functions::names).hasMessageContaining("only code under a root");
    assertThatThrownBy(() -> Guest.require(functions, "x"))
        .hasMessageContaining("no entry of that name");
    Bound<String> lazy = Guest.onFirstCall(functions, Bound.of(() -> "x"));
    assertThat(call(lazy)).isEqualTo("x");
    assertThat(Guest.names(functions)).containsExactly("lambda");
    assertThatThrownBy(() -> functions.onFirstCall(Bound.of(() -> "x")))
        .hasMessageContaining("only code under a root");
  }

  private static String call(Bound<String> function) {
    try {
      return function.call();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      Patience.await(latch);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void listen_whoIsTooSlow_letsChangesBeRefused_whichLosesNothing() throws Exception {
    var isTold = new CountDownLatch(1);
    var mayGoOn = new CountDownLatch(1);
    var told = new AtomicInteger();
    registry.listen((_, _, _) -> {
      isTold.countDown();
      awaitUninterruptibly(mayGoOn);
      told.incrementAndGet();
    });
    Thread teller = Thread.ofPlatform().start(() -> registry.register("first", "x"));
    Patience.await(isTold);
    for (int i = 0; i < 32_768; i++) {
      registry.register("again", "x");
      registry.remove("again");
    }
    assertThatThrownBy(() -> registry.register("more", "x"))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining("at most 65536 changes may wait for listeners")
        .hasMessageContaining("name=\"more\"");
    assertThat(registry.find("more")).isEmpty();
    mayGoOn.countDown();
    teller.join();
    assertThat(told).hasValue(65_537);
    registry.register("more", "x");
    assertThat(told).hasValue(65_538);
  }

  @Test
  void duplicates_goByThePolicy() {
    registry.register("a", "1");
    assertThatThrownBy(() -> registry.register("a", "2"))
        .isInstanceOf(RegistryException.class)
        .hasMessage("a name is registered once: registry=\"words\", scope=GLOBAL, name=\"a\"");
    assertThat(afterTwo(Duplicates.REPLACE)).containsExactly("a=2");
    assertThat(afterTwo(Duplicates.KEEP)).containsExactly("a=1");
    assertThat(afterTwo(Duplicates.NUMBER)).containsExactly("a=1", "a-2=2");
  }

  @Test
  void duplicates_withNumbers_takeTheFirstThatIsFree() {
    Registry<String> some =
        Registry.open("some", String.class, c -> c.onDuplicate(Duplicates.NUMBER));
    for (int i = 0; i < 4; i++) {
      some.register("a", "x");
    }
    some.remove("a-3");
    some.remove("a-2");
    some.remove("a");
    assertThat(some.register("a", "x")).isEqualTo("a");
    assertThat(some.register("a", "x")).isEqualTo("a-2");
    assertThat(some.register("a", "x")).isEqualTo("a-3");
    assertThat(some.register("a", "x")).isEqualTo("a-5");
    assertThat(some.at(Scope.INTERNAL).register("a", "x")).isEqualTo("a");
    assertThat(some.at(Scope.INTERNAL).register("a", "x")).isEqualTo("a-2");
    some.register("b-2", "x");
    some.register("b", "x");
    assertThat(some.register("b", "x")).isEqualTo("b-3");
  }

  @Test
  void register_overWhatIsGoneButNotYetToldSo_findsTheNameFree() {
    for (Duplicates rule : Duplicates.values()) {
      var entries = new Entries<>("weak", Object.class, RegistryConfig.DEFAULT.onDuplicate(rule));
      var told = new ArrayList<String>();
      entries.listen(Scope.GLOBAL, (change, name, _) -> told.add(change + " " + name));
      registerGone(entries, "a");
      assertThat(entries.register(Scope.GLOBAL, "a", "x", false)).as(rule.name()).isEqualTo("a");
      assertThat(entries.find(Scope.GLOBAL, "a")).isEqualTo("x");
      registerGone(entries, "b");
      assertThat(entries.remove(Scope.GLOBAL, "b")).isFalse();
      assertThat(told)
          .containsExactly("ADDED a", "COLLECTED a", "ADDED a", "ADDED b", "COLLECTED b");
    }
  }

  @Test
  void register_whenANumberIsGoneButNotYetToldSo_takesThatNumber() {
    var entries =
        new Entries<>("weak", Object.class, RegistryConfig.DEFAULT.onDuplicate(Duplicates.NUMBER));
    entries.register(Scope.GLOBAL, "a", "x", false);
    registerGone(entries, "a-2");
    assertThat(entries.register(Scope.GLOBAL, "a", "y", false)).isEqualTo("a-2");
    assertThat(entries.find(Scope.GLOBAL, "a-2")).isEqualTo("y");
  }

  /** Registers what is collected at once, as if the collector had not said so yet. */
  private static void registerGone(Entries<Object> entries, String name) {
    entries.register(Scope.GLOBAL, name, "gone", true);
    Object held = entries.in(Scope.GLOBAL).get(name);
    assertThat(held).isInstanceOf(WeakReference.class);
    if (held instanceof WeakReference<?> weak) {
      weak.clear();
    }
  }

  private static List<String> afterTwo(Duplicates rule) {
    Registry<String> some = Registry.open("some", String.class, c -> c.onDuplicate(rule));
    some.register("a", "1");
    some.register("a", "2");
    return some.names().stream().map(name -> name + "=" + some.require(name)).toList();
  }

  @Test
  void register_badInput_isRefused_andChangesNothing() {
    assertThatThrownBy(() -> registry.register(" ", "x"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("name=\" \"");
    assertThatThrownBy(() -> registry.register("a\nb", "x"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> registry.register("a".repeat(201), "x"))
        .isInstanceOf(IllegalArgumentException.class);
    @SuppressWarnings({"unchecked", "rawtypes"})
    Registry<Object> raw = (Registry) registry;
    assertThatThrownBy(() -> raw.register("a", 5))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("must be a java.lang.String")
        .hasMessageContaining("java.lang.Integer");
    Registry<String> small = Registry.open("small", String.class, c -> c.withMaxEntries(1));
    small.register("a", "1");
    small.at(Scope.INTERNAL).register("b", "1");
    assertThatThrownBy(() -> small.register("b", "2"))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining("at most 1 entries in a scope");
    assertThat(registry.names()).isEmpty();
  }

  @Test
  void require_missing_namesWhatIsLikeIt() {
    registry.register("alpha", "1");
    registry.register("beta", "2");
    assertThatThrownBy(() -> registry.require("alfha"))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining("did you mean \"alpha\"?");
    assertThatThrownBy(() -> registry.require("x")).hasMessageContaining("there are 2 others");
  }

  @Test
  @Covers("S1")
  void await_completesWhenTheEntryComes_inASeenScopeOnly() throws Exception {
    try (var events = EventSystem.create()) {
      var global = registry.await("a", events);
      var internal = registry.at(Scope.INTERNAL).await("a", events);
      registry.at(Scope.EXTERNAL).register("a", "theirs");
      assertThat(internal.event().status()).isEqualTo(EventStatus.PENDING);
      registry.at(Scope.INTERNAL).register("a", "ours");
      assertThat(internal.await()).isEqualTo("ours");
      assertThat(global.event().status()).isEqualTo(EventStatus.PENDING);
      registry.register("a", "everybody's");
      assertThat(global.await()).isEqualTo("everybody's");
      assertThat(registry.await("a", events).await()).isEqualTo("everybody's");
      var never = registry.await("b", events);
      never.poison("no longer wanted");
      registry.register("b", "late"); // which finds nobody
    }
  }

  @Test
  void listen_isToldInOrder_ofWhatItSees_untilItIsClosed() {
    var told = new ArrayList<String>();
    var place =
        registry
            .at(Scope.INTERNAL)
            .listen((change, name, scope) -> told.add(change + " " + name + " " + scope));
    registry.register("a", "1");
    registry.at(Scope.EXTERNAL).register("b", "2");
    registry.at(Scope.INTERNAL).register("c", "3");
    registry.remove("a");
    place.close();
    registry.register("d", "4");
    assertThat(told).containsExactly("ADDED a GLOBAL", "ADDED c INTERNAL", "REMOVED a GLOBAL");
  }

  @Test
  void listen_whoThrows_stopsNobody() {
    var told = new ArrayList<String>();
    registry.listen((_, _, _) -> {
      throw new IllegalStateException("no");
    });
    registry.listen((_, name, _) -> told.add(name));
    registry.register("a", "1");
    assertThat(told).containsExactly("a");
  }

  @Test
  void listen_whoRegistersItself_isToldOfThatAfterwards() {
    var told = new ArrayList<String>();
    registry.listen((_, name, _) -> {
      told.add(name);
      if (name.equals("a")) {
        registry.register("b", "from within");
      }
    });
    registry.register("a", "1");
    assertThat(told).containsExactly("a", "b");
  }

  @Test
  void registerWeakly_whenNobodyElseHoldsIt_isGoneAndTold() {
    Registry<Object> weak = Registry.open("weak", Object.class);
    var told = new ConcurrentLinkedQueue<RegistryListener.Change>();
    weak.listen((change, _, _) -> told.add(change));
    var reference = registerOne(weak);
    Awaitility.await()
        .until(() -> {
          System.gc();
          return reference.get() == null && weak.names().isEmpty();
        });
    Awaitility.await()
        .until(() -> {
          weak.names();
          return told.contains(RegistryListener.Change.COLLECTED);
        });
    assertThat(weak.find("a")).isEmpty();
    weak.register("a", "again");
    assertThat(weak.require("a")).isEqualTo("again");
  }

  private static WeakReference<Object> registerOne(Registry<Object> weak) {
    var entry = new Object();
    weak.registerWeakly("a", entry);
    assertThat(weak.require("a")).isSameAs(entry);
    return new WeakReference<>(entry);
  }

  @Test
  @Covers("S1")
  void churn_byManyThreads_losesNothing() throws Exception {
    int threads = 4;
    int each = 2_000;
    Registry<String> many =
        Registry.open("many", String.class, c -> c.onDuplicate(Duplicates.NUMBER));
    var added = new AtomicInteger();
    var removed = new AtomicInteger();
    many.listen((change, _, _) ->
        (change == RegistryListener.Change.ADDED ? added : removed).incrementAndGet());
    var barrier = new CyclicBarrier(threads);
    var running =
        IntStream.range(0, threads)
            .mapToObj(t ->
                Thread.ofPlatform()
                    .start(() -> {
                      try {
                        barrier.await();
                      } catch (Exception e) {
                        throw new IllegalStateException(e);
                      }
                      for (int i = 0; i < each; i++) {
                        String name = many.register("n" + i % 10, "x");
                        if (i % 2 == 0) {
                          assertThat(many.remove(name)).isTrue();
                        }
                      }
                    }))
            .toList();
    for (Thread thread : running) {
      thread.join();
    }
    assertThat(many.names()).hasSize(threads * each / 2);
    Awaitility.await()
        .until(() -> added.get() == threads * each && removed.get() == threads * each / 2);
  }
}
