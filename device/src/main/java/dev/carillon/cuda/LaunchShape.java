package dev.carillon.cuda;

/**
 * How many threads run a kernel, in blocks that share memory.
 *
 * @param gridX blocks, 1 or more
 * @param gridY rows of blocks, 1 to 65,535
 * @param gridZ layers of blocks, 1 to 65,535
 * @param blockX threads of a block, 1 to 1,024
 * @param blockY rows of threads, 1 to 1,024
 * @param blockZ layers of threads, 1 to 64
 * @param sharedBytes memory that the threads of a block share, besides what the kernel declares
 */
public record LaunchShape(
    int gridX, int gridY, int gridZ, int blockX, int blockY, int blockZ, int sharedBytes) {
  private static final int MOST_ROWS = 65_535;
  private static final int MOST_THREADS = 1_024;
  private static final int MOST_LAYERS = 64;

  /**
   * Checks the numbers by what all GPUs have in common.
   *
   * @throws IllegalArgumentException if one is out of range, or a block has more than 1,024 threads
   */
  public LaunchShape {
    check("gridX", gridX, 1, Integer.MAX_VALUE);
    check("gridY", gridY, 1, MOST_ROWS);
    check("gridZ", gridZ, 1, MOST_ROWS);
    check("blockX", blockX, 1, MOST_THREADS);
    check("blockY", blockY, 1, MOST_THREADS);
    check("blockZ", blockZ, 1, MOST_LAYERS);
    check("sharedBytes", sharedBytes, 0, Integer.MAX_VALUE);
    long threads = (long) blockX * blockY * blockZ;
    if (threads > MOST_THREADS) {
      throw new IllegalArgumentException(
          "a block must have no more than 1024 threads: threads=" + threads);
    }
  }

  private static void check(String what, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "%s must be %d to %d: %s=%d".formatted(what, least, most, what, value));
    }
  }

  /**
   * {@return a row of blocks, each a row of threads}
   *
   * @param blocks how many blocks
   * @param threads how many threads each has, 1 to 1,024
   */
  public static LaunchShape of(int blocks, int threads) {
    return new LaunchShape(blocks, 1, 1, threads, 1, 1, 0);
  }

  /**
   * {@return enough blocks in a row for a thread for each element; the last block may have threads
   * without one}
   *
   * @param elements how many elements, 1 or more
   * @param threads how many threads a block has, 1 to 1,024
   * @throws IllegalArgumentException if one is out of range
   */
  public static LaunchShape covering(long elements, int threads) {
    if (elements < 1) {
      throw new IllegalArgumentException("there must be an element: elements=" + elements);
    }
    check("threads", threads, 1, MOST_THREADS);
    long blocks = (elements - 1) / threads + 1;
    if (blocks > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "there must be no more than 2147483647 blocks: blocks=" + blocks);
    }
    return of((int) blocks, threads);
  }

  /**
   * {@return as many blocks and threads, in a plane}
   *
   * @param gridX blocks of a row
   * @param gridY rows of blocks
   * @param blockX threads of a row of a block
   * @param blockY rows of threads of a block
   */
  public static LaunchShape plane(int gridX, int gridY, int blockX, int blockY) {
    return new LaunchShape(gridX, gridY, 1, blockX, blockY, 1, 0);
  }

  /**
   * {@return this shape with as much shared memory}
   *
   * @param bytes 0 or more
   */
  public LaunchShape withSharedBytes(int bytes) {
    return new LaunchShape(gridX, gridY, gridZ, blockX, blockY, blockZ, bytes);
  }
}
