package dev.carillon.opencl;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.invoke.MethodHandle;

/**
 * How functions of OpenCL are called: a handle for each form of result and arguments, which takes
 * the function's address first. i is an int, l a long, a handle or a size, a an address.
 */
@SuppressWarnings("restricted") // needs --enable-native-access, as the module says
final class Forms {
  /*
   * A method handle is a constant here, that the compiler sees through; addresses of functions are
   * not, as what they are is known when a library was opened. Apart from that, so that this class is
   * initialised only when the module was found to be allowed to make such handles.
   */
  static final MethodHandle I_L = form("i", "l");
  static final MethodHandle I_LI = form("i", "li");
  static final MethodHandle I_IAA = form("i", "iaa");
  static final MethodHandle I_LIAA = form("i", "liaa");
  static final MethodHandle I_LIAL = form("i", "lial");
  static final MethodHandle I_LILA = form("i", "lila");
  static final MethodHandle I_LILAA = form("i", "lilaa");
  static final MethodHandle I_LLIAA = form("i", "lliaa");
  static final MethodHandle I_LIAAAA = form("i", "liaaaa");
  static final MethodHandle I_LIILAA = form("i", "liilaa");
  static final MethodHandle I_LLILAA = form("i", "llilaa");
  static final MethodHandle I_LLALLLIAA = form("i", "llallliaa");
  static final MethodHandle I_LLIAAAIAA = form("i", "lliaaaiaa");
  static final MethodHandle I_LLILLAIAA = form("i", "llillaiaa");
  static final MethodHandle I_LLLLLLIAA = form("i", "lllllliaa");
  static final MethodHandle L_LA = form("l", "la");
  static final MethodHandle L_LAA = form("l", "laa");
  static final MethodHandle L_LLAA = form("l", "llaa");
  static final MethodHandle L_LLLA = form("l", "llla");
  static final MethodHandle L_LIAAA = form("l", "liaaa");
  static final MethodHandle L_LLLAA = form("l", "lllaa");
  static final MethodHandle L_AIAAAA = form("l", "aiaaaa");

  private Forms() {}

  private static MethodHandle form(String result, String arguments) {
    MemoryLayout[] layouts = arguments.chars().mapToObj(Forms::layout).toArray(MemoryLayout[]::new);
    return Linker.nativeLinker()
        .downcallHandle(FunctionDescriptor.of(layout(result.charAt(0)), layouts));
  }

  private static MemoryLayout layout(int letter) {
    return switch (letter) {
      case 'i' -> JAVA_INT;
      case 'l' -> JAVA_LONG;
      default -> ADDRESS;
    };
  }
}
