/** Examples that are compiled and run, so that the documents that quote them stay true. */
package dev.carillon.examples;
