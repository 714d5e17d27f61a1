package dev.carillon.examples.inference;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.Shape;
import java.awt.font.FontRenderContext;
import java.awt.geom.AffineTransform;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;

/** Digits in the fonts that every JDK has by name, as far as the machine has any behind them. */
final class FontTypefaces {
  /*
   * A JDK brings no fonts along: its logical ones are those that the machine has. On a server there
   * may be none, or not even the library that finds them. How AWT says so depends on what is
   * missing: by an exception, an InternalError, or a class that cannot be initialised.
   */
  private static final System.Logger LOG = System.getLogger("dev.carillon.examples");
  private static final List<String> NAMES = List.of(Font.SERIF, Font.SANS_SERIF, Font.MONOSPACED);
  private static final List<Integer> STYLES = List.of(Font.PLAIN, Font.BOLD, Font.ITALIC);
  private static final float POINTS = 100; // any: outlines are scaled

  private FontTypefaces() {}

  /** {@return a typeface for each font and style; none if fonts cannot be had here} */
  static List<Typeface> all() {
    System.setProperty("java.awt.headless", "true");
    var all = new ArrayList<Typeface>();
    try {
      for (String name : NAMES) {
        for (int style : STYLES) {
          all.add(typeface(new Font(name, style, 1).deriveFont(POINTS)));
        }
      }
    } catch (RuntimeException | LinkageError | InternalError e) {
      LOG.log(Level.DEBUG, "this JDK can use no fonts here", e);
      return List.of();
    }
    return all;
  }

  private static Typeface typeface(Font font) {
    var digits = new ArrayList<float[]>();
    for (int digit = 0; digit < 10; digit++) {
      digits.add(draw(font, Integer.toString(digit)));
    }
    return new Typeface(font.getFontName(), digits);
  }

  private static float[] draw(Font font, String text) {
    if (font.canDisplayUpTo(text) != -1) {
      throw new IllegalStateException("the font has no " + text + ": font=" + font);
    }
    Shape outline =
        font.createGlyphVector(new FontRenderContext(null, true, true), text).getOutline();
    Rectangle2D box = outline.getBounds2D();
    var place = new AffineTransform();
    place.translate(Typeface.SIZE / 2.0, Typeface.SIZE / 2.0);
    double scale = Typeface.HEIGHT / box.getHeight();
    place.scale(scale, scale);
    place.translate(-box.getCenterX(), -box.getCenterY());
    var canvas = new BufferedImage(Typeface.SIZE, Typeface.SIZE, BufferedImage.TYPE_BYTE_GRAY);
    Graphics2D pen = canvas.createGraphics();
    try {
      pen.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
      pen.setColor(Color.WHITE);
      pen.fill(place.createTransformedShape(outline));
    } finally {
      pen.dispose();
    }
    var pixels = new float[Typeface.SIZE * Typeface.SIZE];
    canvas.getRaster().getSamples(0, 0, Typeface.SIZE, Typeface.SIZE, 0, pixels);
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] /= 255;
    }
    return pixels;
  }
}
