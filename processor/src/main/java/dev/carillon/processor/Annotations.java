package dev.carillon.processor;

import java.util.Optional;
import javax.annotation.processing.ProcessingEnvironment;
import javax.lang.model.element.AnnotationMirror;
import javax.lang.model.element.AnnotationValue;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.TypeElement;
import org.jspecify.annotations.Nullable;

/** Reads annotations by their names, as their classes are not here. */
final class Annotations {
  static final String REGISTERED = "dev.carillon.function.Registered";
  static final String DEFAULT = "dev.carillon.function.Default";

  private Annotations() {}

  static Optional<? extends AnnotationMirror> find(Element element, String name) {
    return element.getAnnotationMirrors().stream().filter(each -> isOf(each, name)).findFirst();
  }

  private static boolean isOf(AnnotationMirror annotation, String name) {
    return ((TypeElement) annotation.getAnnotationType().asElement())
        .getQualifiedName()
        .contentEquals(name);
  }

  /** {@return the value that is written there; null if none is} */
  static @Nullable AnnotationValue written(AnnotationMirror annotation, String member) {
    for (var each : annotation.getElementValues().entrySet()) {
      if (each.getKey().getSimpleName().contentEquals(member)) {
        return each.getValue();
      }
    }
    return null;
  }

  /** {@return whether it is the canonical constructor of a record} */
  static boolean isCanonical(ProcessingEnvironment environment, Element element) {
    return element instanceof ExecutableElement constructor
        && constructor.getKind() == ElementKind.CONSTRUCTOR
        && environment.getElementUtils().isCanonicalConstructor(constructor);
  }
}
