package dev.carillon.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.bus.Delivery;
import dev.carillon.bus.Outcome;
import dev.carillon.bus.Subscription;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/** What deliveries said about each subscription, against what the subscriptions count. */
final class SoakLedger {

  /** One subscription, as publishers see it. */
  private static final class Account {
    final CompletableFuture<Subscription> opened = new CompletableFuture<>();
    final LongAdder handled = new LongAdder();
    final LongAdder filtered = new LongAdder();
    final LongAdder dropped = new LongAdder();
    final LongAdder refused = new LongAdder();
    final LongAdder failed = new LongAdder();
    final LongAdder timedOut = new LongAdder();

    void add(Outcome outcome) {
      switch (outcome) {
        case Outcome.Handled _ -> handled.increment();
        case Outcome.Filtered _ -> filtered.increment();
        case Outcome.Dropped _ -> dropped.increment();
        case Outcome.Refused _ -> refused.increment();
        case Outcome.Failed _ -> failed.increment();
        case Outcome.TimedOut _ -> {
          failed.increment();
          timedOut.increment();
        }
        case Outcome.Replayed _,
            Outcome.NoSubscriber _,
            Outcome.Spilled _,
            Outcome.Stored _,
            Outcome.NotStored _ ->
            throw new AssertionError("not due here: " + outcome);
      }
    }

    void check() {
      Subscription subscription = opened.join();
      Subscription.Stats stats = subscription.stats();
      assertThat(stats.queued()).as(subscription + " waits").isZero();
      assertThat(handled.sum()).as(subscription + " handled").isEqualTo(stats.handled());
      assertThat(filtered.sum()).as(subscription + " filtered").isEqualTo(stats.filtered());
      assertThat(dropped.sum()).as(subscription + " dropped").isEqualTo(stats.dropped());
      assertThat(refused.sum()).as(subscription + " refused").isEqualTo(stats.refused());
      assertThat(failed.sum()).as(subscription + " failed").isEqualTo(stats.failed());
      assertThat(timedOut.sum()).as(subscription + " timed out").isEqualTo(stats.timedOut());
    }
  }

  private final Map<String, Account> accounts = new ConcurrentHashMap<>();
  private final LongAdder outcomes = new LongAdder();
  private final LongAdder kinds = new LongAdder(); // other than handled

  /** Opens an account, before anything can be booked on it. */
  void open(String name, Supplier<Subscription> subscribe) {
    var account = new Account();
    accounts.put(name, account);
    account.opened.complete(subscribe.get());
  }

  Subscription subscription(String name) {
    return accounts.get(name).opened.join();
  }

  /** Books a delivery that is over. */
  void book(Delivery delivery) {
    var told = delivery.outcomes();
    if (delivery.matched() == 0) {
      assertThat(told).containsExactly(new Outcome.NoSubscriber());
      return;
    }
    assertThat(told).hasSize(delivery.matched());
    for (Outcome outcome : told) {
      outcomes.increment();
      if (!(outcome instanceof Outcome.Handled)) {
        kinds.increment();
      }
      Account account = accounts.get(name(outcome));
      if (account == null) {
        throw new AssertionError("of an unknown subscription: " + outcome);
      }
      account.add(outcome);
    }
  }

  private static String name(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Handled each -> each.subscription();
      case Outcome.Filtered each -> each.subscription();
      case Outcome.Dropped each -> each.subscription();
      case Outcome.Refused each -> each.subscription();
      case Outcome.Failed each -> each.subscription();
      case Outcome.TimedOut each -> each.subscription();
      case Outcome.Replayed each -> each.subscription();
      case Outcome.Spilled each -> each.subscription();
      case Outcome.NoSubscriber _, Outcome.Stored _, Outcome.NotStored _ -> "nobody";
    };
  }

  /** Checks all accounts, while nobody publishes, and forgets those that were closed. */
  void balance() {
    accounts.values().forEach(Account::check);
    accounts.values().removeIf(each -> !each.opened.join().isOpen());
  }

  @Override
  public String toString() {
    return "outcomes=%d, of them not handled=%d".formatted(outcomes.sum(), kinds.sum());
  }
}
