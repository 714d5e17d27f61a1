/** JMH benchmarks of Carillon beside its peers. */
package dev.carillon.bench;
