package dev.carillon.cuda;

/** A kernel: a function that many threads of a GPU run at once. Valid as long as its program. */
public sealed interface CudaFunction permits LocalFunction {

  /** {@return its name} */
  String name();
}
