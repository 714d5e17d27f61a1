package dev.carillon.processor;

import javax.annotation.processing.Messager;
import javax.lang.model.element.AnnotationMirror;
import javax.lang.model.element.Element;
import javax.tools.Diagnostic.Kind;

/** Tells what is wrong, at the place where it is. */
final class Problems {
  private final Messager messager;
  private int count;

  Problems(Messager messager) {
    this.messager = messager;
  }

  /** {@return how many there were} */
  int count() {
    return count;
  }

  void error(Element element, String message) {
    count++;
    messager.printMessage(Kind.ERROR, message, element);
  }

  /** Tells it at an annotation, where the element has it. */
  void error(Element element, String annotation, String message) {
    count++;
    AnnotationMirror mirror = Annotations.find(element, annotation).orElse(null);
    if (mirror == null) {
      messager.printMessage(Kind.ERROR, message, element);
    } else {
      messager.printMessage(Kind.ERROR, message, element, mirror);
    }
  }
}
