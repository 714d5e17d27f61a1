package dev.carillon.event;

import org.jspecify.annotations.Nullable;

/** A merge that is decided before all inputs are complete: fail-fast, any, or k of n. */
final class Quorum {
  /*
   * The output is triggered with the k-th triggered input, and poisoned with the first poison that
   * leaves fewer than k inputs to hope for. Fail-fast is k = n; any is k = 1. When the output
   * completes, whoever did it, the votes are taken off the inputs that are still pending, so a
   * long-lived input keeps nothing of the merges it once was in.
   */
  private final EventCore core;
  private final long output;
  private final int needed;
  private final long[] inputs;
  private final long[] registrations;

  // guarded by this
  private final MergeFailures failures = new MergeFailures();
  private int triggered;
  private int poisoned;
  private boolean decided;
  private boolean attached;
  private boolean ended;

  private Quorum(EventCore core, long output, int needed, long[] inputs) {
    this.core = core;
    this.output = output;
    this.needed = needed;
    this.inputs = inputs.clone();
    this.registrations = new long[inputs.length];
  }

  /** {@return a new event that is triggered once that many inputs are} */
  static long create(EventCore core, int needed, long... inputs) {
    if (inputs.length == 0) {
      throw new IllegalArgumentException("a merge needs at least one input: inputs=0");
    }
    if (needed < 1 || needed > inputs.length) {
      throw new IllegalArgumentException(
          "a quorum must be 1 to the number of inputs: k=%d inputs=%d"
              .formatted(needed, inputs.length));
    }
    for (long input : inputs) {
      core.status(input);
    }
    var quorum =
        new Quorum(core, core.create(core.takeSlot(true), SlotTable.PENDING), needed, inputs);
    quorum.attach();
    return quorum.output;
  }

  private void attach() {
    core.listen(output, (Housekeeping) _ -> end());
    for (int i = 0; i < inputs.length; i++) {
      registrations[i] = core.listen(inputs[i], new Vote(this, i));
    }
    synchronized (this) {
      attached = true;
      if (!ended) {
        return;
      }
    }
    detach();
  }

  private void vote(int input, @Nullable Poison poison) {
    Poison failed = null;
    synchronized (this) {
      if (decided) {
        return;
      }
      if (poison == null) {
        decided = ++triggered == needed;
      } else {
        failures.add(input, poison);
        decided = ++poisoned > inputs.length - needed;
        if (decided) {
          failed =
              failures.toPoison(
                  core.handle(output), core.nameOf(output), inputs.length, core.now());
        }
      }
      if (!decided) {
        return;
      }
    }
    if (failed == null) {
      core.tryTrigger(output);
    } else {
      core.tryPoison(output, failed);
    }
  }

  private void end() {
    synchronized (this) {
      decided = true;
      ended = true;
      if (!attached) {
        return;
      }
    }
    detach();
  }

  private void detach() {
    for (int i = 0; i < inputs.length; i++) {
      core.remove(inputs[i], registrations[i]);
    }
  }

  /** An input's part in a quorum. */
  record Vote(Quorum quorum, int input) implements CompletionListener {
    @Override
    public void completed(@Nullable Poison poison) {
      quorum.vote(input, poison);
    }

    @Override
    public EventHandle completes() {
      return quorum.core.handle(quorum.output);
    }

    @Override
    public String toString() {
      return quorum.needed + " of " + quorum.inputs.length;
    }
  }
}
