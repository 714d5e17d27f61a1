package dev.carillon.function;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.build.Covers;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

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
