package dev.carillon.bench;

import java.util.Arrays;
import java.util.SplittableRandom;

/** A graph of parts that do nothing, in flat arrays: whose values each takes, and who takes its. */
final class PartGraph {
  private static final long SEED = 42;
  private static final int RANDOM_INPUTS = 3;

  /** How the parts hang together; part 0 is the only one without inputs. */
  enum Shape {
    /** In two dimensions: each takes the values of the one on its left and of the one above it. */
    GRID,
    /** Each takes the values of three of all those before it. */
    RANDOM,
    /** Each takes the value of the one before it. */
    CHAIN
  }

  private final int[] inStart; // parts + 1
  private final int[] ins;
  private final int[] outStart; // parts + 1
  private final int[] outs;
  private final int sinks;

  PartGraph(Shape shape, int parts) {
    inStart = new int[parts + 1];
    ins =
        switch (shape) {
          case GRID -> grid(parts);
          case RANDOM -> random(parts);
          case CHAIN -> chain(parts);
        };
    outStart = new int[parts + 1];
    for (int input : ins) {
      outStart[input + 1]++;
    }
    int found = 0;
    for (int part = 0; part < parts; part++) {
      found += outStart[part + 1] == 0 ? 1 : 0;
      outStart[part + 1] += outStart[part];
    }
    sinks = found;
    outs = new int[ins.length];
    int[] next = outStart.clone();
    for (int part = 0; part < parts; part++) {
      for (int i = inStart[part]; i < inStart[part + 1]; i++) {
        outs[next[ins[i]]++] = part;
      }
    }
  }

  /** As wide as it is high, as far as the number of parts allows. */
  private int[] grid(int parts) {
    int width = (int) Math.sqrt(parts);
    while (parts % width != 0) {
      width--;
    }
    int[] found = new int[2 * parts];
    int count = 0;
    for (int part = 0; part < parts; part++) {
      if (part % width != 0) {
        found[count++] = part - 1;
      }
      if (part >= width) {
        found[count++] = part - width;
      }
      inStart[part + 1] = count;
    }
    return Arrays.copyOf(found, count);
  }

  private int[] random(int parts) {
    var random = new SplittableRandom(SEED);
    int[] found = new int[RANDOM_INPUTS * parts];
    int count = 0;
    for (int part = 1; part < parts; part++) {
      int[] some = random.ints(0, part).distinct().limit(Math.min(RANDOM_INPUTS, part)).toArray();
      System.arraycopy(some, 0, found, count, some.length);
      count += some.length;
      inStart[part + 1] = count;
    }
    return Arrays.copyOf(found, count);
  }

  private int[] chain(int parts) {
    int[] found = new int[parts - 1];
    for (int part = 1; part < parts; part++) {
      found[part - 1] = part - 1;
      inStart[part + 1] = part;
    }
    return found;
  }

  int parts() {
    return inStart.length - 1;
  }

  int edges() {
    return ins.length;
  }

  /** {@return how many parts there are whose values nobody takes} */
  int sinks() {
    return sinks;
  }

  /** {@return how many values a part takes: none, or up to three} */
  int inputs(int part) {
    return inStart[part + 1] - inStart[part];
  }

  /** {@return whose value a part takes, one with a lower number} */
  int input(int part, int index) {
    return ins[inStart[part] + index];
  }

  /** {@return how many parts take a part's value} */
  int outputs(int part) {
    return outStart[part + 1] - outStart[part];
  }

  /** {@return who takes a part's value} */
  int output(int part, int index) {
    return outs[outStart[part] + index];
  }
}
