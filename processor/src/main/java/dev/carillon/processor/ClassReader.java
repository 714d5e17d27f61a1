package dev.carillon.processor;

import static java.util.stream.Collectors.groupingBy;

import dev.carillon.processor.ClassModel.Form;
import dev.carillon.processor.ClassModel.FunctionModel;
import dev.carillon.processor.ClassModel.Kind;
import dev.carillon.processor.ClassModel.ParameterModel;
import dev.carillon.processor.ClassModel.When;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.annotation.processing.ProcessingEnvironment;
import javax.lang.model.element.AnnotationMirror;
import javax.lang.model.element.AnnotationValue;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeElement;
import javax.lang.model.element.TypeParameterElement;
import javax.lang.model.element.VariableElement;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.PrimitiveType;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.type.WildcardType;
import javax.lang.model.util.Elements;
import javax.lang.model.util.Types;
import org.jspecify.annotations.Nullable;

/** Reads what is marked in a class, and says what cannot be. */
final class ClassReader {
  private static final int LONGEST_NAME = 200; // as the registry has it
  private static final String SELF = "self";

  private final ProcessingEnvironment environment;
  private final Elements elements;
  private final Types types;
  private final Problems problems;
  private final Defaults defaults;

  ClassReader(ProcessingEnvironment environment, Problems problems) {
    this.environment = environment;
    this.elements = environment.getElementUtils();
    this.types = environment.getTypeUtils();
    this.problems = problems;
    this.defaults = new Defaults(elements, types, problems);
  }

  /** {@return the class; nothing if something is wrong in it, which has been told} */
  Optional<ClassModel> read(TypeElement owner) {
    int before = problems.count();
    checkOwner(owner);
    if (problems.count() > before) {
      return Optional.empty();
    }
    String packageName = elements.getPackageOf(owner).getQualifiedName().toString();
    var functions = new ArrayList<FunctionModel>();
    for (Marked each : marked(owner)) {
      functions.add(function(owner, packageName, each));
    }
    checkNames(functions);
    if (problems.count() > before) {
      return Optional.empty();
    }
    String name = ClassModel.ownerName(owner, packageName).replace(".", "") + "Functions";
    return Optional.of(
        new ClassModel(owner, packageName, name, isPublic(owner), identified(functions)));
  }

  private record Marked(ExecutableElement element, Element place, AnnotationMirror annotation) {}

  private List<Marked> marked(TypeElement owner) {
    AnnotationMirror onRecord = Annotations.find(owner, Annotations.REGISTERED).orElse(null);
    var found = new ArrayList<Marked>();
    for (Element each : owner.getEnclosedElements()) {
      if (!(each instanceof ExecutableElement element)) {
        continue;
      }
      if (onRecord != null && Annotations.isCanonical(environment, element)) {
        found.add(new Marked(element, owner, onRecord));
      }
      Annotations.find(each, Annotations.REGISTERED)
          .ifPresent(mirror -> found.add(new Marked(element, element, mirror)));
    }
    return found;
  }

  // ── the class ──

  private void checkOwner(TypeElement owner) {
    if (owner.getKind() != ElementKind.RECORD
        && Annotations.find(owner, Annotations.REGISTERED).isPresent()) {
      problems.error(
          owner,
          Annotations.REGISTERED,
          "@Registered on a type is for records; mark methods and constructors of "
              + owner.getSimpleName());
    }
    for (Element each = owner; each instanceof TypeElement; each = each.getEnclosingElement()) {
      if (each.getModifiers().contains(Modifier.PRIVATE)) {
        problems.error(
            owner, "a class with @Registered functions must not be private: " + name(each));
      }
    }
    boolean isInner =
        owner.getNestingKind().isNested() && !owner.getModifiers().contains(Modifier.STATIC);
    if (isInner) {
      problems.error(
          owner,
          "a class with @Registered functions must not be an inner one; make it static: "
              + name(owner));
    }
  }

  private static String name(Element element) {
    return element instanceof TypeElement type
        ? type.getQualifiedName().toString()
        : Signatures.around(element).getSimpleName() + "." + element;
  }

