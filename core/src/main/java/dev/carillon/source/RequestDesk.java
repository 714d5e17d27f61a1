package dev.carillon.source;

import dev.carillon.spi.EventRecord;
import dev.carillon.time.Timer;
import dev.carillon.time.Timers;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Takes requests in: from their heads to their answers. */
final class RequestDesk<T> {
  /*
   * A request goes through the gate, which knows its head; it is authenticated, read, split into
   * events if it holds some, and made payloads; those are put in. From then on whatever is first
   * gives the answer: that all items are settled, the handler, the timer, or the end of the source.
   * Who authenticates is told if not all was put in, or an item failed, since the request may come
   * again as it is; not if the handler itself has refused it, or may still be at work.
   *
   * Keys of repeats follow the items, not the answer: an item that is settled after a 504 is done,
   * so when its sender tries again it is answered by success.
   *
   * A batch waits for room at a bell, and not in the intake, where a handler might run before the
   * wait returns: so a time that is over ends the wait, and never interrupts a handler. What was not
   * put in by then is not put in any more.
   */
  private static final System.Logger LOG = System.getLogger("dev.carillon.source");
  private static final List<String> TRACE = List.of("traceparent", "tracestate");
  private static final WebAnswer TOO_LATE = WebAnswer.text(504, "not answered in time\n");
  private static final int MOST_TRACE = 512;
  private static final int COST_OF_UNKNOWN = 19; // besides the one for any request

  private final HttpSettings settings;
  private final HttpLimits limits;
  private final WebReader<T> reader;
  private final Intake<T> intake;
  private final Timers timers;
  private final RateTable rates;
  private final Bodies bodies;
  private final Formats formats;
  private final RequestGate gate;
  private final @Nullable Repeats repeats;
  private final RoomBell bell;
  private final Set<Reply> waiting = ConcurrentHashMap.newKeySet();

  /** One item that is to be put in. */
  private record Ready<T>(Item<T> item, @Nullable String key) {}

  RequestDesk(HttpSettings settings, WebReader<T> reader, Intake<T> intake, Timers timers) {
    this.settings = settings;
    this.limits = settings.limits();
    this.reader = reader;
    this.intake = intake;
    this.timers = timers;
    this.rates = new RateTable(limits.perSecond(), limits.maxAddresses(), intake.clock());
    this.bodies = new Bodies(limits);
    this.formats = new Formats(settings.formats(), limits.maxBatch());
    this.gate = new RequestGate(settings, rates, bodies, formats);
    this.repeats = settings.repeats() == 0 ? null : new Repeats(settings.repeats());
    this.bell = new RoomBell(intake);
  }

  /**
   * {@return the answer to a request}
   *
   * @param body not read further than its limit
   * @throws IOException if it cannot be read, or is too slow
   */
  WebAnswer serve(RequestHead head, int uriLength, InputStream body, Watch watch)
      throws IOException {
    Bodies.Share share = bodies.newShare();
    try {
      gate.check(head, uriLength);
      return serve(head, body, watch, share);
    } catch (RefusedRequest refused) {
      refuse(head, refused);
      return refused.answer();
    } finally {
      share.release();
    }
  }

  private void refuse(RequestHead head, RefusedRequest refused) {
    intake.refuse(
        refused.rule(),
        "%s, from %s".formatted(refused.what(), head.remote().getAddress().getHostAddress()));
  }

  private WebAnswer serve(RequestHead head, InputStream body, Watch watch, Bodies.Share share)
      throws IOException, RefusedRequest {
    var reply = new Reply();
    WebAuth auth = settings.auth();
    var request = new ReceivedRequest(head, new byte[0], reply);
    String user = head.principal();
    boolean isKnown = auth != null && !auth.needsBody();
    if (auth != null && isKnown) {
      user = authenticate(auth, head, request);
    }
    boolean isTaken = false;
    try {
      if (!intake.hasRoom()) {
        throw noRoom();
      }
      var received = new ReceivedRequest(head, share.read(body), reply);
      request = received;
      watch.rest();
      if (auth != null && !isKnown) {
        user = authenticate(auth, head, request);
        isKnown = true;
      }
      Runnable notTaken = auth == null ? () -> {} : () -> auth.notTaken(received);
      var inHand = new InHand(settings.reply(), reply, share, repeats, notTaken);
      WebAnswer answer = take(received.of(user, auth != null), head, inHand, reply);
      isTaken = true; // or what is in hand tells that it was not
      return answer;
    } finally {
      if (auth != null && isKnown && !isTaken) {
        auth.notTaken(request);
      }
    }
  }

