package dev.carillon.bus;

import dev.carillon.bus.BusExplanation.Route;
import dev.carillon.bus.BusExplanation.Subscriber;
import dev.carillon.bus.BusExplanation.UnderWay;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads out of a running bus who publishes, who hears it and what holds them up. */
final class BusExplainer {
  private static final int MOST = 1_000; // topics, subscriptions
  private static final int MOST_HINTS = 5;

  private final Publishing publishing;
  private final Collection<LocalSubscription<?>> subscriptions;
  private final Collection<LocalEmitter<?>> emitters;

  BusExplainer(
      Publishing publishing,
      Collection<LocalSubscription<?>> subscriptions,
      Collection<LocalEmitter<?>> emitters) {
    this.publishing = publishing;
    this.subscriptions = subscriptions;
    this.emitters = emitters;
  }

  BusExplanation explain(String name) {
    Map<String, List<String>> publishers = publishers();
    List<Route> routes =
        publishers.entrySet().stream()
            .limit(MOST)
            .map(each -> route(each.getKey(), null, each.getValue()))
            .toList();
    List<Subscriber> hearings =
        subscriptions.stream()
            .sorted(
                Comparator.<LocalSubscription<?>>comparingInt(s -> s.health().isGood() ? 1 : 0)
                    .thenComparingInt(s -> -s.queued())
                    .thenComparing(LocalSubscription::name))
            .limit(MOST)
            .map(this::hearing)
            .toList();
    int notShown = publishers.size() - routes.size() + subscriptions.size() - hearings.size();
    return new BusExplanation(
        name, publishing.isOpen(), publishing.isEnabled(), routes, hearings, Math.max(0, notShown));
  }

  Route explain(Topic<?> topic) {
    return route(topic.name(), topic, publishers().getOrDefault(topic.name(), List.of()));
  }

  private Map<String, List<String>> publishers() {
    var publishers = new TreeMap<String, List<String>>();
    for (LocalEmitter<?> each : emitters) {
      publishers
          .computeIfAbsent(each.topic().name(), _ -> new ArrayList<>())
          .add(describe(each.publisher()));
    }
    publishing
        .publishers()
        .forEach((topic, publisher) -> {
          if (!TopicNames.isReserved(topic)) {
            publishers.computeIfAbsent(topic, _ -> new ArrayList<>()).add(describe(publisher));
          }
        });
    return publishers;
  }

  private static String describe(Publisher publisher) {
    return "%s (%d)".formatted(publisher.id(), publisher.published());
  }

  // ── topics ──

  private Route route(String name, @Nullable Topic<?> topic, List<String> publishers) {
    TopicValues<LocalSubscription<?>> heard = publishing.find(name);
    var names = new ArrayList<String>();
    var hints = new ArrayList<String>();
    for (int i = 0; i < Math.min(heard.size(), MOST); i++) {
      LocalSubscription<?> each = heard.value(i);
      names.add(each.name());
      addHints(hints, each, topic);
    }
    if (!publishing.isEnabled()) {
      hints.add("the bus is disabled, and refuses all");
    }
    if (names.isEmpty()) {
      addNearMisses(hints, name);
    }
    return new Route(name, publishers, names, hints);
  }

  private static void addHints(
      List<String> hints, LocalSubscription<?> subscription, @Nullable Topic<?> topic) {
    String name = subscription.name();
    if (topic != null
        && !subscription.type().isAssignableFrom(topic.type())
        && !topic.type().isAssignableFrom(subscription.type())) {
      hints.add(
          "\"%s\" filters all of it: it wants %s, the topic is of %s"
              .formatted(name, subscription.type().getName(), topic.type().getName()));
    }
    switch (subscription.health()) {
      case PAUSED -> hints.add("\"%s\" is paused".formatted(name));
      case DISABLED -> hints.add("\"%s\" is disabled for failing too often".formatted(name));
      case STALLED -> hints.add("\"%s\" is stalled".formatted(name));
      case HEALTHY, CLOSED -> {}
    }
    Subscription.Stats stats = subscription.stats();
    if (stats.filtered() > 0 && stats.handled() == 0) {
      hints.add("\"%s\" has filtered all that came: %d".formatted(name, stats.filtered()));
    }
  }

  /** Adds subscriptions whose pattern is nearly one that matches. */
  private void addNearMisses(List<String> hints, String topic) {
    subscriptions.stream()
        .map(LocalSubscription::pattern)
        .map(TopicPattern::toString)
        .filter(pattern -> !TopicNames.isReserved(pattern) && isNear(pattern, topic))
        .distinct()
        .sorted()
        .limit(MOST_HINTS)
        .forEach(pattern -> hints.add("somebody hears " + pattern + ", which is not it"));
  }

  /** {@return whether a pattern matches but for capitals, or but for one of several tokens} */
  private static boolean isNear(String pattern, String topic) {
    List<String> wanted = tokens(pattern);
    List<String> given = tokens(topic);
    boolean isOpen = wanted.getLast().equals(">");
    int length = isOpen ? wanted.size() - 1 : wanted.size();
    if (isOpen ? given.size() <= length : given.size() != length) {
      return false;
    }
    int different = 0;
    for (int i = 0; i < length; i++) {
      boolean isSame = wanted.get(i).equals("*") || wanted.get(i).equals(given.get(i));
      different += isSame ? 0 : 1;
    }
    return different == 0 || (different == 1 && length > 1);
  }

  private static List<String> tokens(String name) {
    return Arrays.asList(name.toLowerCase(Locale.ROOT).split("\\."));
  }

  // ── subscriptions ──

  /** {@return what a subscription is at, a line for each message} */
  List<String> handling(LocalSubscription<?> each) {
    return each.calls().running().stream().map(this::handled).map(UnderWay::toString).toList();
  }

  private Subscriber hearing(LocalSubscription<?> each) {
    return new Subscriber(
        each.name(),
        each.pattern().toString(),
        each.type().getSimpleName(),
        each.owner(),
        form(each.options()),
        each.options().isDirect() ? 0 : each.options().capacity(),
        each.health(),
        each.stats(),
        each.calls().running().stream().map(this::handled).toList());
  }

  private static String form(SubscriptionOptions<?> options) {
    if (options.isDirect()) {
      return "direct";
    }
    String where = options.executor() == null ? "" : " on an executor";
    if (options.batchCount() > 0) {
      return "in batches of up to " + options.batchCount() + where;
    }
    if (options.key() != null) {
      return "ordered by a key, %d at once%s".formatted(options.concurrency(), where);
    }
    return (options.concurrency() == 1
            ? "one at a time"
            : "up to " + options.concurrency() + " at once")
        + where;
  }

  private UnderWay handled(Handling each) {
    Thread thread = each.thread();
    StackTraceElement[] stack = thread.getStackTrace();
    return new UnderWay(
        each.message().id().toString(),
        each.message().topic().name(),
        Duration.ofNanos(publishing.now() - each.since()),
        thread.getName().isEmpty() ? "virtual thread " + thread.threadId() : thread.getName(),
        place(stack),
        publishing.waits().awaitedBy(each));
  }

  /** {@return the frame that is most likely the handler's: the first that is nobody's library} */
  private static @Nullable String place(StackTraceElement[] stack) {
    for (StackTraceElement frame : stack) {
      String name = frame.getClassName();
      boolean isLibrary =
          name.startsWith("java.")
              || name.startsWith("jdk.")
              || name.startsWith("dev.carillon.event.")
              || name.startsWith("dev.carillon.schedule.");
      if (!isLibrary) {
        return frame.toString();
      }
    }
    return stack.length == 0 ? null : stack[0].toString();
  }
}
