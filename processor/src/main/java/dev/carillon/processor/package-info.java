/** The annotation processor for {@code @Registered}: for compilers, not for code. */
package dev.carillon.processor;
