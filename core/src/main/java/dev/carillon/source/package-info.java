/**
 * Sources: where messages come from that no program of ours publishes, such as files, timers,
 * sockets, requests, other processes and signals.
 *
 * <p>A {@link dev.carillon.source.SourceKind} says how to take something in; {@link
 * dev.carillon.source.Source#open} joins it to an {@link dev.carillon.source.Outlet}, which says
 * where that goes: to a topic of a bus, to a handler, or to a promise. The source between them
 * bounds what is under way, starts again what fails, remembers the position, and tells how it is.
 */
package dev.carillon.source;
