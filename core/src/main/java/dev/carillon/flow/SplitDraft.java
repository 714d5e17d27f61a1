package dev.carillon.flow;

import java.time.Duration;
import java.util.function.Consumer;

/** A split that is being defined: a branch of branches. */
record SplitDraft(BranchDraft<?> branch) implements Split {

  @Override
  public String name() {
    return branch.name();
  }

  @Override
  public Branch branch(String name, Consumer<? super Branch> body) {
    return branch.branch(name, body);
  }

  @Override
  public Split under(Out<?> part) {
    branch.under(part);
    return this;
  }

  @Override
  public Split when(Guard guard) {
    branch.when(guard);
    return this;
  }

  @Override
  public Split deadline(Duration fromBeginning) {
    branch.deadline(fromBeginning);
    return this;
  }

  @Override
  public Split onError(OnError<Object> policy) {
    branch.onError(policy);
    return this;
  }
}
