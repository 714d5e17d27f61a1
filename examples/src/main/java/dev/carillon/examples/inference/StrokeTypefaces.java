package dev.carillon.examples.inference;

import java.util.ArrayList;
import java.util.List;

/** Digits drawn with a pen, without any font: as lines and arcs of a certain width. */
final class StrokeTypefaces {
  /*
   * A digit is a few strokes in a box that is 1 wide and 1.4 high, with y downwards. An arc is cut
   * into short lines, so all there is to draw is lines: a pixel is white if the nearest line is
   * nearer than half the pen's width, black if it is a pixel farther, and grey between.
   */
  private static final double BOX_HEIGHT = 1.4;
  private static final int STEPS = 24; // lines of an arc

  private StrokeTypefaces() {}

  /** A straight line between two points. */
  private record Line(double x1, double y1, double x2, double y2) {
    double distance(double x, double y) {
      double dx = x2 - x1;
      double dy = y2 - y1;
      double along = ((x - x1) * dx + (y - y1) * dy) / Math.max(1e-12, dx * dx + dy * dy);
      double at = Math.clamp(along, 0, 1);
      return Math.hypot(x - x1 - at * dx, y - y1 - at * dy);
    }
  }

  /** {@return typefaces of three widths, upright and slanted} */
  static List<Typeface> all() {
    var all = new ArrayList<Typeface>();
    for (double width : new double[] {0.12, 0.2, 0.28}) {
      for (double slant : new double[] {0, 0.2}) {
        all.add(typeface(width, slant));
      }
    }
    return all;
  }

  private static Typeface typeface(double width, double slant) {
    var digits = new ArrayList<float[]>();
    for (int digit = 0; digit < 10; digit++) {
      digits.add(draw(strokes(digit), width, slant));
    }
    return new Typeface("pen of %.2f, slant %.1f".formatted(width, slant), digits);
  }

  private static float[] draw(List<Line> lines, double width, double slant) {
    double scale = Typeface.HEIGHT / (BOX_HEIGHT + width);
    var pixels = new float[Typeface.SIZE * Typeface.SIZE];
    for (int i = 0; i < pixels.length; i++) {
      int row = i / Typeface.SIZE;
      int column = i % Typeface.SIZE;
      double fromMiddleX = (column + 0.5 - Typeface.SIZE / 2.0) / scale;
      double fromMiddleY = (row + 0.5 - Typeface.SIZE / 2.0) / scale;
      double x = 0.5 + fromMiddleX + slant * fromMiddleY;
      double y = BOX_HEIGHT / 2 + fromMiddleY;
      double nearest = Double.MAX_VALUE;
      for (Line line : lines) {
        nearest = Math.min(nearest, line.distance(x, y));
      }
      pixels[i] = (float) Math.clamp((width / 2 - nearest) * scale + 0.5, 0, 1);
    }
    return pixels;
  }

  private static List<Line> strokes(int digit) {
    var lines = new ArrayList<Line>();
    switch (digit) {
      case 0 -> arc(lines, 0.5, 0.7, 0.42, 0.65, 0, 360);
      case 1 -> path(lines, 0.22, 0.32, 0.56, 0.05, 0.56, 1.35);
      case 2 -> {
        arc(lines, 0.5, 0.42, 0.38, 0.37, 170, -35);
        path(lines, 0.81, 0.63, 0.1, 1.35, 0.92, 1.35);
      }
      case 3 -> {
        arc(lines, 0.46, 0.38, 0.36, 0.33, 150, -90);
        arc(lines, 0.46, 1.03, 0.42, 0.32, 90, -150);
      }
      case 4 -> path(lines, 0.7, 1.35, 0.7, 0.05, 0.08, 0.95, 0.95, 0.95);
      case 5 -> {
        path(lines, 0.85, 0.05, 0.22, 0.05, 0.17, 0.6);
        arc(lines, 0.45, 0.92, 0.43, 0.43, 130, -150);
      }
      case 6 -> {
        arc(lines, 0.5, 0.95, 0.38, 0.4, 0, 360);
        arc(lines, 0.85, 0.95, 0.73, 0.9, 100, 180);
      }
      case 7 -> path(lines, 0.08, 0.05, 0.92, 0.05, 0.38, 1.35);
      case 8 -> {
        arc(lines, 0.5, 0.37, 0.33, 0.32, 0, 360);
        arc(lines, 0.5, 1.02, 0.41, 0.33, 0, 360);
      }
      case 9 -> {
        arc(lines, 0.5, 0.45, 0.38, 0.4, 0, 360);
        arc(lines, 0.15, 0.45, 0.73, 0.9, 280, 360);
      }
      default -> throw new IllegalArgumentException("a digit must be 0 to 9: digit=" + digit);
    }
    return lines;
  }

  private static void path(List<Line> lines, double... points) {
    for (int i = 0; i + 3 < points.length; i += 2) {
      lines.add(new Line(points[i], points[i + 1], points[i + 2], points[i + 3]));
    }
  }

  private static void arc(
      List<Line> lines, double cx, double cy, double rx, double ry, double from, double to) {
    var points = new double[2 * (STEPS + 1)];
    for (int i = 0; i <= STEPS; i++) {
      double angle = Math.toRadians(from + (to - from) * i / STEPS);
      points[2 * i] = cx + rx * Math.cos(angle);
      points[2 * i + 1] = cy - ry * Math.sin(angle);
    }
    path(lines, points);
  }
}
