/**
 * Completion events: create, await, trigger, merge into precondition graphs, poison on failure.
 *
 * <p>An {@link dev.carillon.event.Event} completes once, from {@code PENDING} to {@code TRIGGERED}
 * or {@code POISONED}, and never goes back. An {@link dev.carillon.event.EventSystem} owns events;
 * an {@link dev.carillon.event.EventHandle} is a name for one that can be copied anywhere and
 * answers correctly for ever. {@link dev.carillon.event.RawEvents} is the same system on primitive
 * {@code long} handles, without garbage.
 *
 * {@snippet :
 * try (var events = EventSystem.create()) {
 *   Event weights = events.newEvent("weights");
 *   Event labels = events.newEvent("labels");
 *   Event ready = events.merge(weights, labels);
 *   Thread.startVirtualThread(weights::trigger);
 *   Thread.startVirtualThread(labels::trigger);
 *   ready.await();
 * }
 * }
 *
 * <p>Failure travels along the same edges: poison an input, and everything that was waiting for it
 * is poisoned with a {@link dev.carillon.event.Poison} that says what failed and which way it came.
 */
package dev.carillon.event;
