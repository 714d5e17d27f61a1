/** Holds the whole project to its rules. */
package dev.carillon.conformance;
