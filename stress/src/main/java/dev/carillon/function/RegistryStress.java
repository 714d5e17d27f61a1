package dev.carillon.function;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.carillon.event.EventStatus;
import dev.carillon.event.EventSystem;
import dev.carillon.event.Promise;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;
import org.openjdk.jcstress.infra.results.LLI_Result;

/** A registry's names are registered, found, awaited and removed by several threads at once. */
public final class RegistryStress {
  private RegistryStress() {}

  private static final EventSystem EVENTS = EventSystem.create(c -> c.withTraceEvery(0));
  private static final String NAME = "a";
  private static final int PENDING = 0;

  private static Registry<int[]> registry(Duplicates duplicates) {
    return Registry.open("stress", int[].class, c -> c.onDuplicate(duplicates));
  }

  private static int[] entry(int number) {
    var entry = new int[1];
    entry[0] = number;
    return entry;
  }

  private static int found(Registry<int[]> registry) {
    return registry.find(NAME).map(entry -> entry[0]).orElse(0);
  }

  /** {@return whether the name was free} */
  private static int register(Registry<int[]> registry, int number) {
    try {
      registry.register(NAME, entry(number));
      return 1;
    } catch (RegistryException e) {
      return 0;
    }
  }

  /** {@return the number that a promise has, or PENDING, after which nobody waits for it} */
  private static int promised(Promise<int[]> promise) {
    if (promise.event().status() == EventStatus.TRIGGERED) {
      try {
        return promise.await()[0];
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return -1;
      }
    }
    promise.event().tryPoison("not interested");
    return PENDING;
  }

  @JCStressTest
  @Description("Two threads register the same name, which is rejected the second time.")
  @Outcome(id = "1, 0, 1", expect = ACCEPTABLE, desc = "The first thread was first.")
  @Outcome(id = "0, 1, 2", expect = ACCEPTABLE, desc = "The second thread was first.")
  @Outcome(id = "1, 1, .*", expect = FORBIDDEN, desc = "One entry was lost, and nobody knows.")
  @Outcome(expect = FORBIDDEN, desc = "Nobody has the name, or the one who was refused.")
  @State
  public static class RegisterRegister {
    private final Registry<int[]> registry = registry(Duplicates.REJECT);

    @Actor
    public void one(III_Result r) {
      r.r1 = register(registry, 1);
    }

    @Actor
    public void other(III_Result r) {
      r.r2 = register(registry, 2);
    }

    @Arbiter
    public void after(III_Result r) {
      r.r3 = found(registry);
    }
  }