  private static boolean isPublic(TypeElement owner) {
    for (Element each = owner; each instanceof TypeElement; each = each.getEnclosingElement()) {
      if (!each.getModifiers().contains(Modifier.PUBLIC)) {
        return false;
      }
    }
    return true;
  }

  // ── a function ──

  private FunctionModel function(TypeElement owner, String packageName, Marked marked) {
    ExecutableElement element = marked.element();
    Kind kind = kind(element);
    check(owner, element, kind);
    var typeParameters = new ArrayList<TypeParameterElement>();
    if (kind != Kind.STATIC_METHOD) {
      typeParameters.addAll(owner.getTypeParameters());
    }
    typeParameters.addAll(element.getTypeParameters());
    TypeMirror returned = kind == Kind.CONSTRUCTOR ? owner.asType() : element.getReturnType();
    Form form = form(returned);
    String member = kind == Kind.CONSTRUCTOR ? "new" : element.getSimpleName().toString();
    AnnotationValue given = Annotations.written(marked.annotation(), "name");
    String byDefault = ClassModel.ownerName(owner, packageName) + "." + member;
    String name = given == null ? byDefault : given.getValue().toString();
    checkName(marked.place(), name);
    return new FunctionModel(
        element,
        kind,
        kind == Kind.CONSTRUCTOR ? "new" + owner.getSimpleName() : member,
        name,
        scope(marked),
        when(marked),
        form,
        result(form, returned),
        typeParameters,
        parameters(element, kind),
        isPublic(owner) && element.getModifiers().contains(Modifier.PUBLIC));
  }

  private static Kind kind(ExecutableElement element) {
    if (element.getKind() == ElementKind.CONSTRUCTOR) {
      return Kind.CONSTRUCTOR;
    }
    return element.getModifiers().contains(Modifier.STATIC)
        ? Kind.STATIC_METHOD
        : Kind.INSTANCE_METHOD;
  }

  private void check(TypeElement owner, ExecutableElement element, Kind kind) {
    if (element.getModifiers().contains(Modifier.PRIVATE)) {
      problems.error(
          element,
          Annotations.REGISTERED,
          "a @Registered function must not be private: " + name(element));
    }
    boolean makesNone =
        owner.getKind() == ElementKind.ENUM || owner.getModifiers().contains(Modifier.ABSTRACT);
    if (kind == Kind.CONSTRUCTOR && makesNone) {
      problems.error(
          element,
          Annotations.REGISTERED,
          "a @Registered constructor must make an object, and that of an enum or an abstract class"
              + " does not: "
              + name(element));
    }
    for (TypeMirror thrown : element.getThrownTypes()) {
      if (!types.isSubtype(thrown, type("java.lang.Exception"))
          && !types.isSubtype(thrown, type("java.lang.Error"))) {
        problems.error(
            element,
            Annotations.REGISTERED,
            "a @Registered function must throw exceptions and errors only: " + thrown);
      }
    }
    Element hidden = Signatures.hidden(element.getReturnType());
    if (hidden != null) {
      problems.error(element, "the result's type must not be private: " + name(hidden));
    }
  }

  private TypeMirror type(String name) {
    return elements.getTypeElement(name).asType();
  }

  private void checkName(Element place, String name) {
    boolean isName =
        !name.isBlank()
            && name.length() <= LONGEST_NAME
            && name.chars().noneMatch(Character::isISOControl);
    if (!isName) {
      problems.error(
          place,
          Annotations.REGISTERED,
          "a name must have 1 to %d characters, not all blank, none a control character: name=\"%s\""
              .formatted(LONGEST_NAME, name));
    }
  }

  private @Nullable String scope(Marked marked) {
    AnnotationValue written = Annotations.written(marked.annotation(), "scope");
    if (written == null) {
      return null;
    }
    var scopes = (List<?>) written.getValue();
    if (scopes.size() > 1) {
      problems.error(
          marked.place(),
          Annotations.REGISTERED,
          "a function is registered in one scope at the most: scope=" + written);
    }
    return scopes.isEmpty() ? null : constant((AnnotationValue) scopes.getFirst());
  }

