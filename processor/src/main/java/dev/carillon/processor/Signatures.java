package dev.carillon.processor;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import javax.lang.model.element.Element;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeElement;
import javax.lang.model.element.VariableElement;
import javax.lang.model.type.ArrayType;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.ErrorType;
import javax.lang.model.type.IntersectionType;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.type.TypeVariable;
import javax.lang.model.type.WildcardType;
import javax.lang.model.util.SimpleTypeVisitor14;
import javax.lang.model.util.Types;
import org.jspecify.annotations.Nullable;

/** Questions about the types that functions have. */
final class Signatures {
  private Signatures() {}

  /** {@return what a member or a parameter is declared in} */
  static Element around(Element declared) {
    return Objects.requireNonNull(declared.getEnclosingElement());
  }

  /** {@return whether a marked function has a type that no round has written yet} */
  static boolean isUnfinished(TypeElement owner) {
    for (Element each : owner.getEnclosedElements()) {
      boolean isMarked =
          Annotations.find(each, Annotations.REGISTERED).isPresent()
              || Annotations.find(owner, Annotations.REGISTERED).isPresent();
      if (isMarked && each instanceof ExecutableElement function && isUnfinished(function)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isUnfinished(ExecutableElement function) {
    return has(function.getReturnType(), type -> type.getKind() == TypeKind.ERROR)
        || function.getParameters().stream()
            .map(VariableElement::asType)
            .anyMatch(each -> has(each, type -> type.getKind() == TypeKind.ERROR));
  }

  /** {@return whether a cast to it cannot be checked when it is run} */
  static boolean isUnchecked(TypeMirror type) {
    return switch (type) {
      case ArrayType array -> isUnchecked(array.getComponentType());
      case TypeVariable _ -> true;
      case DeclaredType declared ->
          isUnchecked(declared.getEnclosingType())
              || declared.getTypeArguments().stream()
                  .anyMatch(each ->
                      !(each instanceof WildcardType any)
                          || any.getExtendsBound() != null
                          || any.getSuperBound() != null);
      default -> false;
    };
  }

  /** {@return whether a generic type is used without arguments somewhere in it} */
  static boolean isRaw(TypeMirror type) {
    return has(
        type,
        each ->
            each instanceof DeclaredType declared
                && declared.getTypeArguments().isEmpty()
                && !((TypeElement) declared.asElement()).getTypeParameters().isEmpty());
  }

  static boolean hasTypeVariable(TypeMirror type) {
    return has(type, each -> each.getKind() == TypeKind.TYPEVAR);
  }

  /** {@return the first private class in a type, or null} */
  static @Nullable Element hidden(TypeMirror type) {
    var found = new ArrayList<Element>();
    var _ =
        has(
            type,
            each -> {
              Element element = each instanceof DeclaredType t ? t.asElement() : null;
              while (element instanceof TypeElement) {
                if (element.getModifiers().contains(Modifier.PRIVATE)) {
                  found.add(element);
                }
                element = element.getEnclosingElement();
              }
              return false;
            });
    return found.isEmpty() ? null : found.getFirst();
  }

  /**
   * {@return what a class is a subtype of, with its type arguments: null if it is none of that}
   *
   * @param qualified name of a generic class or interface
   */
  static @Nullable DeclaredType as(Types types, TypeMirror type, String qualified) {
    if (type instanceof DeclaredType declared
        && ((TypeElement) declared.asElement()).getQualifiedName().contentEquals(qualified)) {
      return declared;
    }
    if (type.getKind() != TypeKind.DECLARED) {
      return null;
    }
    for (TypeMirror each : types.directSupertypes(type)) {
      DeclaredType found = as(types, each, qualified);
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  private static boolean has(TypeMirror type, Predicate<TypeMirror> what) {
    return type.accept(
        new SimpleTypeVisitor14<Boolean, Void>(false) {
          private boolean any(List<? extends TypeMirror> types) {
            return types.stream().anyMatch(each -> each.accept(this, null));
          }

          @Override
          public Boolean visitDeclared(DeclaredType t, Void unused) {
            return what.test(t)
                || t.getEnclosingType().accept(this, null)
                || any(t.getTypeArguments());
          }

          @Override
          public Boolean visitError(ErrorType t, Void unused) {
            return what.test(t);
          }

          @Override
          public Boolean visitArray(ArrayType t, Void unused) {
            return t.getComponentType().accept(this, null);
          }

          @Override
          public Boolean visitTypeVariable(TypeVariable t, Void unused) {
            return what.test(t);
          }

          @Override
          public Boolean visitWildcard(WildcardType t, Void unused) {
            return (t.getExtendsBound() != null && t.getExtendsBound().accept(this, null))
                || (t.getSuperBound() != null && t.getSuperBound().accept(this, null));
          }

          @Override
          public Boolean visitIntersection(IntersectionType t, Void unused) {
            return any(t.getBounds());
          }
        },
        null);
  }
}
