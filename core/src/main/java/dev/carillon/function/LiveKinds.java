package dev.carillon.function;

import java.io.FileDescriptor;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.io.Reader;
import java.io.Writer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.lang.reflect.Member;
import java.net.DatagramSocket;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.Channel;
import java.nio.channels.FileLock;
import java.nio.channels.Selector;
import java.nio.file.FileSystem;
import java.nio.file.WatchService;
import java.util.Enumeration;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Scanner;
import java.util.Set;
import java.util.Spliterator;
import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Exchanger;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import java.util.concurrent.Phaser;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.AbstractOwnableSynchronizer;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.StampedLock;
import java.util.stream.BaseStream;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/** What runs, or belongs to this process, so that it cannot be sent. */
final class LiveKinds {
  private record Kind(Class<?> type, String words) {}

  private static final List<Kind> KINDS =
      List.of(
          new Kind(Thread.class, "a thread"),
          new Kind(ThreadGroup.class, "a group of threads"),
          new Kind(ThreadLocal.class, "a value of threads"),
          new Kind(Executor.class, "an executor"),
          new Kind(Future.class, "a future"),
          new Kind(CompletionStage.class, "a future"),
          new Kind(Timer.class, "a timer"),
          new Kind(TimerTask.class, "a timer's task"),
          new Kind(Lock.class, "a lock"),
          new Kind(ReadWriteLock.class, "a lock"),
          new Kind(StampedLock.class, "a lock"),
          new Kind(Condition.class, "a condition of a lock"),
          new Kind(AbstractOwnableSynchronizer.class, "a lock"),
          new Kind(Semaphore.class, "a semaphore"),
          new Kind(CountDownLatch.class, "a latch"),
          new Kind(CyclicBarrier.class, "a barrier"),
          new Kind(Phaser.class, "a barrier"),
          new Kind(Exchanger.class, "an exchanger"),
          new Kind(Socket.class, "a socket"),
          new Kind(ServerSocket.class, "a socket"),
          new Kind(DatagramSocket.class, "a socket"),
          new Kind(Channel.class, "a channel"),
          new Kind(Selector.class, "a selector"),
          new Kind(FileLock.class, "a lock of a file"),
          new Kind(InputStream.class, "a stream"),
          new Kind(OutputStream.class, "a stream"),
          new Kind(Reader.class, "a stream"),
          new Kind(Writer.class, "a stream"),
          new Kind(Scanner.class, "a stream"),
          new Kind(RandomAccessFile.class, "an open file"),
          new Kind(FileDescriptor.class, "an open file"),
          new Kind(ZipFile.class, "an open file"),
          new Kind(FileSystem.class, "a file system"),
          new Kind(WatchService.class, "a watch on files"),
          new Kind(BaseStream.class, "a stream"),
          new Kind(Iterator.class, "an iterator"),
          new Kind(Enumeration.class, "an iterator"),
          new Kind(Spliterator.class, "an iterator"),
          new Kind(Flow.Publisher.class, "a publisher"),
          new Kind(Flow.Subscriber.class, "a subscriber"),
          new Kind(Flow.Subscription.class, "a subscription"),
          new Kind(Process.class, "a process"),
          new Kind(ProcessHandle.class, "a process"),
          new Kind(ClassLoader.class, "a class loader"),
          new Kind(Module.class, "a module"),
          new Kind(ModuleLayer.class, "a layer of modules"),
          new Kind(MethodHandle.class, "a method handle"),
          new Kind(MethodHandles.Lookup.class, "a lookup"),
          new Kind(VarHandle.class, "a variable handle"),
          new Kind(Member.class, "a reflected member"),
          new Kind(Reference.class, "a reference for the collector"),
          new Kind(Cleaner.class, "a cleaner"),
          new Kind(Arena.class, "native memory"),
          new Kind(MemorySegment.class, "native memory"),
          new Kind(Registry.class, "a registry"),
          new Kind(Functions.class, "a registry"),
          new Kind(FunctionCodec.class, "a codec of functions"));

  /** By name, as their modules need not be there. */
  private static final Set<String> NAMES =
      Set.of(
          "java.sql.Connection",
          "java.sql.Statement",
          "java.sql.ResultSet",
          "java.net.http.HttpClient",
          "java.net.http.WebSocket",
          "com.sun.net.httpserver.HttpServer");

  /** Packages of this library whose objects are systems, apart from records and enums. */
  private static final Set<String> OWN =
      Set.of(
          "dev.carillon",
          "dev.carillon.bus",
          "dev.carillon.event",
          "dev.carillon.schedule",
          "dev.carillon.source",
          "dev.carillon.store",
          "dev.carillon.time");

  private static final ClassValue<Optional<String>> FOUND =
      new ClassValue<>() {
        @Override
        protected Optional<String> computeValue(Class<?> type) {
          return Optional.ofNullable(find(type));
        }
      };

  private LiveKinds() {}

  /** {@return in words what objects of a class are; nothing if they are just values} */
  static Optional<String> of(Class<?> type) {
    return FOUND.get(type);
  }

  private static @Nullable String find(Class<?> type) {
    for (Kind kind : KINDS) {
      if (kind.type.isAssignableFrom(type)) {
        return kind.words;
      }
    }
    if (!type.isRecord() && !Enum.class.isAssignableFrom(type)) {
      for (Class<?> each = type; each != null; each = each.getSuperclass()) {
        if (OWN.contains(each.getPackageName())) {
          return "a part of a running system";
        }
      }
    }
    return hasName(type) ? "a connection" : null;
  }

  private static boolean hasName(@Nullable Class<?> type) {
    if (type == null) {
      return false;
    }
    if (NAMES.contains(type.getName()) || hasName(type.getSuperclass())) {
      return true;
    }
    for (Class<?> each : type.getInterfaces()) {
      if (hasName(each)) {
        return true;
      }
    }
    return false;
  }
}
