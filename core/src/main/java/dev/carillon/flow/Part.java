package dev.carillon.flow;

import dev.carillon.function.Fn1;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * What a part does and how it is run, apart from any cycle: to be {@linkplain Branch#add added} to
 * several, or to be registered.
 *
 * {@snippet :
 * Part<String, Page> fetch =
 *     Part.of("fetch", client::get).with(p -> p.within(ofSeconds(2)).onError(OnError.skip()));
 * }
 *
 * @param name its name in the cycles that it is added to
 * @param work what it does
 * @param settings says how it is run
 * @param <A> type of its input
 * @param <R> type of its value
 */
public record Part<A, R>(
    String name, Fn1<? super A, ? extends R> work, Consumer<? super Out<R>> settings)
    implements Placeable {

  /** Checks the fields. */
  public Part {
    Objects.requireNonNull(work, "work");
    Objects.requireNonNull(settings, "settings");
    PartNames.check(name);
  }

  /**
   * {@return a part with the default settings}
   *
   * @param name its name, without {@code /}
   * @param work what it does
   * @param <A> type of its input
   * @param <R> type of its value
   */
  public static <A, R> Part<A, R> of(String name, Fn1<? super A, ? extends R> work) {
    return new Part<>(name, work, _ -> {});
  }

  /**
   * {@return this part, run in another way}
   *
   * @param more called after the settings that there are
   */
  public Part<A, R> with(Consumer<? super Out<R>> more) {
    Objects.requireNonNull(more, "more");
    return new Part<>(
        name,
        work,
        out -> {
          settings.accept(out);
          more.accept(out);
        });
  }

  /**
   * {@return this part with another name}
   *
   * @param newName its name, without {@code /}
   */
  public Part<A, R> named(String newName) {
    return new Part<>(newName, work, settings);
  }
}
