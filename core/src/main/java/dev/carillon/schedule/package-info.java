/**
 * When work is done: schedules, and what runs by them.
 *
 * <p>A {@link dev.carillon.schedule.Schedule} is a value that says when something repeats; a {@link
 * dev.carillon.schedule.Cron} expression is one way to say so.
 */
package dev.carillon.schedule;
