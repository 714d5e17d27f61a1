package dev.carillon.bus;

/**
 * What a bus has done; read one after another as it goes on, so sums may be off by what is under
 * way.
 *
 * @param published messages published, without the bus's own
 * @param unheard of them, those without a subscription
 * @param refused messages that were not published: the bus was disabled, or they went in circles
 * @param swallowed messages that a middleware kept from all subscriptions
 * @param notStored messages that a store did not keep, or did not prove to keep
 * @param unreadable messages that were kept in a store and could not be read
 * @param collected subscriptions closed because the object they acted for was gone
 * @param subscriptions open now
 * @param emitters open now
 */
public record BusStats(
    long published,
    long unheard,
    long refused,
    long swallowed,
    long notStored,
    long unreadable,
    long collected,
    int subscriptions,
    int emitters) {}