  private static When when(Marked marked) {
    AnnotationValue written = Annotations.written(marked.annotation(), "when");
    return written == null ? When.AT_START : When.valueOf(constant(written));
  }

  private static String constant(AnnotationValue value) {
    return ((VariableElement) value.getValue()).getSimpleName().toString();
  }

  // ── what it takes and gives ──

  private List<ParameterModel> parameters(ExecutableElement element, Kind kind) {
    var all = new ArrayList<ParameterModel>();
    int last = element.getParameters().size() - 1;
    for (VariableElement each : element.getParameters()) {
      String name = each.getSimpleName().toString();
      boolean isVariable = element.isVarArgs() && all.size() == last;
      if (kind == Kind.INSTANCE_METHOD && name.equals(SELF)) {
        problems.error(each, "\"self\" is the receiver; call the parameter something else");
      }
      Element hidden = Signatures.hidden(each.asType());
      if (hidden != null) {
        problems.error(each, "a parameter's type must not be private: " + name(hidden));
      }
      all.add(new ParameterModel(name, each.asType(), isVariable, defaults.read(each, isVariable)));
    }
    return all;
  }

  private Form form(TypeMirror returned) {
    if (Signatures.as(types, returned, "java.util.concurrent.CompletionStage") != null) {
      return Form.ASYNC;
    }
    boolean isMany =
        Signatures.as(types, returned, "java.util.stream.Stream") != null
            || Signatures.as(types, returned, "java.util.Iterator") != null;
    return isMany ? Form.GENERATOR : Form.BOUND;
  }

  private @Nullable TypeMirror result(Form form, TypeMirror returned) {
    return switch (form) {
      case BOUND ->
          switch (returned) {
            case PrimitiveType primitive -> types.boxedClass(primitive).asType();
            default -> returned.getKind() == TypeKind.VOID ? null : returned;
          };
      case ASYNC ->
          argument(Signatures.as(types, returned, "java.util.concurrent.CompletionStage"));
      case GENERATOR -> {
        DeclaredType stream = Signatures.as(types, returned, "java.util.stream.Stream");
        yield argument(
            stream != null ? stream : Signatures.as(types, returned, "java.util.Iterator"));
      }
    };
  }

  /** {@return the type argument, or what is known of it} */
  private TypeMirror argument(@Nullable DeclaredType generic) {
    TypeMirror argument =
        generic == null || generic.getTypeArguments().isEmpty()
            ? type("java.lang.Object")
            : generic.getTypeArguments().getFirst();
    if (argument instanceof WildcardType wildcard) {
      TypeMirror bound = wildcard.getExtendsBound();
      return bound == null ? type("java.lang.Object") : bound;
    }
    return argument;
  }

  // ── names ──

  private void checkNames(List<FunctionModel> functions) {
    var first = new HashMap<String, FunctionModel>();
    for (FunctionModel each : functions) {
      FunctionModel other = first.putIfAbsent(each.registeredName(), each);
      if (other != null) {
        problems.error(
            each.element(),
            Annotations.REGISTERED,
            "a name must be its own, so give one of them another with @Registered(name = …):"
                + " name=\"%s\" is that of %s"
                    .formatted(each.registeredName(), name(other.element())));
      }
    }
  }

  /** Of several with the same identifier, those with a name of their own are called after it. */
  private List<FunctionModel> identified(List<FunctionModel> functions) {
    Map<String, List<FunctionModel>> alike =
        functions.stream().collect(groupingBy(FunctionModel::identifier));
    return functions.stream()
        .map(each -> {
          boolean isOne = alike.getOrDefault(each.identifier(), List.of()).size() == 1;
          boolean isPlain = each.registeredName().endsWith("." + each.identifier());
          return isOne || isPlain ? each : each.called(Names.identifier(each));
        })
        .toList();
  }
}
