package dev.carillon.source;

import java.util.Objects;
import java.util.function.Predicate;

/** Authentication for some users only. */
record SomeUsers(WebAuth auth, Predicate<String> users) implements WebAuth {

  SomeUsers {
    Objects.requireNonNull(auth, "auth");
    Objects.requireNonNull(users, "users");
  }

  @Override
  public Verdict check(WebRequest request) {
    Verdict verdict = auth.check(request);
    if (verdict instanceof User(String id) && !users.test(id)) {
      auth.notTaken(request);
      return new Forbidden("not one of those who may: user=" + RefusedRequest.show(id));
    }
    return verdict;
  }

  @Override
  public boolean needsBody() {
    return auth.needsBody();
  }

  @Override
  public String challenge() {
    return auth.challenge();
  }

  @Override
  public void notTaken(WebRequest request) {
    auth.notTaken(request);
  }
}
