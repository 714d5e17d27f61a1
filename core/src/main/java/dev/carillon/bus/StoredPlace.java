package dev.carillon.bus;

import dev.carillon.spi.AppendListener;
import dev.carillon.spi.StoreException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Where in a stream of the store a message is kept, and whether that is proved. */
final class StoredPlace implements Place, AppendListener {
  /*
   * Before it is proved, the number is only known to be above the one that was the last before the
   * append, and not above the one that was the last after it. That is enough for nearly everybody:
   * who has to know more, as a replay ended just between the two, waits for the proof, which a store
   * gives, or fails, once.
   */
  private record Answer(long number, @Nullable StoreException failure) {}

  private final StoredLog log;
  private final long before; // the last number before the append
  private final CompletableFuture<Answer> answer = new CompletableFuture<>();

  // written by the appending thread, after the append
  private long most;
  private @Nullable Outcome refusal;

  StoredPlace(StoredLog log, long before) {
    this.log = log;
    this.before = before;
  }

  @Override
  public void completed(long first, long last, @Nullable StoreException failure) {
    answer.complete(new Answer(last, failure));
  }

  /** The append was accepted. */
  StoredPlace accepted(long last) {
    most = last;
    return this;
  }

  /** The append was not accepted. */
  StoredPlace refused(Outcome why) {
    refusal = why;
    return this;
  }

  @Override
  public HistoryLog log() {
    return log;
  }

  @Override
  public long most() {
    return most;
  }

  @Override
  public boolean isAfter(long number) {
    return before >= number || (most > number && answer.join().number() > number);
  }

  @Override
  public @Nullable Outcome refusal() {
    return refusal;
  }

  /** Has a delivery told what the store says. */
  void tell(LocalDelivery delivery) {
    if (answer.isDone()) {
      delivery.reportStored(log.outcome(answer.join().failure()));
      return;
    }
    CompletableFuture<Void> _ =
        answer.thenAccept(late -> delivery.reportStoredElsewhere(log.outcome(late.failure())));
  }
}
