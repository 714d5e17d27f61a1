package dev.carillon.function;

import java.time.Duration;

/**
 * Something that runs, and can be brought to rest for as long as it takes to write it down: an
 * object with threads of its own, say. It may then be an argument of a function that is sent, where
 * {@link FunctionCodecConfig#restoring} tells how it is made anew on the other side.
 *
 * <p>Inside records and other objects it may be where the codec itself knows its class, as one that
 * is written as another, say: the codec then reads it while it rests, and makes one that rests,
 * which is told to {@code resume} after that.
 *
 * <p>To be safe for use by any thread. Several functions may be sent at once, and each brings it to
 * rest: it rests until {@code resume} was called as often as {@code quiesce}.
 *
 * @param <S> type of what is written: a value that a codec knows, without running parts
 */
public interface Quiescent<S> {

  /**
   * Comes to rest: signals what runs, waits until nothing does, and gathers what there is.
   *
   * @param within how long this may take; the thread is interrupted if it takes longer, and the
   *     function is not sent
   * @return what {@linkplain FunctionCodecConfig#restoring restoring} needs to go on from here; it
   *     must not change until {@code resume}
   * @throws Exception if it cannot come to rest
   */
  S quiesce(Duration within) throws Exception;

  /**
   * Runs on. Called once after each {@code quiesce}, whether that returned or failed, and once when
   * it has been restored.
   */
  void resume();
}
