package dev.carillon.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.lang.annotation.Annotation;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.testng.SkipException;
import org.testng.annotations.AfterClass;
import org.testng.annotations.AfterMethod;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.BeforeMethod;
import org.testng.annotations.Test;

/**
 * Runs a verification of the Reactive Streams TCK, which is written for TestNG, as tests of JUnit.
 *
 * <p>TestNG would report as skipped what the TCK cannot look at, its tests that are called {@code
 * untested}, and every optional test that did not pass. Here no test is skipped: the former are not
 * tests, and one of the latter fails unless its name is given, with the reason; then it fails if it
 * is not skipped any more.
 */
final class Tck {
  private Tck() {}

  /** {@return the tests of a verification, each of which has one of its own} */
  static Stream<DynamicTest> tests(
      Class<?> verification, Supplier<?> maker, Map<String, String> skipped) {
    Method[] tests =
        Arrays.stream(verification.getMethods())
            .filter(method -> method.isAnnotationPresent(Test.class))
            .filter(method -> !method.getName().startsWith("untested_"))
            .sorted(Comparator.comparing(Method::getName))
            .toArray(Method[]::new);
    assertThat(Arrays.stream(tests).map(Method::getName)).containsAll(skipped.keySet());
    return Arrays.stream(tests)
        .map(test ->
            dynamicTest(
                test.getName(), () -> run(maker.get(), test, skipped.containsKey(test.getName()))));
  }

  private static void run(Object verification, Method test, boolean isSkipped) throws Throwable {
    callAll(verification, BeforeClass.class);
    callAll(verification, BeforeMethod.class);
    boolean hasSkipped = false;
    try {
      call(verification, test);
    } catch (SkipException e) {
      if (!isSkipped) {
        throw new AssertionError("a test must not be skipped for no reason given", e);
      }
      hasSkipped = true;
    } finally {
      callAll(verification, AfterMethod.class);
      callAll(verification, AfterClass.class);
    }
    assertThat(hasSkipped).isEqualTo(isSkipped);
  }

  private static void callAll(Object verification, Class<? extends Annotation> when)
      throws Throwable {
    for (Method method : verification.getClass().getMethods()) {
      if (method.isAnnotationPresent(when)) {
        call(verification, method);
      }
    }
  }

  private static void call(Object verification, Method method) throws Throwable {
    method.setAccessible(true); // as the verifications are not public
    try {
      method.invoke(verification);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
