package dev.carillon.processor;

import dev.carillon.processor.ClassModel.DefaultModel;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.List;
import javax.lang.model.element.AnnotationMirror;
import javax.lang.model.element.AnnotationValue;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.TypeElement;
import javax.lang.model.element.VariableElement;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.PrimitiveType;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.util.Elements;
import javax.lang.model.util.Types;
import org.jspecify.annotations.Nullable;

/** Reads the defaults of parameters: text that has to be a value of the parameter's type. */
final class Defaults {
  private final Elements elements;
  private final Types types;
  private final Problems problems;

  Defaults(Elements elements, Types types, Problems problems) {
    this.elements = elements;
    this.types = types;
    this.problems = problems;
  }

  /**
   * {@return the default of a parameter as source text; null if it has none, or a wrong one} A type
   * that has to be imported is apart from the text, which may have anything in it.
   */
  @Nullable DefaultModel read(VariableElement parameter, boolean isVariable) {
    AnnotationMirror annotation = Annotations.find(parameter, Annotations.DEFAULT).orElse(null);
    AnnotationValue written = annotation == null ? null : Annotations.written(annotation, "value");
    if (written == null) {
      return null;
    }
    String text = written.getValue().toString();
    if (isVariable) {
      return wrong(parameter, "a variable number of arguments is none by default");
    }
    TypeMirror type = parameter.asType();
    try {
      if (type instanceof PrimitiveType) {
        return new DefaultModel(null, literal(type.getKind(), text));
      }
      return ofClass(parameter, type, text);
    } catch (IllegalArgumentException | DateTimeParseException e) {
      return wrong(parameter, "it must be a value of type %s: value=\"%s\"".formatted(type, text));
    }
  }

  private @Nullable DefaultModel ofClass(VariableElement parameter, TypeMirror type, String text) {
    if (type.getKind() != TypeKind.DECLARED) {
      return unknown(parameter, type);
    }
    var element = (TypeElement) ((DeclaredType) type).asElement();
    String name = element.getQualifiedName().toString();
    if (name.equals("java.lang.String")) {
      return new DefaultModel(null, elements.getConstantExpression(text));
    } else if (name.equals("java.time.Duration")) {
      String constant = elements.getConstantExpression(text(text));
      return new DefaultModel(element, ".parse(" + constant + ")");
    } else if (element.getKind() == ElementKind.ENUM) {
      return constant(parameter, element, text);
    } else if (name.startsWith("java.lang.") && isBox(name)) {
      TypeKind kind = types.unboxedType(element.asType()).getKind();
      return new DefaultModel(null, literal(kind, text));
    }
    return unknown(parameter, type);
  }

  private static String text(String duration) {
    return Duration.parse(duration).toString();
  }

  private static boolean isBox(String name) {
    return switch (name.substring("java.lang.".length())) {
      case "Boolean", "Byte", "Short", "Integer", "Long", "Character", "Float", "Double" -> true;
      default -> false;
    };
  }

  private @Nullable DefaultModel constant(
      VariableElement parameter, TypeElement type, String text) {
    List<String> constants =
        type.getEnclosedElements().stream()
            .filter(each -> each.getKind() == ElementKind.ENUM_CONSTANT)
            .map(Element::getSimpleName)
            .map(Object::toString)
            .toList();
    if (!constants.contains(text)) {
      return wrong(
          parameter,
          "it must be one of %s: value=\"%s\"".formatted(String.join(", ", constants), text));
    }
    return new DefaultModel(type, "." + text);
  }

  private String literal(TypeKind kind, String text) {
    return switch (kind) {
      case BOOLEAN -> {
        if (!text.equals("true") && !text.equals("false")) {
          throw new IllegalArgumentException(text);
        }
        yield text;
      }
      case BYTE -> "(byte) " + Byte.parseByte(text);
      case SHORT -> "(short) " + Short.parseShort(text);
      case INT -> Integer.toString(Integer.parseInt(text));
      case LONG -> Long.parseLong(text) + "L";
      case CHAR -> {
        if (text.length() != 1) {
          throw new IllegalArgumentException(text);
        }
        yield elements.getConstantExpression(text.charAt(0));
      }
      case FLOAT -> floating("Float", Float.parseFloat(text), "f");
      case DOUBLE -> floating("Double", Double.parseDouble(text), "");
      default -> throw new IllegalArgumentException(text);
    };
  }

  /* A float is widened to the same double, but would not be written as the same text. */
  private static String floating(String type, Number number, String suffix) {
    double value = number.doubleValue();
    if (Double.isNaN(value)) {
      return type + ".NaN";
    } else if (Double.isInfinite(value)) {
      return type + (value > 0 ? ".POSITIVE_INFINITY" : ".NEGATIVE_INFINITY");
    }
    return number + suffix;
  }

  private @Nullable DefaultModel unknown(VariableElement parameter, TypeMirror type) {
    return wrong(
        parameter,
        "only a primitive type, its class, String, an enum or Duration can have one: type=" + type);
  }

  private @Nullable DefaultModel wrong(VariableElement parameter, String why) {
    problems.error(
        parameter,
        Annotations.DEFAULT,
        "@Default does not fit parameter \"%s\": %s".formatted(parameter.getSimpleName(), why));
    return null;
  }
}
