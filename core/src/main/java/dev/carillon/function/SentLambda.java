package dev.carillon.function;

import java.lang.invoke.SerializedLambda;
import org.jspecify.annotations.Nullable;

/**
 * A lambda as a message has it: what {@link SerializedLambda} says, without what it captured.
 *
 * @param writtenIn name of the class that it is written in, as {@link Class#getName} gives it
 * @param build hash of that class
 * @param leadsTo hash of the class that a method reference leads to; null if that is compared with
 *     the other one or is the JDK's
 * @param fn internal name of the functional interface
 * @param fnMethod its method
 * @param fnType type of its method
 * @param kind how the method is called
 * @param owner internal name of the class that has the method
 * @param method what is called
 * @param type of the method
 * @param madeType type of the functional interface's method, as it is used
 * @param captured how many values it captured
 */
record SentLambda(
    String writtenIn,
    String build,
    @Nullable String leadsTo,
    String fn,
    String fnMethod,
    String fnType,
    int kind,
    String owner,
    String method,
    String type,
    String madeType,
    int captured) {

  SerializedLambda form(Class<?> capturing, @Nullable Object[] values) {
    return new SerializedLambda(
        capturing, fn, fnMethod, fnType, kind, owner, method, type, madeType, values);
  }
}
