package dev.carillon.processor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Covers;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is wrong is told where it is. */
class ErrorTest {
  private static final String HEAD =
      "import dev.carillon.function.*; import java.time.*; import java.util.*; ";

  @TempDir Path directory;

  /** In each line the class, and a part of the error at the line with the arrow. */
  @ParameterizedTest
  @Covers("S8")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '#',
      value = {
        "class A {/ @Registered private static void a() {}} | must not be private: A.a()",
        "class A {/ @Registered private A() {}} | must not be private: A.A()",
        "class A {private static class B { @Registered static void a() {}}} | must not be private: A.B",
        "class A {/ class B {@Registered B() {}}} | must not be an inner one; make it static: A.B",
        "abstract class A {/ @Registered A() {}} | must make an object",
        "enum A { B;/ @Registered A() {}} | must make an object",
        "/ @Registered class A {} | is for records",
        "class A {@Registered void a() {}/ @Registered void a(int i) {}} | is that of A.a()",
        "class A {@Registered(name = `n`) void a() {}/ @Registered(name = `n`) void b() {}}"
            + " | name=\"n\" is that of A.a()",
        "class A {/ @Registered(name = ` `) void a() {}} | 1 to 200 characters",
        "class A {/ @Registered(name = `a\\tb`) void a() {}} | none a control character",
        "class A {/ @Registered(scope = {Scope.GLOBAL, Scope.INTERNAL}) void a() {}}"
            + " | in one scope at the most",
        "class A {/ @Registered void a() throws Throwable {}} | exceptions and errors only",
        "class A {/ @Registered void a(int self) {}} | \"self\" is the receiver",
        "class A {private record P() {}/ @Registered static void a(List<P> p) {}}"
            + " | a parameter's type must not be private: A.P",
        "class A {private record P() {}/ @Registered static P[] a() { return null; }}"
            + " | the result's type must not be private: A.P",
        "class A {@Registered void a(/ @Default(`x`) int i) {}}"
            + " | @Default does not fit parameter \"i\": it must be a value of type int: value=\"x\"",
        "class A {@Registered void a(/ @Default(`300`) byte i) {}} | must be a value of type byte",
        "class A {@Registered void a(/ @Default(`yes`) boolean i) {}} | a value of type boolean",
        "class A {@Registered void a(/ @Default(`ab`) char i) {}} | must be a value of type char",
        "class A {@Registered void a(/ @Default(`5s`) Duration i) {}} | of type java.time.Duration",
        "class A {enum E {X, Y} @Registered void a(/ @Default(`Z`) E i) {}}"
            + " | it must be one of X, Y: value=\"Z\"",
        "class A {@Registered void a(/ @Default(`x`) Object i) {}} | only a primitive type",
        "class A {@Registered void a(/ @Default(`1`) int[] i) {}} | only a primitive type",
        "class A {@Registered void a(/ @Default(`1`) int... i) {}} | is none by default",
        "class A {void a(/ @Default(`1`) int i) {}} | @Default has no use",
        "class AFunctions {}/ class A { @Registered void a() {}} | which is there already",
      })
  void compile_againstTheRules_failsWithThePlaceAndTheRule(String source, String error) {
    // A slash stands for the end of a line, so that the error is on the last one.
    String lines = (HEAD + source).replace("/ ", "\n").replace('`', '"');
    Compilation failed = Compilation.process(directory, Map.of("A", lines));
    int line = Math.max(1, (int) lines.lines().count());
    assertThat(failed.succeeded()).isFalse();
    assertThat(failed.messages())
        .anySatisfy(each -> assertThat(each).startsWith(line + ": ").contains(error));
    assertThat(failed.generated()).isEmpty();
  }
}
