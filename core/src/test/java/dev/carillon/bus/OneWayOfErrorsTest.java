package dev.carillon.bus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.CapturedLog;
import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Whatever fails, on whatever path, is counted, told and logged in the same way. */
class OneWayOfErrorsTest {
  private static final Topic<Integer> NUMBERS = Topic.of("numbers", Integer.class);

  private final IOException failure = new IOException("broken");
  private final MessageHandler<Integer> broken =
      m -> {
        throw failure;
      };

  @TestFactory
  @Covers("W8")
  Stream<DynamicTest> failure_onEveryPath_isLoggedCountedAndToldAlike() {
    return paths(null, null).keySet().stream()
        .map(path -> DynamicTest.dynamicTest(path, () -> check(path)));
  }

  private void check(String path) throws Exception {
    try (var log = new CapturedLog("dev.carillon.bus");
        var executor = Executors.newSingleThreadExecutor();
        var bus = Bus.open()) {
      Subscription subscription = paths(bus, executor).get(path).get();
      Delivery delivery = bus.publish(NUMBERS, 1);
      Patience.until("it is over", delivery::isDone);
      assertThat(delivery.outcomes())
          .containsExactly(new Outcome.Failed(subscription.name(), failure, false));
      assertThat(subscription.stats().failed()).isEqualTo(1);
      assertThat(subscription.stats().handled()).isZero();
      assertThat(log.origins()).containsExactly("WARNING dev.carillon.bus");
      assertThat(log.messages().getFirst())
          .startsWith("subscription \"%s\" failed to handle message ".formatted(path))
          .endsWith(" on \"numbers\"");
      assertThat(log.thrown()).containsExactly(failure);
    }
  }

  /** The ways on which a message comes to a handler: they subscribe, under their own names. */
  private Map<String, Supplier<Subscription>> paths(Bus bus, ExecutorService executor) {
    Map<String, Supplier<Subscription>> paths = new LinkedHashMap<>();
    paths.put("direct", () -> bus.subscribe(NUMBERS, broken, s -> s.named("direct").direct()));
    paths.put("lane", () -> bus.subscribe(NUMBERS, broken, s -> s.named("lane")));
    paths.put(
        "concurrent",
        () -> bus.subscribe(NUMBERS, broken, s -> s.named("concurrent").concurrent(2)));
    paths.put(
        "keyed",
        () -> bus.subscribe(NUMBERS, broken, s -> s.named("keyed").orderedBy(Message::payload, 2)));
    paths.put(
        "executor", () -> bus.subscribe(NUMBERS, broken, s -> s.named("executor").on(executor)));
    paths.put(
        "executor, concurrent",
        () ->
            bus.subscribe(
                NUMBERS, broken, s -> s.named("executor, concurrent").concurrent(2).on(executor)));
    paths.put(
        "stage",
        () ->
            bus.subscribeAsync(
                NUMBERS.pattern(),
                Integer.class,
                m -> CompletableFuture.failedFuture(failure),
                s -> s.named("stage")));
    paths.put(
        "weak",
        () ->
            bus.subscribeWeakly(
                NUMBERS, this, (owner, m) -> owner.broken.handle(m), s -> s.named("weak")));
    paths.put(
        "responder",
        () ->
            bus.respond(
                NUMBERS,
                m -> {
                  throw failure;
                },
                s -> s.named("responder")));
    paths.put(
        "middleware",
        () -> {
          bus.useOnDelivery(
              TopicPattern.of(">"),
              (m, next) -> {
                throw failure;
              });
          return bus.subscribe(NUMBERS, m -> {}, s -> s.named("middleware"));
        });
    paths.put(
        "limited",
        () ->
            bus.subscribe(
                NUMBERS, broken, s -> s.named("limited").timeout(Duration.ofMinutes(1)).high()));
    return paths;
  }
}
