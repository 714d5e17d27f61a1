package dev.carillon.flow;

/** The edges of a plan that is being made, in the order in which they are drawn. */
final class Edges {

  /** Why an edge is there. */
  enum Why {
    // those up to GUARD carry success
    WIRE("wire"),
    UNDER("under"),
    GUARD("guard"),
    // those from here on only order
    AFTER("after"),
    READS("reads"),
    KEY("key"),
    SEQUENTIAL("sequential"),
    LEVEL("level"),
    /** Makes a unit begin; between units it is only there to find circles. */
    BEGIN("begin"),
    /** Leads to the end of a unit. */
    END("end");

    private static final Why[] ALL = values();

    final String word;

    Why(String word) {
      this.word = word;
    }

    @SuppressWarnings("EnumOrdinal") // kept in memory only
    private int code() {
      return ordinal();
    }
  }

  private final IntList from;
  private final IntList to;
  private final IntList why;

  Edges(int capacity) {
    from = new IntList(capacity);
    to = new IntList(capacity);
    why = new IntList(capacity);
  }

  void add(int source, int target, Why reason) {
    from.add(source);
    to.add(target);
    why.add(reason.code());
  }

  int size() {
    return from.size();
  }

  int from(int edge) {
    return from.get(edge);
  }

  int to(int edge) {
    return to.get(edge);
  }

  Why why(int edge) {
    return Why.ALL[why.get(edge)];
  }

  boolean carriesSuccess(int edge) {
    return why.get(edge) <= Why.GUARD.code();
  }

  /** Forgets an edge, by putting another in its place. */
  void move(int edge, int place) {
    from.set(place, from.get(edge));
    to.set(place, to.get(edge));
    why.set(place, why.get(edge));
  }

  void shorten(int newSize) {
    from.shorten(newSize);
    to.shorten(newSize);
    why.shorten(newSize);
  }

  /** {@return for each node where its edges begin in what {@link #byStart} tells} */
  int[] starts(int nodes, boolean ofSources) {
    IntList ends = ofSources ? from : to;
    int[] start = new int[nodes + 1];
    for (int e = 0; e < ends.size(); e++) {
      start[ends.get(e) + 1]++;
    }
    for (int n = 0; n < nodes; n++) {
      start[n + 1] += start[n];
    }
    return start;
  }

  /**
   * {@return the edges by their sources or targets, of one in the order in which they were drawn}
   */
  int[] byStart(int[] start, boolean ofSources) {
    IntList ends = ofSources ? from : to;
    int[] sorted = new int[size()];
    int[] next = start.clone();
    for (int e = 0; e < sorted.length; e++) {
      sorted[next[ends.get(e)]++] = e;
    }
    return sorted;
  }
}
