package dev.carillon.source;

/** Says that a request is not taken in, which rule it broke, and what is answered. */
final class RefusedRequest extends Exception {
  private static final long serialVersionUID = 1L;
  private static final int MOST_SHOWN = 80;

  private final String rule;
  private final transient WebAnswer answer;

  RefusedRequest(String rule, WebAnswer answer, String message) {
    super(message, null, false, false); // it is an answer, not a fault
    this.rule = rule;
    this.answer = answer;
  }

  RefusedRequest(String rule, int status, String message) {
    this(rule, WebAnswer.text(status, message + "\n"), message);
  }

  /** {@return a refusal of what may be tried again in a second} */
  static RefusedRequest later(String rule, int status, String message) {
    WebAnswer answer = WebAnswer.text(status, message + "\n").withHeader("Retry-After", "1");
    return new RefusedRequest(rule, answer, message);
  }

  String rule() {
    return rule;
  }

  WebAnswer answer() {
    return answer;
  }

  /** {@return why, in one line, for logs} */
  String what() {
    return String.valueOf(getMessage()).replaceAll("\\p{Cntrl}", " ");
  }

  /** {@return what somebody sent, shortened, as visible ASCII, for logs and answers} */
  static String show(String text) {
    var shown = new StringBuilder("\"");
    int end = Math.min(text.length(), MOST_SHOWN);
    for (int i = 0; i < end; i++) {
      char c = text.charAt(i);
      if (c >= ' ' && c <= '~') {
        shown.append(c);
      } else {
        shown.append("\\u%04x".formatted((int) c));
      }
    }
    shown.append('"');
    return end == text.length() ? shown.toString() : shown + "... of " + text.length() + " chars";
  }
}
