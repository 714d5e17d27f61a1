import org.jspecify.annotations.NullMarked;

/**
 * Writes typed builders for functions that are marked as registered, when they are compiled. A
 * module of its own because it runs inside the compiler, and nowhere else.
 */
@NullMarked
module dev.carillon.processor {
  requires transitive java.compiler;
  requires static transitive org.jspecify;

  exports dev.carillon.processor;

  provides javax.annotation.processing.Processor with
      dev.carillon.processor.FunctionProcessor;
}
