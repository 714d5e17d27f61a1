/** Helps to test code that uses Carillon. */
package dev.carillon.testkit;
