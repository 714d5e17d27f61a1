/**
 * Functions as values: bound to arguments by name or position, named, registered, and found again.
 *
 * <p>{@link dev.carillon.function.Bound#of} makes a value of any method or lambda. Binding an
 * argument gives another value, and what is wrong about an argument is said when it is bound, with
 * all that is expected.
 */
package dev.carillon.function;
