package dev.carillon.bench;

import com.google.common.eventbus.AllowConcurrentEvents;
import com.google.common.eventbus.EventBus;
import com.google.common.eventbus.Subscribe;
import dev.carillon.bus.Bus;
import dev.carillon.bus.Delivery;
import dev.carillon.bus.Emitter;
import dev.carillon.bus.Topic;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import net.engio.mbassy.bus.IMessagePublication;
import net.engio.mbassy.bus.SyncMessageBus;
import net.engio.mbassy.bus.error.PublicationError;
import net.engio.mbassy.listener.Handler;
import net.engio.mbassy.listener.Listener;
import net.engio.mbassy.listener.References;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.SimpleApplicationEventMulticaster;
import org.springframework.core.ResolvableType;

/**
 * E1: publish to so many subscribers, all of which run on the publisher's thread. Each subscriber
 * is an object of its own that adds the payload's number to its sum. What is published is made
 * beforehand, by everybody: an event is no part of what is measured, a message or a delivery is.
 */
public class DirectPublish {
  private static final String[] SUBJECTS = {
    "payload", "message", "publish", "floor", "spring", "greenrobot", "mbassador", "guava"
  };

  static final Group GROUP =
      Group.of(
          "E1",
          "publish to direct subscribers",
          Group.Unit.NS,
          "subscriber",
          "payload",
          List.of(Session.of(DirectPublish.class, SUBJECTS).withSizes(1, 10, 100)),
          List.of(
              Goal.time("≤ 12 ns to 1, payload", 12, "payload", "", 1),
              Goal.time("≤ 25 ns to 10, payload", 2.5, "payload", "", 10),
              Goal.time("≤ 150 ns to 100, payload", 1.5, "payload", "", 100),
              Goal.bytes("0 B to 1, payload", 0.05, "payload", 1),
              Goal.bytes("0 B to 10, payload", 0.05, "payload", 10),
              Goal.bytes("0 B to 100, payload", 0.05, "payload", 100),
              Goal.ratio("publish ≤ 1 × Spring, to 1", 1, "publish", "spring", 1),
              Goal.ratio("publish ≤ 1 × Spring, to 10", 1, "publish", "spring", 10),
              Goal.ratio("publish ≤ 1 × Spring, to 100", 1, "publish", "spring", 100)));

  private static final Topic<Note> TOPIC = Topic.of("bench.note", Note.class);

  /**
   * What is published.
   *
   * @param number what subscribers add
   */
  public record Note(long number) {}

  private static final Note NOTE = new Note(1);

  /** A subscriber, for everyone who calls methods. */
  @Listener(references = References.Strong)
  public static class Hearer {
    @SuppressWarnings("UnusedVariable") // the work; nobody needs the result
    private long sum;

    @Subscribe
    @AllowConcurrentEvents
    @org.greenrobot.eventbus.Subscribe
    @Handler
    public void hear(Note note) {
      sum += note.number();
    }
  }

  /** How many subscribers there are. */
  @State(Scope.Thread)
  public static class Crowd {
    @Param({"1", "10", "100"})
    public int size;

    private List<Hearer> hearers() {
      var made = new ArrayList<Hearer>();
      for (int i = 0; i < size; i++) {
        made.add(new Hearer());
      }
      return made;
    }
  }

  // ── ours ──

  /** A bus; whose subscribers want, is the subject's affair. */
  @State(Scope.Thread)
  public static class OurBus {
    final Bus bus = Bus.open();
    final Emitter<Note> emitter = bus.emitter(TOPIC);

    @TearDown
    public void close() {
      bus.close();
    }
  }

  /** Subscribers that want payloads. */
  @State(Scope.Thread)
  public static class ForPayloads extends OurBus {
    @Setup
    public void subscribe(Crowd crowd) {
      crowd.hearers().forEach(hearer -> bus.onPayload(TOPIC, hearer::hear));
    }
  }

  /** Subscribers that want messages. */
  @State(Scope.Thread)
  public static class ForMessages extends OurBus {
    @Setup
    public void subscribe(Crowd crowd) {
      for (Hearer hearer : crowd.hearers()) {
        bus.subscribe(TOPIC, message -> hearer.hear(message.payload()), s -> s.direct());
      }
    }
  }

