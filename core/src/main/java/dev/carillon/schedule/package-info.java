/**
 * The scheduler: who runs next, where and when; and the gates around any work.
 *
 * <p>A {@link dev.carillon.schedule.Gate} is asked before an attempt and is told how the attempt
 * ended: {@link dev.carillon.schedule.CircuitBreaker}, {@link dev.carillon.schedule.RateLimiter}
 * and {@link dev.carillon.schedule.Bulkhead} are gates, and so may be a class of a user's. A {@link
 * dev.carillon.schedule.Retry} says whether a failed attempt is followed by another. Each works
 * alone too, around any call, without a scheduler and without a thread of its own.
 */
package dev.carillon.schedule;
