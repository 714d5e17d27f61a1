/**
 * Helps to test code that uses Carillon: time that moves when told ({@link
 * dev.carillon.testkit.VirtualClock}), assertions on events ({@link
 * dev.carillon.testkit.CarillonAssertions}), a bus that remembers what is published and is given
 * simulated messages ({@link dev.carillon.testkit.RecordedBus}), event systems joined in memory
 * ({@link dev.carillon.testkit.InMemoryRemoteEvents}), and what every way of joining them has to
 * keep ({@link dev.carillon.testkit.RemoteEventsContract}).
 */
package dev.carillon.testkit;