  @Benchmark
  @Subject("Carillon emit, payloads")
  public void payload(ForPayloads ours) {
    ours.emitter.emit(NOTE);
  }

  @Benchmark
  @Subject("Carillon emit, messages")
  public void message(ForMessages ours) {
    ours.emitter.emit(NOTE);
  }

  @Benchmark
  @Subject("Carillon publish, with its delivery")
  public Delivery publish(ForMessages ours) {
    return ours.bus.publish(TOPIC, NOTE);
  }

  // ── theirs ──

  /** The least that can be done. */
  @State(Scope.Thread)
  public static class Loop {
    private final List<Consumer<Note>> consumers = new ArrayList<>();

    @Setup
    public void subscribe(Crowd crowd) {
      crowd.hearers().forEach(hearer -> consumers.add(hearer::hear));
    }
  }

  @Benchmark
  @Subject("floor: loop over a list")
  public void floor(Loop loop) {
    List<Consumer<Note>> consumers = loop.consumers;
    for (int i = 0; i < consumers.size(); i++) {
      consumers.get(i).accept(NOTE);
    }
  }

  /** An event as Spring wants it. */
  public static final class SpringNote extends ApplicationEvent {
    private static final long serialVersionUID = 1;
    private final transient Note note;

    SpringNote(Note note) {
      super("bench");
      this.note = note;
    }
  }

  /** A subscriber as Spring wants it. */
  private static final class SpringHearer implements ApplicationListener<SpringNote> {
    private final Hearer hearer;

    SpringHearer(Hearer hearer) {
      this.hearer = hearer;
    }

    @Override
    public void onApplicationEvent(SpringNote event) {
      hearer.hear(event.note);
    }
  }

  /** Spring's multicaster, told of the event's type so that it need not look. */
  @State(Scope.Thread)
  public static class Spring {
    private final SimpleApplicationEventMulticaster multicaster =
        new SimpleApplicationEventMulticaster();
    private final ResolvableType type = ResolvableType.forClass(SpringNote.class);
    private final SpringNote note = new SpringNote(NOTE);

    @Setup
    public void subscribe(Crowd crowd) {
      crowd
          .hearers()
          .forEach(hearer -> multicaster.addApplicationListener(new SpringHearer(hearer)));
    }
  }

  @Benchmark
  @Subject("Spring multicaster")
  public void spring(Spring spring) {
    spring.multicaster.multicastEvent(spring.note, spring.type);
  }

  /** greenrobot's bus, without a look at what the event's class extends. */
  @State(Scope.Thread)
  public static class Greenrobot {
    private final org.greenrobot.eventbus.EventBus bus =
        org.greenrobot.eventbus.EventBus.builder()
            .eventInheritance(false)
            .throwSubscriberException(true)
            .build();

    @Setup
    public void subscribe(Crowd crowd) {
      crowd.hearers().forEach(bus::register);
    }
  }

  @Benchmark
  @Subject("greenrobot EventBus")
  public void greenrobot(Greenrobot greenrobot) {
    greenrobot.bus.post(NOTE);
  }

  /** MBassador's synchronous bus, with strong references. */
  @State(Scope.Thread)
  public static class Mbassador {
    private final SyncMessageBus<Note> bus = new SyncMessageBus<>(Mbassador::failed);

    private static void failed(PublicationError error) {
      throw new BenchmarkException(String.valueOf(error.getMessage()), error.getCause());
    }

    @Setup
    public void subscribe(Crowd crowd) {
      crowd.hearers().forEach(bus::subscribe);
    }
  }

  @Benchmark
  @Subject("MBassador, synchronous bus")
  public IMessagePublication mbassador(Mbassador mbassador) {
    return mbassador.bus.publish(NOTE);
  }

  /** Guava's bus, whose subscribers may be called by several threads, so none is locked. */
  @State(Scope.Thread)
  public static class Guava {
    private final EventBus bus =
        new EventBus((failure, context) -> {
          throw new BenchmarkException("failed: " + context.getSubscriber(), failure);
        });

    @Setup
    public void subscribe(Crowd crowd) {
      crowd.hearers().forEach(bus::register);
    }
  }

  @Benchmark
  @Subject("Guava EventBus")
  public void guava(Guava guava) {
    guava.bus.post(NOTE);
  }
}
