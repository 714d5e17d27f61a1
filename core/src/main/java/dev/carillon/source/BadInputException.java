package dev.carillon.source;

/** Says that what a connection sent breaks a rule, so that the connection cannot go on. */
final class BadInputException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String rule;
  private final String what;

  BadInputException(String rule, String what) {
    super(what, null, false, false); // thrown as often as somebody sends garbage
    this.rule = rule;
    this.what = what;
  }

  String what() {
    return what;
  }

  String rule() {
    return rule;
  }
}
