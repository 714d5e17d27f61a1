package dev.carillon.codec;

import java.lang.reflect.Proxy;
import java.util.concurrent.ArrayBlockingQueue;
import org.apache.fory.Fory;
import org.apache.fory.config.Config;
import org.apache.fory.context.ReadContext;
import org.apache.fory.context.WriteContext;
import org.apache.fory.exception.InsecureException;
import org.apache.fory.meta.MetaStringEncoder;
import org.apache.fory.resolver.TypeResolver;
import org.apache.fory.serializer.JdkProxySerializer;
import org.apache.fory.serializer.LambdaSerializer;
import org.apache.fory.serializer.Serializer;
import org.apache.fory.util.function.Functions;
import org.jspecify.annotations.Nullable;

/** Fory as it is set up here. */
final class Forys {
  /** Elements that need no byte each, such as those of a list of records without components. */
  static final int UNBACKED = 1_024;

  private static final String REFUSAL =
      "Fory must be allowed to reach into the JDK: run java with --add-opens=java.base/java.lang.invoke=ALL-UNNAMED (=org.apache.fory.core on the module path), or with --sun-misc-unsafe-memory-access=allow: ";

  private static final String NO_CODE = "bytes must not stand for a lambda or proxy: ";
  private static final String NO_BOUNDED_QUEUE =
      "a value must not have a queue over an array, take an ArrayDeque or LinkedBlockingQueue: class=";

  private Forys() {}

  /**
   * Fails unless Fory can work in this JVM. Making one would fail too, after it has printed a stack
   * trace.
   */
  static void check() {
    try {
      new MetaStringEncoder('.', '_').encodeBinary("a name of some length");
    } catch (LinkageError | IllegalStateException e) {
      throw new IllegalStateException(REFUSAL + rootOf(e), e);
    }
  }

  private static String rootOf(Throwable e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return Texts.show(root.toString(), 240);
  }

  static Fory open(ForyConfig config, ClassLoader loader) {
    Fory fory =
        Fory.builder()
            .withXlang(false)
            .requireClassRegistration(true)
            .suppressClassRegistrationWarnings(true)
            .withDeserializeUnknownClass(false)
            .withRefTracking(true)
            .withCompatible(config.evolving())
            .withClassVersionCheck(!config.evolving())
            .withMaxDepth(config.maxDepth())
            .withMaxGraphMemoryBytes(config.maxMemory())
            .withMaxUnbackedContainerItems(UNBACKED)
            .withSerializerFactory(Forys::refuse)
            .withClassLoader(loader)
            .build();
    TypeResolver types = fory.getTypeResolver();
    refuse(types, fory.getConfig(), LambdaSerializer.ReplaceStub.class, NO_CODE);
    refuse(types, fory.getConfig(), JdkProxySerializer.ReplaceStub.class, NO_CODE);
    // Fory writes one, but reads it only if as many bytes follow as it has room for elements.
    refuse(types, fory.getConfig(), ArrayBlockingQueue.class, NO_BOUNDED_QUEUE);
    config
        .types()
        .forEach((name, type) -> {
          fory.getTypeResolver().register(type, ForyTypes.id(name));
          fory.getTypeResolver().register(type.arrayType(), ForyTypes.id(name) + 1);
        });
    return fory;
  }

  /** Asked before any serialiser is made: none is for classes that the JVM makes at run time. */
  private static @Nullable Serializer<?> refuse(TypeResolver types, Class<?> type) {
    if (Functions.isLambda(type) || Proxy.isProxyClass(type)) {
      throw new InsecureException(
          "a lambda or proxy must not be part of a value; name a function instead: class="
              + type.getName());
    }
    return null;
  }

  private static <T> void refuse(TypeResolver types, Config config, Class<T> type, String rule) {
    types.setSerializer(type, new Refusal<>(config, type, rule));
  }

  /** In the place of what would make lambdas or proxies of bytes, or what cannot be read again. */
  private static final class Refusal<T> extends Serializer<T> {
    private final String rule;

    Refusal(Config config, Class<T> type, String rule) {
      super(config, type);
      this.rule = rule;
    }

    @Override
    public void write(WriteContext context, T value) {
      throw refusal();
    }

    @Override
    public T read(ReadContext context) {
      throw refusal();
    }

    private InsecureException refusal() {
      return new InsecureException(rule + type.getName());
    }
  }
}
