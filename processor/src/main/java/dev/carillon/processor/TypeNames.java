package dev.carillon.processor;

import static java.util.stream.Collectors.joining;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import javax.lang.model.element.Element;
import javax.lang.model.element.TypeElement;
import javax.lang.model.element.TypeParameterElement;
import javax.lang.model.type.ArrayType;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.type.TypeVariable;
import javax.lang.model.type.WildcardType;
import javax.lang.model.util.Elements;
import javax.lang.model.util.Types;
import org.jspecify.annotations.Nullable;

/** Types as source text, and the imports that this needs. */
final class TypeNames {
  /*
   * A simple name belongs to the first type that is written with it; others of that name are
   * written in full. Types of the same package and of java.lang are not imported, and one of
   * java.lang is written in full where the package has a type of its name.
   */
  private final Elements elements;
  private final Types types;
  private final String packageName;
  private final Map<String, String> bySimpleName = new HashMap<>();
  private final Set<String> imports = new TreeSet<>();
  private boolean hasDeprecated;
  private boolean hasRemoved;

  TypeNames(Elements elements, Types types, String packageName) {
    this.elements = elements;
    this.types = types;
    this.packageName = packageName;
  }

  /** Keeps a simple name for a type, whether or not it will be written. */
  void reserve(String qualified) {
    bySimpleName.put(qualified.substring(qualified.lastIndexOf('.') + 1), qualified);
  }

  Set<String> imports() {
    return imports;
  }

  /** {@return the simple names that something is written with or reserved for} */
  Set<String> simpleNames() {
    return bySimpleName.keySet();
  }

  boolean hasDeprecated() {
    return hasDeprecated;
  }

  boolean hasRemoved() {
    return hasRemoved;
  }

  /** Looks whether using it makes the compiler warn. */
  void noteDeprecation(Element element) {
    if (elements.isDeprecated(element)) {
      hasDeprecated = true;
      hasRemoved |=
          Annotations.find(element, "java.lang.Deprecated")
              .map(each -> Annotations.written(each, "forRemoval"))
              .filter(each -> Boolean.TRUE.equals(each.getValue()))
              .isPresent();
    }
  }

  // ── names of classes ──

  /** {@return a top-level type, named in full, as it is written here} */
  String use(String qualified) {
    int dot = qualified.lastIndexOf('.');
    String of = dot < 0 ? "" : qualified.substring(0, dot);
    return name(of, qualified.substring(dot + 1), qualified);
  }

  private String name(String of, String simple, String qualified) {
    String owner = bySimpleName.get(simple);
    if (owner == null && isHiddenByThePackage(of, simple)) {
      return qualified;
    } else if (owner == null) {
      bySimpleName.put(simple, qualified);
    } else if (!owner.equals(qualified)) {
      return qualified;
    }
    if (!of.equals(packageName) && !of.equals("java.lang")) {
      imports.add(qualified);
    }
    return simple;
  }

  private boolean isHiddenByThePackage(String of, String simple) {
    return of.equals("java.lang")
        && elements.getTypeElement(packageName.isEmpty() ? simple : packageName + "." + simple)
            != null;
  }

  String name(TypeElement type) {
    noteDeprecation(type);
    if (type.getEnclosingElement() instanceof TypeElement outer) {
      return name(outer) + "." + type.getSimpleName();
    }
    String of = elements.getPackageOf(type).getQualifiedName().toString();
    return name(of, type.getSimpleName().toString(), type.getQualifiedName().toString());
  }

  /** {@return the text as that of a constant, with quotes} */
  String constant(String text) {
    return elements.getConstantExpression(text);
  }

  // ── types ──

  TypeMirror erasure(TypeMirror type) {
    return types.erasure(type);
  }

  String write(TypeMirror type) {
    return write(type, true);
  }

  /** {@return the type without what says that it may be null itself} */
  String writeBare(TypeMirror type) {
    return write(type, false);
  }

  private String write(TypeMirror type, boolean withNullable) {
    String nullable = withNullable && isNullable(type) ? nullable() : "";
    return switch (type) {
      case ArrayType array ->
          write(array.getComponentType()) + (nullable.isEmpty() ? "" : " " + nullable) + "[]";
      case TypeVariable variable -> nullable + variable.asElement().getSimpleName();
      case WildcardType wildcard -> write(wildcard);
      case DeclaredType declared -> write(declared, nullable);
      default -> type.getKind().name().toLowerCase(Locale.ROOT); // a primitive type, or void
    };
  }

  private String write(DeclaredType type, String nullable) {
    var element = (TypeElement) type.asElement();
    boolean isInGeneric =
        type.getEnclosingType() instanceof DeclaredType outer
            && !outer.getTypeArguments().isEmpty();
    String name =
        isInGeneric
            ? write(type.getEnclosingType()) + "." + element.getSimpleName()
            : name(element);
    int last =
        isInGeneric ? name.length() - element.getSimpleName().length() : name.lastIndexOf('.') + 1;
    return name.substring(0, last)
        + nullable
        + name.substring(last)
        + list(type.getTypeArguments().stream().map(this::write).toList());
  }

  private String write(WildcardType type) {
    if (type.getExtendsBound() != null) {
      return "? extends " + write(type.getExtendsBound());
    }
    return type.getSuperBound() == null ? "?" : "? super " + write(type.getSuperBound());
  }

  private static String list(List<String> types) {
    return types.isEmpty() ? "" : "<" + String.join(", ", types) + ">";
  }

  static boolean isNullable(TypeMirror type) {
    return type.getAnnotationMirrors().stream()
        .anyMatch(each ->
            ((TypeElement) each.getAnnotationType().asElement())
                .getQualifiedName()
                .contentEquals("org.jspecify.annotations.Nullable"));
  }

  private String nullable() {
    return "@" + use("org.jspecify.annotations.Nullable") + " ";
  }

  // ── type parameters ──

  /** {@return {@code <T extends A & B, U>}; empty if there are none} */
  String parameters(List<TypeParameterElement> parameters) {
    return list(parameters.stream().map(this::parameter).toList());
  }

  private String parameter(TypeParameterElement parameter) {
    String bounds =
        parameter.getBounds().stream()
            .filter(each -> !isObject(each))
            .map(this::write)
            .collect(joining(" & "));
    return parameter.getSimpleName() + (bounds.isEmpty() ? "" : " extends " + bounds);
  }

  private static boolean isObject(@Nullable TypeMirror type) {
    return type instanceof DeclaredType declared
        && type.getAnnotationMirrors().isEmpty()
        && ((TypeElement) declared.asElement())
            .getQualifiedName()
            .contentEquals("java.lang.Object");
  }

  /** {@return {@code <T, U>}; empty if there are none} */
  static String arguments(List<TypeParameterElement> parameters) {
    return list(parameters.stream().map(each -> each.getSimpleName().toString()).toList());
  }
}
