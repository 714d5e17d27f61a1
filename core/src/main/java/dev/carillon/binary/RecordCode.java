package dev.carillon.binary;

/** What writes and reads the components of one record; made by {@link RecordCompiler}. */
abstract class RecordCode {
  /** Writes the components of a record. */
  abstract void write(Output out, Object value);

  /** {@return a record whose components are read} */
  abstract Object read(Input in);

  /**
   * {@return what {@link #write} is to throw instead of something that was thrown} Called by the
   * code.
   *
   * @param thrown what was thrown
   * @param type of the record
   * @param part number of the component that was written
   */
  static RuntimeException writing(Throwable thrown, RecordType type, int part) {
    return Failure.writing(thrown).in(type.parts.get(part).name());
  }

  /**
   * {@return what {@link #read} is to throw instead of something that was thrown} Called by the
   * code.
   *
   * @param thrown what was thrown
   * @param type of the record
   * @param part number of the component that was read; their count for the constructor
   */
  static RuntimeException reading(Throwable thrown, RecordType type, int part) {
    return part == type.parts.size()
        ? type.refused(thrown)
        : Failure.reading(thrown).in(type.parts.get(part).name());
  }
}
