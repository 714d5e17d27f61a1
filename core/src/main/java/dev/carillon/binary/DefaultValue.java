package dev.carillon.binary;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What a component of a record is in values that were written before the record had it. For
 * numbers, booleans, characters, texts and enums; {@link RecordOptions#withDefault} is for others.
 */
@Documented
@Target(ElementType.RECORD_COMPONENT)
@Retention(RetentionPolicy.RUNTIME)
public @interface DefaultValue {
  /** {@return the value as Java would print it: {@code 5}, {@code true}, the name of a constant} */
  String value();
}
