package dev.carillon.device;

/**
 * What has happened to the events and streams of some devices so far.
 *
 * @param recorded how many events were recorded
 * @param succeeded how many recorded events are known to have succeeded
 * @param failed how many events have failed
 * @param nativeWaits how often a stream was told to wait by its driver
 * @param gateWaits how often a stream was told to wait by a gate
 * @param blockingWaits how often a thread was blocked to have a stream wait
 * @param callbackFailures how many callbacks have thrown something
 * @param finishedTwice how often an event that had failed was said to have finished once more
 * @param watched how many events are watched for their end now
 * @param created how many events were asked of drivers; those that are used again are not counted
 */
public record DeviceStats(
    long recorded,
    long succeeded,
    long failed,
    long nativeWaits,
    long gateWaits,
    long blockingWaits,
    long callbackFailures,
    long finishedTwice,
    long watched,
    long created) {}
