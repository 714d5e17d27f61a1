package dev.carillon.function;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/** Names that somebody may have meant. */
final class Similar {
  private static final int SHOWN = 3;

  private Similar() {}

  /** {@return "; did you mean …?" with the names that are like one, or the number of all} */
  static String hint(String name, Collection<String> names) {
    var like = new ArrayList<String>();
    for (String each : names) {
      if (like.size() < SHOWN && isLike(name, each)) {
        like.add(each);
      }
    }
    return like.isEmpty()
        ? "; there are " + names.size() + " others"
        : "; did you mean " + quoted(like) + "?";
  }

  private static String quoted(List<String> names) {
    return "\"" + String.join("\" or \"", names) + "\"";
  }

  private static boolean isLike(String one, String other) {
    String a = one.toLowerCase(Locale.ROOT);
    String b = other.toLowerCase(Locale.ROOT);
    int most = Math.max(1, Math.min(a.length(), b.length()) / 4);
    return Math.abs(a.length() - b.length()) <= most && distance(a, b) <= most;
  }

  /** {@return how many characters to insert, delete or replace (Wagner and Fischer, 1974)} */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int above = row[j];
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(replaced, Math.min(above, row[j - 1]) + 1);
        diagonal = above;
      }
    }
    return row[b.length()];
  }
}
