package dev.carillon.processor;

import dev.carillon.processor.ClassModel.DefaultModel;
import dev.carillon.processor.ClassModel.FunctionModel;
import dev.carillon.processor.ClassModel.Kind;
import dev.carillon.processor.ClassModel.ParameterModel;
import dev.carillon.processor.ClassModel.When;
import dev.carillon.processor.Layout.Link;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.TypeMirror;
import org.jspecify.annotations.Nullable;

/** Writes what one function has in the class: a constant, a builder, and the call itself. */
final class FunctionText {
  /*
   * A builder is a chain of records, each around a bound function. Every argument that is required
   * has a record that waits for it, with a method for it and no other, so a missing argument does
   * not compile; the last record has the methods for arguments that are not required.
   */
  private static final String FUNCTION_PACKAGE = "dev.carillon.function.";

  private final ClassModel owner;
  private final FunctionModel function;
  private final TypeNames types;
  private final List<Argument> arguments; // of a call, the receiver among them
  private final String visibility;
  private final String parameters; // type parameters, empty or with a blank after them
  private final String typeArguments;
  private final String diamond;
  private final String form; // Bound<Receipt>
  private final boolean isGenericForm;
  private String constant = "";
  private String method = "";
  private String type = "";
  private String calls = "";
  private List<Stage> stages = List.of();

  /** What one argument is, as source text. */
  private record Argument(
      String name,
      String type,
      String cast,
      String erased,
      boolean isVariable,
      @Nullable String byDefault) {
    boolean isRequired() {
      return byDefault == null && !isVariable;
    }
  }

  /** A record, and the position of the argument that it waits for; -1 for the last one. */
  private record Stage(String name, int waitsFor) {}

  FunctionText(ClassModel owner, FunctionModel function, TypeNames types) {
    this.owner = owner;
    this.function = function;
    this.types = types;
    types.noteDeprecation(function.element());
    this.arguments = arguments();
    this.visibility = function.isPublic() ? "public " : "";
    String declared = types.parameters(function.typeParameters());
    this.parameters = declared.isEmpty() ? "" : declared + " ";
    this.typeArguments = TypeNames.arguments(function.typeParameters());
    this.diamond = declared.isEmpty() ? "" : "<>";
    TypeMirror result = function.result();
    // Bound<R> takes no nullable R: what it returns may always be null
    String written = result == null ? "Void" : types.writeBare(result);
    this.form = use(function.form().type) + "<" + written + ">";
    this.isGenericForm = result != null && Signatures.hasTypeVariable(result);
  }

  private String use(String simple) {
    return types.use(FUNCTION_PACKAGE + simple);
  }

  private List<Argument> arguments() {
    var all = new ArrayList<Argument>();
    if (function.kind() == Kind.INSTANCE_METHOD) {
      String self = types.write(owner.owner().asType());
      all.add(new Argument("self", self, self, types.name(owner.owner()), false, null));
    }
    for (ParameterModel each : function.parameters()) {
      all.add(
          new Argument(
              each.name(),
              types.write(each.type()),
              types.writeBare(each.type()),
              types.writeBare(types.erasure(each.type())),
              each.isVariable(),
              imported(each.byDefault())));
    }
    return all;
  }

  private @Nullable String imported(@Nullable DefaultModel byDefault) {
    if (byDefault == null) {
      return null;
    }
    TypeElement type = byDefault.type();
    return type == null ? byDefault.text() : types.name(type) + byDefault.text();
  }

  /** Chooses the names that users see most. */
  void name(Names typeNames, Names methods, Names constants) {
    method = methods.next(function.identifier());
    constant = constants.next(Names.constant(method));
    type = typeNames.next(Names.firstUpper(method));
  }

  /** Chooses the others, which must not take one of those from another function. */
  void nameOthers(Names typeNames, Names methods) {
    calls = methods.next("call" + Names.firstUpper(method));
    var all = new ArrayList<Stage>();
    for (int i = 0; i < arguments.size(); i++) {
      if (arguments.get(i).isRequired()) {
        String name = type + Names.firstUpper(arguments.get(i).name());
        all.add(new Stage(typeNames.next(name), i));
      }
    }
    all.add(new Stage(type, -1));
    stages = List.copyOf(all);
  }

