package dev.carillon.flow;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A definition in words, a line for each part and branch. */
final class RandomText {
  private final CycleDraft draft;
  private final List<String> lines = new ArrayList<>();

  RandomText(CycleDraft draft) {
    this.draft = draft;
  }

  List<String> lines() {
    lines.add(
        "cycle, at most %d times, until %b, failures %d%s"
            .formatted(
                draft.loop.most(),
                draft.loop.until() != null,
                draft.loop.afterFailure().failures(),
                draft.undoesOnFailure ? ", undoes" : ""));
    branch(draft.root, "");
    lines.add("gives " + draft.output);
    return lines;
  }

  private void branch(BranchDraft<?> branch, String indent) {
    var line = new StringBuilder(indent);
    line.append(branch.isSplit ? "split " : "branch ").append(branch.name());
    say(line, "order", branch.sync.order());
    say(line, "between", branch.sync.between());
    say(line, "under", branch.under);
    say(line, "onError", policy(branch.onError));
    if (branch.sync.limit().isPresent()) {
      say(line, "limit", branch.sync.limit().getAsInt());
    }
    if (!branch.guards.isEmpty()) {
      line.append(", guarded");
    }
    if (!branch.finalisers.isEmpty()) {
      say(line, "anyway", branch.finalisers.stream().map(BranchDraft.Finaliser::name).toList());
    }
    lines.add(line.toString());
    for (Object child : branch.children) {
      if (child instanceof BranchDraft<?> inner) {
        branch(inner, indent + "  ");
      } else {
        part((PartDraft<?>) child, indent + "  ");
      }
    }
  }

  private void part(PartDraft<?> part, String indent) {
    var line = new StringBuilder(indent);
    line.append(part.simpleName).append(" = ").append(part.form).append(part.inputs);
    RulesDraft rules = part.rulesIfAny();
    if (rules != null) {
      say(line, "onError", policy(rules.onError));
      say(line, "propagating", rules.propagating ? true : null);
      say(line, "after", listed(rules.after));
      say(line, "asks", listed(rules.readParts));
      say(line, "reads", listed(rules.readKeys.stream().map(Key::name).toList()));
      say(line, "writes", listed(rules.writtenKeys.stream().map(Key::name).toList()));
      say(line, "guards", rules.guards.isEmpty() ? null : rules.guards.size());
      say(line, "checks", rules.checks.isEmpty() ? null : rules.checks.size());
      say(line, "on", rules.placement.pool().equals("cpu") ? null : rules.placement.pool());
      say(line, "deadline", rules.deadline);
      say(line, "locks", listed(List.copyOf(rules.locks)));
    }
    lines.add(line.toString());
  }

  private static @Nullable String policy(@Nullable OnError<?> policy) {
    return switch (policy) {
      case null -> null;
      case OnError.Again<?> again ->
          "retry up to %d, then %s".formatted(again.policy().maxAttempts(), policy(again.then()));
      case OnError.UseDefault<?>(Object value, boolean fatal) ->
          (fatal ? "fallbackFail " : "fallback ") + value;
      case OnError.InstantFail<?> _,
          OnError.CleanFail<?> _,
          OnError.Skip<?> _,
          OnError.StopQuietly<?> _ ->
          policy.getClass().getSimpleName();
    };
  }

  private static @Nullable Object listed(List<?> of) {
    return of.isEmpty() ? null : of;
  }

  private static void say(StringBuilder line, String what, @Nullable Object value) {
    if (value != null) {
      line.append(", ").append(what).append(' ').append(value);
    }
  }
}
