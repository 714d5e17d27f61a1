package dev.carillon.function;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.build.Covers;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Functions whose parameters are stated. */
class DeclarationTest {

  /** What the declarations stand for. */
  static final class Letter {
    private final String text;

    Letter(String text) {
      this.text = text;
    }

    static String of(Letter self, String more) {
      return "static " + self.text + more;
    }

    String of(String more) {
      return text + more;
    }
  }

  private static final Declaration AREA =
      Declaration.function(Integer.class)
          .parameter("width", int.class)
          .parameter("height", int.class, 1);

  @Test
  @Covers({"S6", "S8", "S12"})
  void bound_ofALambda_hasTheNamesItWasGiven() throws Exception {
    Bound<Integer> area = AREA.bound("area", a -> (int) a[0] * (int) a[1]);
    assertThat(area).hasToString("area(width: int, height: int = 1)");
    assertThat(area.bind("width", 6).call()).isEqualTo(6);
    assertThat(area.bind("height", 7).call(6)).isEqualTo(42);
    assertThat(area.method()).isEmpty();
    assertThatThrownBy(() -> area.bind("width", "six"))
        .isInstanceOf(BindingException.class)
        .hasMessageContaining("\"width\" must be of type int");
  }

  @Test
  void bound_takesAnyNumberOfParameters() throws Exception {
    Declaration seven = Declaration.function(String.class);
    for (int i = 0; i < 7; i++) {
      seven = seven.parameter("p" + i, int.class, i);
    }
    Bound<String> sum = seven.bound("sum", a -> Stream.of(a).map(String::valueOf).toList() + "");
    assertThat(sum.bind("p3", 9).call()).isEqualTo("[0, 1, 2, 9, 4, 5, 6]");
  }

  @Test
  void bound_ofAMethod_isFoundByThatMethod() throws Exception {
    Bound<String> more =
        Declaration.instanceMethod(Letter.class, "of", String.class)
            .parameter("more", String.class)
            .bound("more", a -> ((Letter) a[0]).of((String) a[1]));
    assertThat(more.method()).contains(Letter.class.getDeclaredMethod("of", String.class));
    assertThat(more.bind("self", new Letter("a")).call("b")).isEqualTo("ab");
    Bound<String> other =
        Declaration.method(Letter.class, "of", String.class)
            .parameter("self", Letter.class)
            .parameter("more", String.class)
            .bound("other", a -> Letter.of((Letter) a[0], (String) a[1]));
    assertThat(other.callWith(new Letter("a"), "b")).isEqualTo("static ab");
    Functions functions = Functions.open("letters");
    functions.register(more);
    functions.register(other);
    assertThat(functions.of(Letter.class.getDeclaredMethod("of", Letter.class, String.class)))
        .extracting(Bindable::name)
        .containsExactly("other");
    Bound<Letter> made =
        Declaration.constructor(Letter.class)
            .parameter("text", String.class)
            .bound("Letter.new", a -> new Letter((String) a[0]));
    assertThat(made.call("x").text).isEqualTo("x");
    assertThat(made.signature()).hasToString("new Letter(text: String): Letter");
  }

  @Test
  void bound_ofNoMethod_saysWhatIsMissing() {
    Declaration none = Declaration.method(Letter.class, "off", String.class);
    assertThatThrownBy(() -> none.bound("off", _ -> null))
        .isInstanceOf(BindingException.class)
        .hasMessageContaining("Letter has no off(): String");
  }

  @Test
  @Covers("S12")
  void forms_areThoseOfTheirResults() throws Exception {
    AsyncBound<Integer> later =
        AREA.async("later", a -> CompletableFuture.completedStage((int) a[0]));
    assertThat(later.callWith(5).toCompletableFuture()).isCompletedWithValue(5);
    Generator<Integer> streamed = AREA.generator("all", a -> Stream.of((int) a[0], (int) a[1]));
    assertThat(streamed.callWith(5)).containsExactly(5, 1);
    Generator<Integer> iterated =
        AREA.generator("all", a -> List.of((int) a[0], (int) a[1]).iterator());
    assertThat(iterated.callWith(5, 2)).containsExactly(5, 2);
  }

  @Test
  void parameter_againstTheRules_isRefused() {
    assertThatThrownBy(() -> AREA.parameter("width", int.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("\"width\" is there already");
    assertThatThrownBy(() -> AREA.parameter(" ", int.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("must not be blank");
    assertThatThrownBy(() -> AREA.parameter("nothing", void.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cannot be void");
    assertThatThrownBy(() -> AREA.parameter("depth", int.class, "one"))
        .isInstanceOf(BindingException.class)
        .hasMessageContaining("\"depth\" must be of type int: value=one");
    assertThatThrownBy(() -> AREA.variable("more", int.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("needs an array type");
    assertThatThrownBy(() -> AREA.variable("more", int[].class).parameter("last", int.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("\"last\" comes after \"more\"");
  }

  @Test
  void variable_takesWhatIsLeft() throws Exception {
    Bound<Integer> count =
        AREA.variable("more", int[].class).bound("count", a -> ((int[]) a[2]).length);
    assertThat(count.callWith(1, 2)).isZero();
    assertThat(count.callWith(1, 2, 3, 4)).isEqualTo(2);
  }

  @Test
  @Covers("S10")
  void onFirstCall_ofOneFunctionTwice_registersItOnceAndCountsBoth() throws Exception {
    Functions functions = Functions.open("areas");
    Bound<Integer> area = AREA.bound("area", a -> (int) a[0] * (int) a[1]);
    Bound<Integer> one = functions.onFirstCall(area);
    Bound<Integer> two = functions.onFirstCall(area);
    assertThat(one.call(2)).isEqualTo(2);
    assertThat(two.bind("height", 4).call(2)).isEqualTo(8);
    functions.require("area", Integer.class).call(3);
    assertThat(functions.stats("area").calls()).isEqualTo(3);
    Bound<Integer> other = functions.onFirstCall(area.bind("height", 2));
    assertThatThrownBy(() -> other.call(1)).isInstanceOf(RegistryException.class);
  }
}
