package dev.carillon.function;

import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * A signature as a message has it: types are names, of which no class is made.
 *
 * @param name of the method, for who reads it
 * @param parameters in order
 * @param result type of the result
 * @param hasNames whether the parameters' names are known
 */
record SentSignature(String name, List<Place> parameters, String result, boolean hasNames) {

  /** A parameter. */
  record Place(String name, String type, boolean isVariable) {
    @Override
    public String toString() {
      return name + ": " + type;
    }
  }

  static SentSignature of(Signature signature) {
    var places = new ArrayList<Place>();
    for (Parameter each : signature.parameters()) {
      places.add(new Place(each.name(), nameOf(each.type()), each.isVariable()));
    }
    return new SentSignature(
        signature.name(), places, nameOf(signature.result()), signature.hasNames());
  }

  /** Whether a number is an object is nobody's concern, as arguments are fitted. */
  private static String nameOf(Class<?> type) {
    return Fitting.box(type).getTypeName();
  }

  int arity() {
    return parameters.size();
  }

  /**
   * {@return for each of these parameters its position in another signature}
   *
   * @throws Differs if it has no place there
   */
  int[] positionsIn(SentSignature here) throws Differs {
    if (!result.equals(here.result)) {
      throw new Differs("the result is of another type");
    }
    boolean areNamed = hasNames && here.hasNames;
    if (!areNamed && arity() != here.arity()) {
      throw new Differs("names are not known, so the number of parameters must be the same");
    }
    int[] positions = new int[arity()];
    for (int i = 0; i < positions.length; i++) {
      Place sent = parameters.get(i);
      int at = areNamed ? here.find(sent.name) : i;
      if (at < 0) {
        throw new Differs("there is no parameter \"" + sent.name + "\" here");
      }
      if (!here.parameters.get(at).type.equals(sent.type)) {
        throw new Differs("parameter \"" + sent.name + "\" is of another type");
      }
      positions[i] = at;
    }
    return positions;
  }

  /** {@return the position of a parameter, or -1} */
  int find(String parameter) {
    for (int i = 0; i < parameters.size(); i++) {
      if (parameters.get(i).name.equals(parameter)) {
        return i;
      }
    }
    return -1;
  }

  @Override
  public String toString() {
    var text = new StringJoiner(", ", name + "(", "): " + result);
    parameters.forEach(place -> text.add(place.toString()));
    return text.toString();
  }

  /** Two signatures do not agree; says why. */
  static final class Differs extends Exception {
    private static final long serialVersionUID = 1L;

    Differs(String message) {
      super(message, null);
    }

    @Override
    public String getMessage() {
      @Nullable String message = super.getMessage();
      return message == null ? "" : message;
    }
  }
}