  /** {@return what the compiler would warn of} */
  Set<String> warnings() {
    var warnings = new TreeSet<String>();
    TypeMirror returned = function.element().getReturnType();
    boolean isRaw = Signatures.isRaw(returned);
    boolean isUnchecked = isGenericForm;
    for (ParameterModel each : function.parameters()) {
      isRaw |= Signatures.isRaw(each.type());
      isUnchecked |= Signatures.isUnchecked(each.type());
      if (each.isVariable() && Signatures.isUnchecked(each.type())) {
        warnings.add("varargs");
      }
    }
    isUnchecked |= !typeArguments.isEmpty() && function.kind() == Kind.INSTANCE_METHOD;
    if (isUnchecked) {
      warnings.add("unchecked");
    }
    if (isRaw) {
      warnings.add("rawtypes");
    }
    if (function.result() == null || TypeNames.isNullable(returned)) {
      warnings.add("NullAway");
    }
    return warnings;
  }

  // ── the constant ──

  void constant(Layout body) {
    body.assignment(
        "private static final %s %s"
            .formatted(isGenericForm ? use(function.form().type) + "<?>" : form, constant),
        declaration());
  }

  private List<Link> declaration() {
    String of = types.name(owner.owner()) + ".class";
    String declaration = use("Declaration");
    String member = "\"" + function.element().getSimpleName() + "\"";
    TypeMirror returned = function.element().getReturnType();
    String result = types.writeBare(types.erasure(returned)) + ".class";
    var chain = new ArrayList<Link>();
    chain.add(
        switch (function.kind()) {
          case STATIC_METHOD -> new Link(declaration + ".method", of, member, result);
          case INSTANCE_METHOD -> new Link(declaration + ".instanceMethod", of, member, result);
          case CONSTRUCTOR -> new Link(declaration + ".constructor", of);
        });
    int receiver = function.kind() == Kind.INSTANCE_METHOD ? 1 : 0;
    for (Argument each : arguments.subList(receiver, arguments.size())) {
      var stated = new ArrayList<>(List.of("\"" + each.name() + "\"", each.erased() + ".class"));
      if (each.byDefault() != null) {
        stated.add(each.byDefault());
      }
      chain.add(new Link(each.isVariable() ? "variable" : "parameter", stated));
    }
    chain.add(
        new Link(
            function.form().maker(),
            types.constant(function.registeredName()),
            owner.name() + "::" + calls));
    return chain;
  }

  // ── registering ──

  void register(Layout body) {
    if (function.when() == When.AT_START) {
      body.line("%s.register(%s);".formatted(functions(), constant));
    }
  }

  private String functions() {
    return function.scope() == null
        ? "functions"
        : "functions.at(%s.%s)".formatted(use("Scope"), function.scope());
  }

  // ── the builder ──

  void builder(Layout body) {
    String first = stages.getFirst().name();
    String modifiers = visibility + "static " + parameters;
    String builder = first + typeArguments;
    String create = "return new " + first + diamond;
    String cast = isGenericForm ? "(" + form + ") " : "";
    String tag = "{@code %s}".formatted(shownName());
    body.blank()
        .javadoc("{@return a builder of " + tag + ", apart from any registry}", typeTags())
        .openMethod(modifiers, builder, method, List.of(), "")
        .call(create, List.of(cast + constant), ";")
        .close();
    if (function.when() != When.NEVER) {
      var tags = new ArrayList<>(typeTags());
      tags.add("@param functions where it is, or will be when it is called first");
      body.blank()
          .javadoc("{@return a builder of " + tag + " as it is registered}", tags)
          .openMethod(modifiers, builder, method, List.of(use("Functions") + " functions"), "")
          .call(create, List.of("%s%s.onFirstCall(%s)".formatted(cast, functions(), constant)), ";")
          .close();
    }
    for (int i = 0; i < stages.size(); i++) {
      stage(body, i);
    }
  }

  /** {@return the names of class and method} */
  private String shownName() {
    String member =
        function.kind() == Kind.CONSTRUCTOR ? "new" : function.element().getSimpleName().toString();
    return owner.ownerName() + "." + member;
  }

