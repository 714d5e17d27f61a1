package dev.carillon.function;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.build.Covers;
import java.io.IOException;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Functions by name. */
class FunctionsTest {

  /** Functions to register. */
  static final class Reports {
    static String make(String title, int year) throws IOException {
      if (year < 0) {
        throw new IOException("no such year: " + year);
      }
      return title + " " + year;
    }

    static CompletionStage<String> later(String title) {
      return CompletableFuture.completedStage(title);
    }
  }

  private final Functions functions = Functions.open("jobs");
  private final Bound<String> make = Bound.of(Reports::make);

  @Test
  @Covers("S9")
  void register_severalBindingsOfOneMethod_areFoundByNameAndByMethod() throws Exception {
    functions.register(make.bind("year", 2026).named("this-year"));
    functions.register(make.bind("year", 2025).named("last-year"));
    functions.register(make);
    assertThat(functions.names()).containsExactly("last-year", "make", "this-year");
    assertThat(functions.require("last-year", String.class).call("draft")).isEqualTo("draft 2025");
    var method = Reports.class.getDeclaredMethod("make", String.class, int.class);
    assertThat(functions.of(method))
        .extracting(Bindable::name)
        .containsExactly("last-year", "make", "this-year");
    assertThat(functions.of(Reports.class.getDeclaredMethod("later", String.class))).isEmpty();
  }

  @Test
  void register_aNameThatGetsANumber_isCalledSoEverywhere() {
    Functions numbered = Functions.open("jobs", c -> c.onDuplicate(Duplicates.NUMBER));
    numbered.register(make);
    assertThat(numbered.register(make).name()).isEqualTo("make-2");
    assertThat(numbered.require("make-2").name()).isEqualTo("make-2");
  }

  @Test
  @Covers("S10")
  void onFirstCall_isRegisteredWithWhatItHad_whenItIsCalled() throws Exception {
    Bound<String> lazy = functions.onFirstCall(make.bind("year", 2026));
    assertThat(functions.names()).isEmpty();
    assertThat(lazy.bind("title", "t").call()).isEqualTo("t 2026");
    assertThat(lazy.call("u")).isEqualTo("u 2026");
    assertThat(functions.names()).containsExactly("make");
    assertThat(functions.require("make").arguments()).containsOnlyKeys("year");
    assertThat(functions.stats("make").calls()).isEqualTo(2);
  }

  @Test
  void onFirstCall_whenTheNameIsTaken_failsThatCall() {
    functions.register(make);
    Bound<String> lazy = functions.onFirstCall(make.bind("year", 1));
    assertThatThrownBy(() -> lazy.call("t"))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining("registered once");
  }

  @Test
  @Covers("S10")
  void onFirstCall_ofAReferenceMadeTwice_registersItOnce() throws Exception {
    assertThat(functions.onFirstCall(Bound.of(Reports::make)).callWith("a", 1)).isEqualTo("a 1");
    assertThat(functions.onFirstCall(Bound.of(Reports::make)).callWith("b", 2)).isEqualTo("b 2");
    assertThat(functions.stats("make").calls()).isEqualTo(2);
    Bound<String> captured = Bound.of("a"::concat);
    assertThat(functions.onFirstCall(captured.named("add")).call("b")).isEqualTo("ab");
    Bound<String> other = functions.onFirstCall(Bound.of("b"::concat).named("add"));
    assertThatThrownBy(() -> other.call("b")).isInstanceOf(RegistryException.class);
    AsyncBound<String> otherForm =
        functions.onFirstCall(AsyncBound.of(Reports::later).named("make"));
    assertThatThrownBy(() -> otherForm.callWith("b")).isInstanceOf(RegistryException.class);
  }

  @Test
  void onFirstCall_whenTheNameIsTakenAndNumbered_getsOneNumber() throws Exception {
    Functions numbered = Functions.open("jobs", c -> c.onDuplicate(Duplicates.NUMBER));
    numbered.register(make.bind("year", 1));
    for (int i = 0; i < 3; i++) {
      numbered.onFirstCall(make).callWith("t", 2);
    }
    assertThat(numbered.names()).containsExactly("make", "make-2");
    assertThat(numbered.stats("make-2").calls()).isEqualTo(3);
    assertThat(numbered.require("make-2").name()).isEqualTo("make-2");
  }

