package dev.carillon.store;

import dev.carillon.spi.TailWatch;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongConsumer;

/** Who is told when a stream grows. */
final class Watchers {
  private static final System.Logger LOG = System.getLogger("dev.carillon.store");

  private final List<Watch> all = new CopyOnWriteArrayList<>();

  TailWatch add(LongConsumer listener) {
    var watch = new Watch(all, Objects.requireNonNull(listener, "listener"));
    all.add(watch);
    return watch;
  }

  /** Tells everybody, on this thread. */
  void tell(long last) {
    if (!all.isEmpty()) {
      for (Watch watch : all) {
        try {
          watch.listener.accept(last);
        } catch (Throwable e) { // an Error, too, must not hide that the append succeeded
          LOG.log(Level.ERROR, "a listener at the end of a stream failed", e);
        }
      }
    }
  }

  void clear() {
    all.clear();
  }

  private static final class Watch implements TailWatch {
    private final List<Watch> all;
    private final LongConsumer listener;

    Watch(List<Watch> all, LongConsumer listener) {
      this.all = all;
      this.listener = listener;
    }

    @Override
    public void close() {
      all.remove(this);
    }
  }
}
