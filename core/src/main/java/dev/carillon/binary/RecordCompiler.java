package dev.carillon.binary;

import static java.lang.constant.ConstantDescs.CD_Class;
import static java.lang.constant.ConstantDescs.CD_MethodHandle;
import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.CD_Throwable;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_void;

import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.constant.DynamicConstantDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Makes the code that writes and reads one record. */
final class RecordCompiler {
  /*
   * A hidden class beside this one, a RecordCode:
   *
   *   void write(Output out, Object value) {      Object read(Input in) {
   *     int part = 0;                               int part = 0;
   *     try {                                       try {
   *       out.putInt(accessor0(value));               Object made = constructor(
   *       part = 1;                                       in.getInt(),
   *       out.text(accessor1(value));                     (part = 1) in.text(), ...
   *       ...                                             part = 2 ...);
   *     } catch (Throwable t) {                         return made;
   *       throw writing(t, TYPE, part);               } catch (Throwable t) {
   *     }                                               throw reading(t, TYPE, part);
   *   }                                             } }
   *
   * The accessors, the constructor, and the classes of components are the class's data, so they are
   * constants for the JIT compiler, which makes plain calls of them; and the hidden class itself
   * needs no access to the record. No component is boxed.
   */
  private static final MethodHandles.Lookup HERE = MethodHandles.lookup();
  private static final ClassDesc SELF = ClassDesc.of(RecordCode.class.getPackageName(), "Code");
  private static final ClassDesc CODE = RecordCode.class.describeConstable().orElseThrow();
  private static final ClassDesc OUT = Output.class.describeConstable().orElseThrow();
  private static final ClassDesc IN = Input.class.describeConstable().orElseThrow();
  private static final ClassDesc TYPE = RecordType.class.describeConstable().orElseThrow();
  private static final ClassDesc RUNTIME_EXCEPTION =
      RuntimeException.class.describeConstable().orElseThrow();
  private static final DirectMethodHandleDesc DATA_AT =
      ConstantDescs.ofConstantBootstrap(
          MethodHandles.class.describeConstable().orElseThrow(), "classDataAt", CD_Object, CD_int);
  private static final MethodTypeDesc ANY_TO_OBJECT = MethodTypeDesc.of(CD_Object, CD_Class);

  private final RecordType type;
  private final List<Object> data = new ArrayList<>();

  private RecordCompiler(RecordType type) {
    this.type = type;
  }

  static RecordCode compile(
      RecordType type, MethodHandle constructor, List<MethodHandle> accessors) {
    var compiler = new RecordCompiler(type);
    byte[] bytes = compiler.classFile(constructor, accessors);
    try {
      MethodHandles.Lookup made =
          HERE.defineHiddenClassWithClassData(bytes, List.copyOf(compiler.data), true);
      return (RecordCode)
          made.findConstructor(made.lookupClass(), MethodType.methodType(void.class)).invoke();
    } catch (Error e) {
      throw e;
    } catch (Throwable t) {
      throw new IllegalStateException("the code of a record can be made: type=" + type, t);
    }
  }

  private byte[] classFile(MethodHandle constructor, List<MethodHandle> accessors) {
    return ClassFile.of()
        .build(
            SELF,
            c ->
                c.withFlags(ClassFile.ACC_FINAL | ClassFile.ACC_SUPER)
                    .withSuperclass(CODE)
                    .withMethodBody(
                        ConstantDescs.INIT_NAME,
                        ConstantDescs.MTD_void,
                        0,
                        b ->
                            b.aload(0)
                                .invokespecial(
                                    CODE, ConstantDescs.INIT_NAME, ConstantDescs.MTD_void)
                                .return_())
                    .withMethodBody(
                        "write",
                        MethodTypeDesc.of(CD_void, OUT, CD_Object),
                        0,
                        b -> guarded(b, "writing", code -> writeParts(code, accessors)))
                    .withMethodBody(
                        "read",
                        MethodTypeDesc.of(CD_Object, IN),
                        0,
                        b -> guarded(b, "reading", code -> readParts(code, constructor))));
  }

