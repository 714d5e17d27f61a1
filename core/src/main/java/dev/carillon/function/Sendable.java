package dev.carillon.function;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a class whose lambdas and method references a {@link FunctionCodec} may send: those that
 * are written in the class itself, as one of {@link Fn0} to {@link Fn5}, but not those in its
 * nested classes, subclasses or anonymous classes.
 *
 * <p>The mark is a promise about the class: each of these functions may be called with any values
 * in place of what it captured, as bytes from outside may say so.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Sendable {}
