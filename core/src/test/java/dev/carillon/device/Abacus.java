package dev.carillon.device;

import dev.carillon.spi.DeviceDriver;
import dev.carillon.spi.DeviceException;
import dev.carillon.spi.DeviceFunctions;
import dev.carillon.spi.DeviceInfo;
import dev.carillon.spi.DeviceKind;
import dev.carillon.spi.DeviceProvider;
import dev.carillon.spi.DriverStatus;
import dev.carillon.spi.StreamOptions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** A kind of device that nobody else has: its streams go on when they are told to. */
final class Abacus implements DeviceProvider, DeviceDriver<Abacus.Rod, Abacus.Bead> {
  static final DeviceKind KIND = new DeviceKind("abacus");

  /** A stream: beads that are reached one after another. */
  static final class Rod {
    private final ArrayDeque<Bead> beads = new ArrayDeque<>(); // guarded by this
    private boolean isBroken; // guarded by this

    /** Reaches the next bead. */
    synchronized void push() {
      beads.removeFirst().status = isBroken ? DriverStatus.FAILED : DriverStatus.COMPLETE;
    }

    synchronized void crack() {
      isBroken = true;
    }

    synchronized void add(Bead bead) {
      beads.addLast(bead);
    }
  }

  /** An event. */
  static final class Bead {
    volatile DriverStatus status = DriverStatus.PENDING;
    volatile boolean isReleased;
    volatile int resets;
  }

  final List<String> calls = Collections.synchronizedList(new ArrayList<>());
  final AtomicInteger open = new AtomicInteger(); // beads that were created and not released
  volatile boolean isStuck; // streams are not closed
  private final DeviceFunctions<Rod, Bead> functions;

  Abacus() {
    functions = DeviceFunctions.of(this::create, this::record, this::query);
  }

  private Bead create(int device, boolean isTimed) {
    calls.add("create");
    open.incrementAndGet();
    return new Bead();
  }

  private void record(Bead bead, Rod rod) {
    check(bead);
    calls.add("record");
    rod.add(bead);
  }

  private DriverStatus query(Bead bead) {
    check(bead);
    return bead.status;
  }

  void release(Bead bead) {
    check(bead);
    bead.isReleased = true;
    open.decrementAndGet();
  }

  void reset(Bead bead) {
    check(bead);
    if (bead.status == DriverStatus.PENDING) {
      throw new DeviceException("a bead that is pending was reset");
    }
    bead.status = DriverStatus.PENDING;
    bead.resets++;
  }

  private static void check(Bead bead) {
    if (bead.isReleased) {
      throw new IllegalStateException("used after it was released");
    }
  }

  @Override
  public DeviceKind kind() {
    return KIND;
  }

  @Override
  public DeviceDriver<?, ?> open() {
    return this;
  }

  @Override
  public String version() {
    return "abacus 1";
  }

  @Override
  public List<DeviceInfo> devices() {
    return List.of(new DeviceInfo(KIND, 0, "wooden", 10, Map.of()));
  }

  @Override
  public DeviceFunctions<Rod, Bead> functions() {
    return functions;
  }

  @Override
  public Rod openStream(int device, StreamOptions options) {
    return new Rod();
  }

  @Override
  public void closeStream(Rod stream) {
    calls.add("closeStream");
    if (isStuck) {
      throw new DeviceException("the rod is stuck");
    }
  }

  @Override
  public Object device(int device) {
    return this;
  }

  @Override
  public void renew(int device) {
    calls.add("renew");
  }

  @Override
  public void close() {
    calls.add("close");
  }
}
