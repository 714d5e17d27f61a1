package dev.carillon.function;

import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * What a function takes and returns.
 *
 * @param name what it is called: that of its method
 * @param parameters in order; the receiver of an instance method is the first one, {@code self},
 *     unless it is bound already
 * @param result type of the result; {@code void.class} if it has none
 * @param hasNames whether the parameters' names are known: those of a lambda never are, those of a
 *     method if its class was compiled with {@code -parameters} or it is a record's constructor
 */
public record Signature(
    String name, List<Parameter> parameters, Class<?> result, boolean hasNames) {

  /** Copies the parameters. */
  public Signature {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(result, "result");
    parameters = List.copyOf(parameters);
  }

  /** {@return how many parameters there are} */
  public int arity() {
    return parameters.size();
  }

  /** {@return {@code send(to: String, retries: int): boolean}} */
  @Override
  public String toString() {
    return parameters.stream()
        .map(Parameter::toString)
        .collect(Collectors.joining(", ", name + "(", "): " + result.getSimpleName()));
  }

  /** {@return the position of a parameter, or -1} */
  int find(String parameter) {
    for (int i = 0; i < parameters.size(); i++) {
      if (parameters.get(i).name().equals(parameter)) {
        return i;
      }
    }
    return -1;
  }
}