  private RefusedRequest noRoom() {
    return intake.isStopping()
        ? new RefusedRequest("stopping", InHand.STOPPING, "the source is being stopped")
        : RefusedRequest.later("no-room", 503, "there is no room now");
  }

  private String authenticate(WebAuth auth, RequestHead head, ReceivedRequest request)
      throws RefusedRequest {
    return switch (auth.check(request)) {
      case WebAuth.User(String id) -> id;
      case WebAuth.Forbidden(String why) ->
          throw new RefusedRequest("forbidden", WebAnswer.text(403, "forbidden\n"), why);
      case WebAuth.Unknown(String why) -> {
        rates.charge(head.remote().getAddress(), COST_OF_UNKNOWN);
        throw new RefusedRequest(
            "unauthenticated",
            WebAnswer.text(401, "not authenticated\n")
                .withHeader("WWW-Authenticate", auth.challenge()),
            why);
      }
    };
  }

  // ── putting in ──

  /**
   * {@return the answer}
   *
   * @throws RefusedRequest if nothing of it was put in
   */
  private WebAnswer take(ReceivedRequest request, RequestHead head, InHand inHand, Reply reply)
      throws RefusedRequest {
    List<ReceivedRequest> events = events(request, head);
    List<Ready<T>> ready = ready(events, head);
    if (ready.isEmpty()) { // repeats of what was done, or an empty batch
      return WebAnswer.of(settings.reply() == WebReply.ACCEPTED ? 202 : 204);
    }
    waiting.add(reply);
    Timer timer =
        timers.schedule(
            limits.replyWithin(),
            () -> {
              if (reply.giveUp(TOO_LATE)) {
                intake.refuse("reply-time", "no answer within " + limits.replyWithin());
              }
              wake();
            });
    try {
      if (putIn(ready, inHand, reply)) {
        inHand.allAreIn();
      } else {
        if (intake.isStopping() && reply.giveUp(InHand.STOPPING)) {
          refuse(head, noRoom());
        }
        inHand.noMoreAreIn();
      }
      return reply.await();
    } finally {
      timer.cancel();
      waiting.remove(reply);
    }
  }

  private List<ReceivedRequest> events(ReceivedRequest request, RequestHead head)
      throws RefusedRequest {
    if (CloudEventAttributes.areIn(head)) {
      Map<String, String> attributes = CloudEventAttributes.read(head);
      return List.of(request.as(attributes, head.contentType(), request.shared()));
    }
    String media = Formats.media(head.contentType());
    if (!Formats.isStructured(media)) {
      return List.of(request);
    }
    var events = new ArrayList<ReceivedRequest>();
    for (EventRecord event : formats.read(media, request.shared())) {
      String type = CloudEventAttributes.contentType(event.attributes(), "application/json");
      gate.checkType(type);
      events.add(request.as(event.attributes(), type, event.data()));
    }
    return events;
  }

  /** {@return items for what is new} Their keys are under way from then on. */
  private List<Ready<T>> ready(List<ReceivedRequest> events, RequestHead head)
      throws RefusedRequest {
    var items = new ArrayList<Item<T>>(); // before the first key, as readers may fail
    for (ReceivedRequest event : events) {
      items.add(item(payload(event), event, head));
    }
    var ready = new ArrayList<Ready<T>>();
    var keys = new HashSet<String>();
    for (int i = 0; i < events.size(); i++) {
      ReceivedRequest event = events.get(i);
      String key = key(event);
      if (key == null || repeats == null) {
        ready.add(new Ready<>(items.get(i), null));
      } else if (keys.add(key)) {
        switch (repeats.begin(key)) {
          case NEW -> ready.add(new Ready<>(items.get(i), key));
          case DONE -> intake.refuse("repeat", "it was taken care of before: " + event);
          case UNDER_WAY -> {
            forget(ready);
            throw RefusedRequest.later("repeat", 503, "the same is still under way");
          }
        }
      }
    }
    return ready;
  }