  private List<String> typeTags() {
    return function.typeParameters().stream()
        .map(each -> "@param <%s> as it is declared there".formatted(each.getSimpleName()))
        .toList();
  }

  private void stage(Layout body, int at) {
    Stage stage = stages.get(at);
    boolean isLast = stage.waitsFor() < 0;
    String component = isLast ? "bound" : "partial";
    String waits =
        isLast
            ? "{@code %s} with all that it needs.".formatted(shownName())
            : "{@code %s}, waiting for {@code %s}."
                .formatted(shownName(), arguments.get(stage.waitsFor()).name());
    var tags = new ArrayList<>(typeTags());
    tags.add("@param %s the function with its arguments so far".formatted(component));
    List<Integer> takes = isLast ? optional() : List.of(stage.waitsFor());
    body.blank()
        .javadoc(waits, tags)
        .record(
            visibility + "record " + stage.name(),
            parameters.strip(),
            form + " " + component,
            takes.isEmpty() ? " {}" : " {");
    if (takes.isEmpty()) {
      return;
    }
    body.enter();
    for (int each : takes) {
      argument(body, component, each, isLast ? stage : stages.get(at + 1));
    }
    body.close();
  }

  private List<Integer> optional() {
    var positions = new ArrayList<Integer>();
    for (int i = 0; i < arguments.size(); i++) {
      if (!arguments.get(i).isRequired()) {
        positions.add(i);
      }
    }
    return positions;
  }

  private void argument(Layout body, String component, int position, Stage next) {
    Argument argument = arguments.get(position);
    String name = argument.name();
    String type =
        argument.isVariable()
            ? argument.type().substring(0, argument.type().length() - 2) + "..."
            : argument.type();
    boolean isUnsafe = argument.isVariable() && isUnchecked(position);
    // equals(Object) and wait(long) are methods of every object
    String taker = name.equals("equals") || name.equals("wait") ? name + "2" : name;
    body.blank()
        .javadoc(
            "{@return the builder with {@code %s}}".formatted(name),
            List.of("@param %s the argument".formatted(name)));
    if (isUnsafe) {
      body.line("@SafeVarargs");
    }
    String modifiers = visibility + (isUnsafe ? "final " : "");
    body.openMethod(modifiers, next.name() + typeArguments, taker, List.of(type + " " + name), "")
        .call(
            "return new " + next.name() + diamond,
            List.of("%s().bind(%d, %s)".formatted(component, position, name)),
            ";")
        .close();
  }

  private boolean isUnchecked(int position) {
    int receiver = arguments.size() - function.parameters().size();
    return Signatures.isUnchecked(function.parameters().get(position - receiver).type());
  }

  // ── the call ──

  void call(Layout body) {
    boolean isVoid = function.result() == null;
    body.blank()
        .openMethod(
            "private static " + parameters,
            "Object",
            calls,
            List.of("Object[] a"),
            function.element().getThrownTypes().isEmpty() ? "" : " throws Exception");
    String result = isVoid ? "" : "return ";
    String member = function.element().getSimpleName().toString();
    String of = types.name(owner.owner());
    switch (function.kind()) {
      case STATIC_METHOD -> body.call(result + of + "." + member, casts(), ";");
      case INSTANCE_METHOD -> {
        String receiver = "((%s) a[0])".formatted(arguments.getFirst().type());
        body.callOn(result + receiver, member, casts(), ";");
      }
      case CONSTRUCTOR -> {
        boolean isGeneric = !owner.owner().getTypeParameters().isEmpty();
        body.call(result + "new " + of + (isGeneric ? "<>" : ""), casts(), ";");
      }
    }
    if (isVoid) {
      body.line("return null;");
    }
    body.close();
  }

  private List<String> casts() {
    var casts = new ArrayList<String>();
    for (int i = function.kind() == Kind.INSTANCE_METHOD ? 1 : 0; i < arguments.size(); i++) {
      String type = arguments.get(i).cast();
      casts.add(type.equals("Object") ? "a[" + i + "]" : "(%s) a[%d]".formatted(type, i));
    }
    return casts;
  }
}
