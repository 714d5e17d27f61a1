package dev.carillon.bench;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The name under which tables show what a benchmark method measures. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@interface Subject {

  /** {@return the name} */
  String value();
}
