package dev.carillon.device;

import java.util.concurrent.atomic.LongAdder;

/** What has happened to the events and streams of some devices. */
final class Counts {
  private final LongAdder recorded = new LongAdder();
  private final LongAdder succeeded = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final LongAdder nativeWaits = new LongAdder();
  private final LongAdder gateWaits = new LongAdder();
  private final LongAdder blockingWaits = new LongAdder();
  private final LongAdder callbackFailures = new LongAdder();
  private final LongAdder finishedTwice = new LongAdder();
  private final LongAdder created = new LongAdder();

  void recorded() {
    recorded.increment();
  }

  void finished(boolean isWell, boolean wasRecorded) {
    if (!isWell) {
      failed.increment();
    } else if (wasRecorded) {
      succeeded.increment();
    }
  }

  void waits(WaitPath path) {
    switch (path) {
      case NONE -> {}
      case NATIVE -> nativeWaits.increment();
      case GATE -> gateWaits.increment();
      case BLOCKING -> blockingWaits.increment();
    }
  }

  void callbackFailed() {
    callbackFailures.increment();
  }

  void finishedTwice() {
    finishedTwice.increment();
  }

  void created() {
    created.increment();
  }

  DeviceStats stats(long watched) {
    return new DeviceStats(
        recorded.sum(),
        succeeded.sum(),
        failed.sum(),
        nativeWaits.sum(),
        gateWaits.sum(),
        blockingWaits.sum(),
        callbackFailures.sum(),
        finishedTwice.sum(),
        watched,
        created.sum());
  }
}