  @JCStressTest
  @Description("Two threads look whether a name is free, and take it: RegisterRegister forbids it.")
  @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "The first thread was first.")
  @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "The second thread was first.")
  @Outcome(
      id = "1, 1",
      expect = ACCEPTABLE_INTERESTING,
      desc = "Both found the name free, and one entry is lost.")
  @Outcome(expect = FORBIDDEN, desc = "Not even this registry does that.")
  @State
  public static class LookThenRegister {
    private final Map<String, int[]> entries = new ConcurrentHashMap<>();

    private int register(int number) {
      if (entries.containsKey(NAME)) {
        return 0;
      }
      entries.put(NAME, entry(number));
      return 1;
    }

    @Actor
    public void one(II_Result r) {
      r.r1 = register(1);
    }

    @Actor
    public void other(II_Result r) {
      r.r2 = register(2);
    }
  }

  @JCStressTest
  @Description("Two threads register the same name, which is numbered the second time.")
  @Outcome(id = "a, a-2, 2", expect = ACCEPTABLE, desc = "The first thread was first.")
  @Outcome(id = "a-2, a, 2", expect = ACCEPTABLE, desc = "The second thread was first.")
  @Outcome(expect = FORBIDDEN, desc = "Both have the same name, or an entry was lost.")
  @State
  public static class NumberNumber {
    private final Registry<int[]> registry = registry(Duplicates.NUMBER);

    @Actor
    public void one(LLI_Result r) {
      r.r1 = registry.register(NAME, entry(1));
    }

    @Actor
    public void other(LLI_Result r) {
      r.r2 = registry.register(NAME, entry(2));
    }

    @Arbiter
    public void after(LLI_Result r) {
      r.r3 = registry.entries().size();
    }
  }

  @JCStressTest
  @Description("One thread registers an entry, another finds it.")
  @Outcome(id = "-1", expect = ACCEPTABLE, desc = "It is not there yet.")
  @Outcome(id = "1", expect = ACCEPTABLE, desc = "It is there, whole.")
  @Outcome(id = "0", expect = FORBIDDEN, desc = "The entry was found before it was made.")
  @State
  public static class RegisterFind {
    private final Registry<int[]> registry = registry(Duplicates.REJECT);

    @Actor
    public void register() {
      registry.register(NAME, entry(1));
    }

    @Actor
    public void find(I_Result r) {
      r.r1 = registry.find(NAME).map(entry -> entry[0]).orElse(-1);
    }
  }

  @JCStressTest
  @Description("One thread removes an entry, another registers one of its name.")
  @Outcome(id = "1, 1, 2", expect = ACCEPTABLE, desc = "Removed, then registered.")
  @Outcome(id = "1, 0, 0", expect = ACCEPTABLE, desc = "Refused, then removed.")
  @Outcome(expect = FORBIDDEN, desc = "The new entry was removed instead of the old, or none was.")
  @State
  public static class RemoveRegister {
    private final Registry<int[]> registry = registry(Duplicates.REJECT);

    public RemoveRegister() {
      registry.register(NAME, entry(1));
    }

    @Actor
    public void remove(III_Result r) {
      r.r1 = registry.remove(NAME) ? 1 : 0;
    }

    @Actor
    public void register(III_Result r) {
      r.r2 = RegistryStress.register(registry, 2);
    }

    @Arbiter
    public void after(III_Result r) {
      r.r3 = found(registry);
    }
  }

  @JCStressTest
  @Description("Two threads remove the same entry.")
  @Outcome(id = "1, 0, 0", expect = ACCEPTABLE, desc = "The first thread removed it.")
  @Outcome(id = "0, 1, 0", expect = ACCEPTABLE, desc = "The second thread removed it.")
  @Outcome(expect = FORBIDDEN, desc = "Both removed it, or neither did.")
  @State
  public static class RemoveRemove {
    private final Registry<int[]> registry = registry(Duplicates.REJECT);

    public RemoveRemove() {
      registry.register(NAME, entry(1));
    }

    @Actor
    public void one(III_Result r) {
      r.r1 = registry.remove(NAME) ? 1 : 0;
    }

    @Actor
    public void other(III_Result r) {
      r.r2 = registry.remove(NAME) ? 1 : 0;
    }

    @Arbiter
    public void after(III_Result r) {
      r.r3 = found(registry);
    }
  }

  @JCStressTest
  @Description("One thread awaits an entry, another registers it.")
  @Outcome(id = "1", expect = ACCEPTABLE, desc = "Who awaits it has it.")
  @Outcome(
      id = "0",
      expect = FORBIDDEN,
      desc = "It came between looking and waiting, and is missed.")
  @Outcome(expect = FORBIDDEN, desc = "The promise has no value.")
  @State
  public static class AwaitRegister {
    private final Registry<int[]> registry = registry(Duplicates.REJECT);
    private @Nullable Promise<int[]> promise;

    @Actor
    public void await() {
      promise = registry.await(NAME, EVENTS);
    }

    @Actor
    public void register() {
      registry.register(NAME, entry(1));
    }

    @Arbiter
    public void after(I_Result r) {
      Promise<int[]> made = promise;
      r.r1 = made == null ? -1 : promised(made);
    }
  }

  @JCStressTest
  @Description("One thread awaits an entry, another registers and removes it.")
  @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "Who awaited it had it before it was removed.")
  @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "It was gone when it was awaited.")
  @Outcome(expect = FORBIDDEN, desc = "The entry is still there, or the promise has no value.")
  @State
  public static class AwaitRegisterRemove {
    private final Registry<int[]> registry = registry(Duplicates.REJECT);
    private @Nullable Promise<int[]> promise;

    @Actor
    public void await() {
      promise = registry.await(NAME, EVENTS);
    }

    @Actor
    public void registerAndRemove() {
      registry.register(NAME, entry(1));
      registry.remove(NAME);
    }

    @Arbiter
    public void after(II_Result r) {
      Promise<int[]> made = promise;
      r.r1 = made == null ? -1 : promised(made);
      r.r2 = found(registry);
    }
  }

  @JCStressTest
  @Description("One thread gives up awaiting, another registers the entry.")
  @Outcome(id = "1, 0, 1", expect = ACCEPTABLE, desc = "Given up first.")
  @Outcome(id = "0, 1, 1", expect = ACCEPTABLE, desc = "The entry came first.")
  @Outcome(expect = FORBIDDEN, desc = "The promise completed twice or not, or the entry is lost.")
  @State
  public static class GiveUpRegister {
    private final Registry<int[]> registry = registry(Duplicates.REJECT);
    private final Promise<int[]> promise = registry.await(NAME, EVENTS);

    @Actor
    public void giveUp(III_Result r) {
      r.r1 = promise.event().tryPoison("not interested") ? 1 : 0;
    }

    @Actor
    public void register() {
      registry.register(NAME, entry(1));
    }

    @Arbiter
    public void after(III_Result r) {
      r.r2 = promise.event().status() == EventStatus.TRIGGERED ? 1 : 0;
      r.r3 = found(registry);
    }
  }

  @JCStressTest
  @Description("Two threads replace an entry; a listener folds what it is told.")
  @Outcome(id = "1, 3", expect = ACCEPTABLE, desc = "One was added, one replaced it: all told.")
  @Outcome(
      id = "1, 1",
      expect = FORBIDDEN,
      desc = "A change was left to a thread that had stopped telling.")
  @Outcome(expect = FORBIDDEN, desc = "A change was told twice, or in the wrong order.")
  @State
  public static class ListenerIsTold {
    private final Registry<int[]> registry = registry(Duplicates.REPLACE);
    private final AtomicInteger told = new AtomicInteger(); // a digit to the base 3 for each

    public ListenerIsTold() {
      registry.listen((change, name, scope) -> {
        int digit = change == RegistryListener.Change.ADDED ? 1 : 2;
        told.updateAndGet(before -> before * 3 + digit);
      });
    }

    @Actor
    public void one() {
      registry.register(NAME, entry(1));
    }

    @Actor
    public void other() {
      registry.register(NAME, entry(2));
    }

    @Arbiter
    public void after(II_Result r) {
      int all = told.get();
      r.r1 = all >= 3 ? all / 3 : all;
      r.r2 = all >= 3 ? all % 3 + 1 : all;
    }
  }
}
