/** What the build and the tests need: seeded properties and the list of requirements. */
package dev.carillon.build;
