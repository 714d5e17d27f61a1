package com.acme;

import dev.carillon.function.Default;
import dev.carillon.function.Registered;

/** A letter that is made by its only constructor. */
@Registered
record Letter(String to, @Default("2") byte pages) {
  Letter {
    if (pages < 0) {
      throw new IllegalArgumentException("pages must not be negative: pages=" + pages);
    }
  }

  @Registered(when = Registered.When.FIRST_CALL)
  String line(@Default("dear") String greeting) {
    return greeting + " " + to + ", " + pages;
  }
}