  private T payload(ReceivedRequest event) throws RefusedRequest {
    try {
      return Objects.requireNonNull(reader.read(event), "a payload must not be null");
    } catch (Exception e) {
      throw new RefusedRequest(
          "unreadable",
          WebAnswer.text(400, "the body is not what it should be\n"),
          "the reader of payloads says: " + RefusedRequest.show(String.valueOf(e)));
    }
  }

  private @Nullable String key(ReceivedRequest event) {
    if (repeats == null) {
      return null;
    }
    String user = event.user().orElse("");
    if (!event.event().isEmpty()) {
      return Repeats.key(user, CloudEventAttributes.key(event.event()));
    }
    for (String name : settings.repeatHeaders()) {
      String value = event.header(name).orElse("");
      if (!value.isEmpty()) {
        return Repeats.key(user, RequestGate.lower(name), value);
      }
    }
    return null;
  }

  private Item<T> item(T payload, ReceivedRequest event, RequestHead head) {
    Map<String, String> headers = new HashMap<>(CloudEventAttributes.toHeaders(event.event()));
    for (String name : TRACE) {
      head.header(name)
          .filter(value -> value.length() <= MOST_TRACE)
          .ifPresent(value -> headers.putIfAbsent(name, value));
    }
    for (String name : settings.keptHeaders()) {
      head.header(name).ifPresent(value -> headers.put(name, value));
    }
    headers.put("http-method", head.method());
    headers.put("http-id", head.id());
    Origin origin =
        intake
            .origin()
            .withResource(head.resource())
            .withSystem(head.remote().getAddress().getHostAddress());
    var time = CloudEventAttributes.time(event.event());
    return intake
        .item(payload)
        .from(event.user().map(origin::withUser).orElse(origin))
        .withHeaders(headers)
        .withTime(time == null ? intake.clock().now() : time);
  }

  /**
   * Puts items in: the first if there is room now, the others of a batch when there is.
   *
   * @return whether all are in; false if the time for the answer was over after the first, or the
   *     source is being stopped
   * @throws RefusedRequest if there is no room for the first
   */
  private boolean putIn(List<Ready<T>> ready, InHand inHand, Reply reply) throws RefusedRequest {
    for (int i = 0; i < ready.size(); i++) {
      Ready<T> next = ready.get(i);
      SettledListener settled = inHand.add(next.key());
      boolean isIn =
          i == 0 ? intake.offer(next.item(), settled) : putInLater(next.item(), settled, reply);
      if (!isIn) {
        forget(ready.subList(i + 1, ready.size()));
        settled.settled(
            LocalIntake.stopped()); // forgets its own key: once, or it might be another's
        if (i == 0) {
          throw noRoom();
        }
        return false;
      }
    }
    return true;
  }

  /**
   * Waits for room, and for nothing else: no handler that runs on this thread is interrupted.
   *
   * @return whether it is in; false if it is too late, or the source is stopped
   */
  private boolean putInLater(Item<T> item, SettledListener settled, Reply reply) {
    while (true) {
      long rung = bell.rung();
      if (intake.isStopping() || reply.isOver()) {
        return false;
      }
      if (intake.offer(item, settled)) {
        return true;
      }
      try {
        bell.await(rung);
      } catch (InterruptedException e) { // a handler that ran here has left it
        LOG.log(Level.DEBUG, "an interrupt that is for nobody", e);
      }
    }
  }

  private void forget(List<Ready<T>> ready) {
    if (repeats != null) {
      ready.stream().map(Ready::key).filter(key -> key != null).forEach(repeats::forget);
    }
  }

  /** {@return whether nobody waits for an answer} */
  boolean isIdle() {
    return waiting.isEmpty();
  }

  /** Has those who wait for room look whether they are to wait any longer. */
  void wake() {
    bell.ring();
  }

  /** Answers those who still wait: the source is at its end. */
  void giveUp() {
    waiting.forEach(reply -> reply.giveUp(InHand.STOPPING));
  }

  /** {@return what is answered if a request could not be served for a fault of ours} */
  WebAnswer fault(Throwable e) {
    LOG.log(Level.WARNING, "a request failed in source \"" + intake.config().name() + "\"", e);
    intake.refuse("fault", "a request failed: " + e.getClass().getName());
    return WebAnswer.text(500, "the request could not be taken in\n");
  }
}