  /** The body, whose failures are told with the part in the variable after the parameters. */
  private void guarded(CodeBuilder code, String failure, Consumer<CodeBuilder> body) {
    int part = partVariable(code);
    code.iconst_0().istore(part);
    code.trying(
        body::accept,
        catches ->
            catches.catchingAll(b ->
                b.loadConstant(constant(TYPE, type))
                    .iload(part)
                    .invokestatic(
                        CODE,
                        failure,
                        MethodTypeDesc.of(RUNTIME_EXCEPTION, CD_Throwable, TYPE, CD_int))
                    .athrow()));
  }

  private static int partVariable(CodeBuilder code) {
    return code.parameterSlot(0) + 2; // behind the parameters, of which there are two at most
  }

  private void writeParts(CodeBuilder code, List<MethodHandle> accessors) {
    int part = partVariable(code);
    for (int i = 0; i < accessors.size(); i++) {
      PartKind kind = type.parts.get(i).kind();
      ClassDesc written = kind.type.describeConstable().orElseThrow();
      MethodHandle accessor =
          accessors.get(i).asType(MethodType.methodType(kind.type, Object.class));
      code.loadConstant(i).istore(part);
      code.aload(code.parameterSlot(0));
      code.loadConstant(constant(CD_MethodHandle, accessor));
      code.aload(code.parameterSlot(1));
      code.invokevirtual(CD_MethodHandle, "invokeExact", MethodTypeDesc.of(written, CD_Object));
      code.invokevirtual(OUT, writer(kind), MethodTypeDesc.of(CD_void, parameter(kind)));
    }
    code.return_();
  }

  private static String writer(PartKind kind) {
    return switch (kind) {
      case BOOLEAN -> "putBoolean";
      case BYTE -> "putByte";
      case SHORT, INT -> "putInt";
      case CHAR -> "putVar";
      case LONG -> "putLong";
      case FLOAT -> "putFloat";
      case DOUBLE -> "putDouble";
      case TEXT -> "text";
      case ANY -> "any";
    };
  }

  private static ClassDesc parameter(PartKind kind) {
    return switch (kind) {
      case BYTE, SHORT, CHAR -> CD_int;
      default -> kind.type.describeConstable().orElseThrow();
    };
  }

  private void readParts(CodeBuilder code, MethodHandle constructor) {
    int part = partVariable(code);
    List<Class<?>> types = new ArrayList<>();
    code.loadConstant(constant(CD_MethodHandle, constructor)); // its type is fitted below
    int place = data.size() - 1;
    for (int i = 0; i < type.parts.size(); i++) {
      Part each = type.parts.get(i);
      PartKind kind = each.kind();
      types.add(kind.type);
      code.loadConstant(i).istore(part);
      code.aload(code.parameterSlot(0));
      ClassDesc read = kind.type.describeConstable().orElseThrow();
      if (kind == PartKind.ANY) {
        code.loadConstant(constant(CD_Class, each.type()));
        code.invokevirtual(IN, "any", ANY_TO_OBJECT);
      } else {
        code.invokevirtual(IN, reader(kind), MethodTypeDesc.of(read));
      }
    }
    code.loadConstant(type.parts.size()).istore(part);
    MethodType made = MethodType.methodType(Object.class, types);
    data.set(place, constructor.asType(made));
    code.invokevirtual(CD_MethodHandle, "invokeExact", made.describeConstable().orElseThrow());
    code.areturn();
  }

  private static String reader(PartKind kind) {
    return switch (kind) {
      case BOOLEAN -> "getBoolean";
      case BYTE -> "getByte";
      case SHORT -> "getShort";
      case INT -> "getInt";
      case CHAR -> "getChar";
      case LONG -> "getLong";
      case FLOAT -> "getFloat";
      case DOUBLE -> "getDouble";
      case TEXT -> "text";
      case ANY -> "any";
    };
  }

  /** {@return a constant of the class that is this object} */
  private DynamicConstantDesc<?> constant(ClassDesc constantType, Object value) {
    data.add(value);
    return DynamicConstantDesc.ofNamed(
        DATA_AT, ConstantDescs.DEFAULT_NAME, constantType, data.size() - 1);
  }
}
