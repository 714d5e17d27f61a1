package dev.carillon.build;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Names the requirements, by their ids in {@code docs/requirements.md}, that a test shows. */
@Retention(RetentionPolicy.CLASS)
@Target({ElementType.METHOD, ElementType.TYPE})
public @interface Covers {
  /** The ids of the requirements, for example {@code "V6"}. */
  String[] value();
}
