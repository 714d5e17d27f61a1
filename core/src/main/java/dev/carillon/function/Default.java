package dev.carillon.function;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Gives a parameter of a {@link Registered} function a value for calls that do not.
 *
 * <p>The parameter must be of a primitive type or its class, a {@link String}, an enum or a {@link
 * java.time.Duration}. Whether the text is a value of that type is checked when it is compiled.
 */
@Documented
@Retention(RetentionPolicy.SOURCE)
@Target(ElementType.PARAMETER)
public @interface Default {

  /** {@return the value as text: {@code "5"}, {@code "true"}, {@code "RED"}, {@code "PT5S"}} */
  String value();
}
