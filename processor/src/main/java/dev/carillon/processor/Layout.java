package dev.carillon.processor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Source text, laid out as google-java-format would. */
final class Layout {
  /*
   * Only what is generated has to be laid out, so a few rules do: what does not fit on one line is
   * broken after "=", before "throws", before all dots of a chain, after "(" and, if the arguments
   * do not fit on one line then, after each of them, before the name of a method, or after its type
   * parameters; a continuation is indented by four. A line that has no such place stays long.
   */
  private static final int WIDTH = 100;
  private static final int STEP = 2;
  private static final int CONTINUATION = 4;

  private final StringBuilder text = new StringBuilder();
  private int indent;

  @Override
  public String toString() {
    return text.toString();
  }

  Layout line(String line) {
    text.append(" ".repeat(line.isEmpty() ? 0 : indent)).append(line).append('\n');
    return this;
  }

  Layout blank() {
    return line("");
  }

  /** Writes what opens a block. */
  Layout open(String line) {
    line(line);
    indent += STEP;
    return this;
  }

  Layout close() {
    indent -= STEP;
    return line("}");
  }

  /**
   * Opens a method: {@code modifiers type name(parameters) throws …}.
   *
   * @param modifiers with type parameters; empty, or with a blank behind them
   * @param clause the throws clause; empty, or with a blank before it
   */
  Layout openMethod(
      String modifiers, String type, String name, List<String> parameters, String clause) {
    String head = modifiers + type + " " + name;
    String whole = head + "(" + String.join(", ", parameters) + ")";
    boolean isGeneric = modifiers.contains("<");
    if (!clause.isEmpty() && !fits(whole + clause + " {") && fits(whole)) {
      line(whole);
      continued(() -> line(clause.strip() + " {"));
    } else if (fits(whole + clause + " {")) {
      line(whole + clause + " {");
    } else if (fits(head + "(") && !parameters.isEmpty()) {
      call(head, parameters, clause + " {");
    } else if (!isGeneric && fits(modifiers + type)) {
      line(modifiers + type);
      continued(() -> call(name, parameters, clause + " {"));
    } else {
      line(modifiers.strip());
      continued(() -> call(type + " " + name, parameters, clause + " {"));
    }
    indent += STEP;
    return this;
  }

  /** Writes the head of a record with one component; empty type parameters if it has none. */
  Layout record(String name, String typeParameters, String component, String tail) {
    String head = name + typeParameters;
    if (typeParameters.isEmpty() || fits(head + "(")) {
      return call(head, List.of(component), tail);
    }
    line(name + "<");
    return continued(() -> line(typeParameters.substring(1) + "(").line(component + ")" + tail));
  }

  /** Goes one step further in, for a block whose head is written. */
  Layout enter() {
    indent += STEP;
    return this;
  }

  /** Writes {@code head(arguments)tail}. */
  Layout call(String head, List<String> arguments, String tail) {
    String inOne = String.join(", ", arguments);
    if (fits(head + "(" + inOne + ")" + tail) || arguments.isEmpty()) {
      return line(head + "(" + inOne + ")" + tail);
    }
    line(head + "(");
    return continued(() -> {
      if (fits(inOne + ")" + tail)) {
        line(inOne + ")" + tail);
        return;
      }
      int last = arguments.size() - 1;
      for (String each : arguments.subList(0, last)) {
        line(each + ",");
      }
      line(arguments.get(last) + ")" + tail);
    });
  }

  /** Writes {@code receiver.head(arguments)tail}. */
  Layout callOn(String receiver, String head, List<String> arguments, String tail) {
    String whole = receiver + "." + head + "(" + String.join(", ", arguments) + ")" + tail;
    if (fits(whole)) {
      return line(whole);
    }
    line(receiver);
    return continued(() -> call("." + head, arguments, tail));
  }

  /** One link of a chain: {@code head(arguments)}. */
  record Link(String head, List<String> arguments) {
    Link(String head, String... arguments) {
      this(head, List.of(arguments));
    }

    @Override
    public String toString() {
      return head + "(" + String.join(", ", arguments) + ")";
    }
  }

  /** Writes {@code left = a(…).b(…);}. */
  Layout assignment(String left, List<Link> chain) {
    String inOne = String.join(".", chain.stream().map(Link::toString).toList()) + ";";
    if (fits(left + " = " + inOne)) {
      return line(left + " = " + inOne);
    }
    line(left + " =");
    return continued(() -> {
      if (fits(inOne)) {
        line(inOne);
        return;
      }
      Link first = chain.getFirst();
      call(first.head(), first.arguments(), "");
      continued(() -> {
        for (Link each : chain.subList(1, chain.size())) {
          String end = each.equals(chain.getLast()) ? ";" : "";
          call("." + each.head(), each.arguments(), end);
        }
      });
    });
  }

  private Layout continued(Runnable lines) {
    indent += CONTINUATION;
    lines.run();
    indent -= CONTINUATION;
    return this;
  }

  private boolean fits(String line) {
    return indent + line.length() <= WIDTH;
  }

  // ── Javadoc ──

  /** Writes a comment: a text, and tags. */
  Layout javadoc(String description, List<String> tags) {
    if (tags.isEmpty() && fits("/** " + description + " */")) {
      return line("/** " + description + " */");
    }
    line("/**");
    filled(description, "");
    if (!tags.isEmpty()) {
      line(" *");
    }
    for (String tag : tags) {
      filled(tag, "    ");
    }
    return line(" */");
  }

  private void filled(String paragraph, String continuation) {
    var words = new ArrayList<>(Arrays.asList(paragraph.split(" ")));
    var line = new StringBuilder(" * " + words.removeFirst());
    for (String word : words) {
      if (fits(line + " " + word)) {
        line.append(' ').append(word);
      } else {
        line(line.toString());
        line = new StringBuilder(" * " + continuation + word);
      }
    }
    line(line.toString());
  }
}
