package dev.carillon.processor;

import java.util.List;
import java.util.Locale;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.TypeElement;
import javax.lang.model.element.TypeParameterElement;
import javax.lang.model.type.TypeMirror;
import org.jspecify.annotations.Nullable;

/**
 * A class whose functions get builders.
 *
 * @param owner the class
 * @param packageName its package, empty for the unnamed one
 * @param name simple name of what is written
 * @param isPublic whether what is written is public
 * @param functions in the order of declaration
 */
record ClassModel(
    TypeElement owner,
    String packageName,
    String name,
    boolean isPublic,
    List<FunctionModel> functions) {

  /** {@return the names of the class and those around it, {@code Outer.Inner}} */
  String ownerName() {
    return ownerName(owner, packageName);
  }

  static String ownerName(TypeElement owner, String packageName) {
    String qualified = owner.getQualifiedName().toString();
    return packageName.isEmpty() ? qualified : qualified.substring(packageName.length() + 1);
  }

  /** What a function stands for. */
  enum Kind {
    STATIC_METHOD,
    INSTANCE_METHOD,
    CONSTRUCTOR
  }

  /** What a function gives. */
  enum Form {
    BOUND("Bound"),
    ASYNC("AsyncBound"),
    GENERATOR("Generator");

    /** Simple name of the type of such functions. */
    final String type;

    Form(String type) {
      this.type = type;
    }

    /** {@return the method of a declaration that makes one} */
    String maker() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** When a function is registered: the names are those of {@code Registered.When}. */
  enum When {
    AT_START,
    FIRST_CALL,
    NEVER
  }

  /**
   * One function.
   *
   * @param element its method or constructor
   * @param kind what it stands for
   * @param identifier what its builder is called after
   * @param registeredName its name in the registry
   * @param scope name of a constant of {@code Scope}; null for where the functions are seen
   * @param when when it is registered
   * @param form what it gives
   * @param result type of its results, never a primitive one; null if it has none
   * @param typeParameters of the method and, unless it is static, the class
   * @param parameters without the receiver
   * @param isPublic whether its builder is public
   */
  record FunctionModel(
      ExecutableElement element,
      Kind kind,
      String identifier,
      String registeredName,
      @Nullable String scope,
      When when,
      Form form,
      @Nullable TypeMirror result,
      List<TypeParameterElement> typeParameters,
      List<ParameterModel> parameters,
      boolean isPublic) {

    /** {@return the same, whose builder is called after something else} */
    FunctionModel called(String name) {
      return new FunctionModel(
          element,
          kind,
          name,
          registeredName,
          scope,
          when,
          form,
          result,
          typeParameters,
          parameters,
          isPublic);
    }
  }

  /**
   * One parameter.
   *
   * @param name what it is called
   * @param type what it takes
   * @param isVariable whether it takes a variable number
   * @param byDefault the default; null if there is none
   */
  record ParameterModel(
      String name, TypeMirror type, boolean isVariable, @Nullable DefaultModel byDefault) {

    /** {@return whether a call needs an argument for it} */
    boolean isRequired() {
      return byDefault == null && !isVariable;
    }
  }

  /**
   * The default of a parameter.
   *
   * @param type whose name stands before the text; null for text that stands alone
   * @param text source text
   */
  record DefaultModel(@Nullable TypeElement type, String text) {}
}
