package dev.carillon.bus;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Answers equal requests with the answer that was found for the first of them. */
final class CachingResponder<Q, A> implements Responder<Q, A> {
  /*
   * The answer used longest ago goes first. An answer is found without the lock; so two equal
   * requests at once may both be answered anew, and the later answer is kept. How old an answer is,
   * the times of the messages tell, which are by the clock of the bus.
   */
  private record Known<A>(A answer, Instant since) {}

  private final Responder<Q, A> responder;
  private final int most;
  private final Duration age;

  private final Object lock = new Object();
  // guarded by lock
  private final LinkedHashMap<Q, Known<A>> answers = new LinkedHashMap<>(16, 0.75f, true);

  CachingResponder(Responder<Q, A> responder, int most, Duration age) {
    this.responder = Objects.requireNonNull(responder, "responder");
    Checks.range("most", most, 1, 1 << 24);
    Checks.positive("age", age);
    this.most = most;
    this.age = age;
  }

  @Override
  public A answer(Message<Q> request) throws Exception {
    Instant now = request.time();
    Known<A> known = known(request.payload());
    if (known != null && now.isBefore(known.since.plus(age))) {
      return known.answer;
    }
    A answer = responder.answer(request);
    keep(request.payload(), new Known<>(answer, now));
    return answer;
  }

  private @Nullable Known<A> known(Q question) {
    synchronized (lock) {
      return answers.get(question);
    }
  }

  private void keep(Q question, Known<A> known) {
    synchronized (lock) {
      answers.put(question, known);
      if (answers.size() > most) {
        answers.pollFirstEntry();
      }
    }
  }
}
