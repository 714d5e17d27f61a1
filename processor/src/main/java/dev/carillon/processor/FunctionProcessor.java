package dev.carillon.processor;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import javax.annotation.processing.AbstractProcessor;
import javax.annotation.processing.RoundEnvironment;
import javax.lang.model.SourceVersion;
import javax.lang.model.element.Element;
import javax.lang.model.element.TypeElement;

/**
 * Writes one class with typed builders for each class that has functions marked with {@code
 * dev.carillon.function.Registered}. What it writes depends on that class alone and has no date in
 * it, so the same class gives the same bytes.
 *
 * <p>For compilers, which make and call it on one thread.
 */
public final class FunctionProcessor extends AbstractProcessor {
  private final Set<String> deferred = new LinkedHashSet<>(); // they name what does not exist yet

  /** Makes a processor, for a compiler. */
  public FunctionProcessor() {}

  @Override
  public Set<String> getSupportedAnnotationTypes() {
    return Set.of(Annotations.REGISTERED, Annotations.DEFAULT);
  }

  @Override
  public SourceVersion getSupportedSourceVersion() {
    return SourceVersion.latestSupported();
  }

  @Override
  public boolean process(Set<? extends TypeElement> annotations, RoundEnvironment round) {
    if (round.processingOver()) {
      return false; // the compiler names what is missing still
    }
    var problems = new Problems(processingEnv.getMessager());
    for (TypeElement owner : owners(round)) {
      if (Signatures.isUnfinished(owner)) {
        deferred.add(owner.getQualifiedName().toString());
        continue;
      }
      new ClassReader(processingEnv, problems)
          .read(owner)
          .ifPresent(model -> new ClassFile(processingEnv, problems).write(model));
    }
    checkDefaults(round, problems);
    return false; // others may read the annotations too
  }

  private Set<TypeElement> owners(RoundEnvironment round) {
    var owners = new LinkedHashSet<TypeElement>();
    for (String name : List.copyOf(deferred)) {
      owners.add(processingEnv.getElementUtils().getTypeElement(name));
    }
    deferred.clear();
    for (Element element : marked(round, Annotations.REGISTERED)) {
      owners.add(
          element instanceof TypeElement type ? type : (TypeElement) Signatures.around(element));
    }
    return owners;
  }

  private Set<? extends Element> marked(RoundEnvironment round, String annotation) {
    TypeElement type = processingEnv.getElementUtils().getTypeElement(annotation);
    return type == null ? Set.of() : round.getElementsAnnotatedWith(type);
  }

  private void checkDefaults(RoundEnvironment round, Problems problems) {
    for (Element parameter : marked(round, Annotations.DEFAULT)) {
      Element function = Signatures.around(parameter);
      boolean isUsed =
          Annotations.find(function, Annotations.REGISTERED).isPresent()
              || (Annotations.isCanonical(processingEnv, function)
                  && Annotations.find(Signatures.around(function), Annotations.REGISTERED)
                      .isPresent());
      if (!isUsed) {
        problems.error(
            parameter,
            Annotations.DEFAULT,
            "@Default has no use on a parameter of what is not @Registered: "
                + parameter.getSimpleName());
      }
    }
  }
}
