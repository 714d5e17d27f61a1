package dev.carillon.function;

import java.io.Serializable;

/**
 * A lambda or method reference that can be bound. Serializable, as that is how the JDK tells which
 * method a reference stands for, and so what its parameters are called; nothing is serialized for
 * that.
 */
public sealed interface Fn extends Serializable permits Fn0, Fn1, Fn2, Fn3, Fn4, Fn5 {}