  @Test
  void onFirstCall_whenAnotherScopeHasTheName_isRegisteredInItsOwn() throws Exception {
    for (Duplicates rule : Duplicates.values()) {
      Functions all = Functions.open("jobs", c -> c.onDuplicate(rule));
      all.register(make.bind("year", 1));
      Functions internal = all.at(Scope.INTERNAL);
      internal.onFirstCall(make).callWith("t", 2);
      internal.onFirstCall(make).callWith("t", 2);
      assertThat(internal.names()).as(rule.name()).containsExactly("make");
      assertThat(internal.stats("make").calls()).isEqualTo(2);
      assertThat(all.stats("make").calls()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource
  void onFirstCall_byManyThreadsAtOnce_registersOnceAndCountsAll(Duplicates rule) throws Exception {
    int threads = 4;
    try (var pool = Executors.newFixedThreadPool(threads)) {
      for (int round = 0; round < 300; round++) {
        Functions shared = Functions.open("jobs", c -> c.onDuplicate(rule));
        var barrier = new CyclicBarrier(threads);
        var calls = new ArrayList<Callable<String>>();
        for (int i = 0; i < threads; i++) {
          Bound<String> lazy = shared.onFirstCall(Bound.of(Reports::make));
          calls.add(() -> {
            barrier.await();
            return lazy.callWith("t", 1);
          });
        }
        for (Future<String> each : pool.invokeAll(calls)) {
          assertThat(each.get()).isEqualTo("t 1");
        }
        assertThat(shared.names()).containsExactly("make");
        assertThat(shared.stats("make").calls()).isEqualTo(threads);
      }
    }
  }

  @Test
  @Covers("S11")
  void registerAndCall_registersTheArgumentsToo() throws Exception {
    assertThat(functions.registerAndCall("q1", make.bindNext("Q1", 2026))).isEqualTo("Q1 2026");
    assertThat(functions.require("q1", String.class).call()).isEqualTo("Q1 2026");
    assertThatThrownBy(() -> functions.registerAndCall("q2", make.bindNext("Q2")))
        .isInstanceOf(BindingException.class)
        .hasMessageContaining("missing: year");
    assertThat(functions.names()).containsExactly("q1");
    assertThatThrownBy(() -> functions.registerAndCall("bad", make.bindNext("x", -1)))
        .isInstanceOf(IOException.class);
    assertThat(functions.names()).contains("bad");
  }

  @Test
  void stats_countCallsFailuresAndTime() throws Exception {
    Bound<String> counted = functions.register(make);
    counted.callWith("a", 1);
    functions.require("make", String.class).callWith("b", 2);
    assertThatThrownBy(() -> counted.callWith("c", -1)).isInstanceOf(IOException.class);
    CallStats stats = functions.stats("make");
    assertThat(stats.calls()).isEqualTo(3);
    assertThat(stats.failures()).isEqualTo(1);
    assertThat(stats.time()).isPositive().isGreaterThanOrEqualTo(stats.slowest());
    AsyncBound<String> later = functions.register(AsyncBound.of(Reports::later));
    later.callWith("x").toCompletableFuture().get();
    assertThat(functions.stats("later").calls()).isEqualTo(1);
  }

  @Test
  void require_anotherForm_resultOrName_saysWhich() {
    functions.register(make);
    functions.register(AsyncBound.of(Reports::later));
    assertThatThrownBy(() -> functions.require("later", String.class))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining("another form");
    assertThatThrownBy(() -> functions.require("make", Integer.class))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining("must return a java.lang.Integer")
        .hasMessageContaining("make(title: String, year: Integer): String");
    assertThatThrownBy(() -> functions.require("mkae"))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining("name=\"mkae\"");
    assertThatThrownBy(() -> functions.require("make2"))
        .hasMessageContaining("did you mean \"make\"?");
  }

  @Test
  void register_inAScope_isNotFoundFromTheOther() {
    functions.at(Scope.EXTERNAL).register(make);
    assertThat(functions.at(Scope.INTERNAL).names()).isEmpty();
    assertThat(functions.at(Scope.EXTERNAL).names()).containsExactly("make");
    assertThat(functions.at(Scope.EXTERNAL).remove("make")).isTrue();
    assertThat(functions.at(Scope.EXTERNAL).names()).isEmpty();
  }
}
