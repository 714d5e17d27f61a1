package dev.carillon.codec;

import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.carillon.build.Gen;
import dev.carillon.bus.Message;
import dev.carillon.bus.Topic;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Payloads and messages for the tests. */
final class Samples {
  /** A constant whose text is not its name, and one with a body. */
  enum Size {
    SMALL,
    LARGE {
      @Override
      public String toString() {
        return "large!";
      }
    }
  }

  record Item(String name, int count, Size size) {}

  record Order(
      UUID number,
      List<Item> items,
      Map<String, BigDecimal> prices,
      Optional<String> note,
      BigInteger total,
      double weight,
      long seen,
      boolean paid,
      byte[] seal) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Order o && text().equals(o.text());
    }

    @Override
    public int hashCode() {
      return text().hashCode();
    }

    private String text() {
      return List.of(number, items, prices, note, total, weight, seen, paid, List.of(bytes(seal)))
          .toString();
    }
  }

  record Times(
      Instant instant,
      LocalDate date,
      LocalDateTime local,
      OffsetDateTime offset,
      ZonedDateTime zoned,
      Duration duration,
      Optional<Instant> maybe) {}

  static final CloudEventsJson JSON = CloudEventsJson.of(Samples::types);
  static final CloudEventsProtobuf PROTOBUF = CloudEventsProtobuf.of(Samples::types);

  private static CloudEventsConfig types(CloudEventsConfig config) {
    return config
        .withType("com.shop.order.v1", Order.class)
        .withAlias("com.shop.order", Order.class)
        .withType("com.shop.item.v1", Item.class)
        .withType("com.shop.size", Size.class)
        .withType("com.shop.times", Times.class)
        .withAlias("com.example.someevent", Map.class)
        .withAlias("com.example.bytes", byte[].class)
        .withAlias("com.example.text", String.class)
        .withAlias("com.example.nothing", NoData.class)
        .withType("com.shop.struct", Struct.class)
        .withType("com.shop.field", FieldDescriptorProto.class);
  }

  private Samples() {}

  static Message<Item> item() {
    return new Message<>(
        UUID.fromString("01930a5b-7c00-7abc-8def-0123456789ab"),
        Topic.of("shop.items", Item.class),
        new Item("apple", 2, Size.LARGE),
        Instant.parse("2026-11-21T12:00:00.123456789Z"),
        "shop",
        "shop#1",
        42,
        Map.of("tenant", "7"),
        "c-1",
        UUID.fromString("01930a5b-7c00-7abc-8def-0123456789aa"),
        3);
  }

  static <T> Message<T> with(T payload) {
    @SuppressWarnings("unchecked")
    Class<T> type = (Class<T>) classOf(payload);
    return with(type, payload);
  }

  static <T> Message<T> with(Class<T> type, T payload) {
    Message<Item> item = item();
    return new Message<>(
        item.id(),
        Topic.of("shop.things", type),
        payload,
        item.time(),
        item.source(),
        item.publisher(),
        item.sequence(),
        Map.of(),
        null,
        null,
        0);
  }

  private static Class<?> classOf(Object payload) {
    return switch (payload) {
      case Map<?, ?> _ -> Map.class;
      case List<?> _ -> List.class;
      case Enum<?> constant -> constant.getDeclaringClass();
      default -> payload.getClass();
    };
  }

  static Message<?> message(Gen gen) {
    Message<?> plain = with(payload(gen));
    return new Message<>(
        new UUID(gen.anyLong(), gen.anyLong()),
        Topic.of(topic(gen), plain.topic().type()),
        plain.payload(),
        instant(gen),
        gen.oneOf("bus", "my bus", "carillon:x", "https://a.b/c?d=%20#e", "ü%", "#1", ":", "a[b"),
        gen.oneOf("bus", "my bus", "bus#1", "", "%\n", "ü"),
        gen.oneOf(1L, gen.longBetween(1, Long.MAX_VALUE), Long.MAX_VALUE),
        headers(gen),
        gen.chance(0.5) ? null : gen.text(12),
        gen.chance(0.5) ? null : new UUID(gen.anyLong(), gen.anyLong()),
        gen.oneOf(0, 1, Integer.MAX_VALUE));
  }

  private static String topic(Gen gen) {
    return String.join(".", gen.listOf(1, 4, g -> g.oneOf("shop", "a-b", "C_3", "0")));
  }

  private static Map<String, String> headers(Gen gen) {
    var headers = new HashMap<String, String>();
    for (int i = gen.intBetween(0, 6); i > 0; i--) {
      String name =
          gen.oneOf(
              gen.text(8),
              "tenant",
              "traceparent",
              "aslongasanextensionmaybe",
              "id",
              "data",
              "sequence",
              "causationid",
              "correlationid",
              "carillonheaders",
              "cloudevents-" + gen.oneOf(Names.CONTEXT),
              "cloudevents-sequence");
      String value =
          gen.oneOf(
              gen.text(20),
              "",
              "7",
              "x-1",
              "2026-01-01T01:00:00+01:00",
              "application/xml",
              "application/problem+json; a=b",
              "https://example.com/schema",
              "com.shop.order",
              "com.example.someevent",
              "0000000000000000001");
      headers.put(name, value);
    }
    return headers;
  }

  static Object payload(Gen gen) {
    return switch (gen.intBetween(0, 13)) {
      case 0 -> gen.text(30);
      case 1 -> (int) gen.anyLong();
      case 2 -> gen.anyLong();
      case 3 -> gen.oneOf(0.1, -0.0, 1e300, Double.MIN_VALUE, 5.0, Math.PI);
      case 4 -> gen.chance(0.5);
      case 5 -> gen.oneOf(Size.values());
      case 6 -> new NoData();
      case 7 -> item(gen);
      case 8 -> times(gen);
      case 9 -> plainMap(gen, 3);
      case 10 -> plainList(gen, 3);
      case 11 -> struct(gen, 3);
      case 12 -> field(gen);
      default -> order(gen);
    };
  }

  private static Item item(Gen gen) {
    return new Item(gen.text(10), (int) gen.anyLong(), gen.oneOf(Size.values()));
  }

  private static Order order(Gen gen) {
    var prices = new LinkedHashMap<String, BigDecimal>();
    for (int i = gen.intBetween(0, 3); i > 0; i--) {
      prices.put(
          gen.text(5), new BigDecimal(BigInteger.valueOf(gen.anyLong()), gen.intBetween(-3, 30)));
    }
    return new Order(
        new UUID(gen.anyLong(), gen.anyLong()),
        gen.listOf(0, 3, Samples::item),
        prices,
        gen.chance(0.5) ? Optional.empty() : Optional.of(gen.text(9)),
        BigInteger.valueOf(gen.anyLong()).pow(gen.intBetween(0, 4)),
        gen.oneOf(0.1, 1e-300, -0.0, gen.anyLong() / 3.0),
        gen.anyLong(),
        gen.chance(0.5),
        gen.text(9).getBytes(StandardCharsets.UTF_8));
  }

  private static Times times(Gen gen) {
    Instant instant = instant(gen);
    return new Times(
        instant,
        LocalDate.ofInstant(instant, ZoneOffset.UTC),
        LocalDateTime.ofInstant(instant, ZoneOffset.UTC),
        instant.atOffset(ZoneOffset.ofHours(gen.intBetween(-12, 12))),
        instant.atZone(ZoneId.of(gen.oneOf("Europe/Berlin", "America/New_York", "Z"))),
        Duration.ofNanos(gen.anyLong()),
        gen.chance(0.5) ? Optional.empty() : Optional.of(instant));
  }

  private static Instant instant(Gen gen) {
    return Instant.ofEpochSecond(
        gen.longBetween(0, 4_000_000_000L), gen.oneOf(0, 120_000_000, 999_999_999));
  }

  private static Map<String, Object> plainMap(Gen gen, int depth) {
    var map = new LinkedHashMap<String, Object>();
    for (int i = gen.intBetween(0, 4); i > 0; i--) {
      map.put(gen.text(6), plain(gen, depth));
    }
    return map;
  }

  private static List<Object> plainList(Gen gen, int depth) {
    var list = new ArrayList<Object>();
    for (int i = gen.intBetween(0, 4); i > 0; i--) {
      list.add(plain(gen, depth));
    }
    return list;
  }

  private static Object plain(Gen gen, int depth) {
    return switch (gen.intBetween(0, depth == 0 ? 5 : 7)) {
      case 0 -> null;
      case 1 -> gen.text(9);
      case 2 -> (int) gen.anyLong();
      case 3 -> gen.longBetween(Integer.MAX_VALUE + 1L, Long.MAX_VALUE);
      case 4 -> gen.anyLong() / 7.0;
      case 5 -> gen.chance(0.5);
      case 6 -> plainMap(gen, depth - 1);
      default -> plainList(gen, depth - 1);
    };
  }

  /** A message of protobuf with a map, and more of them in it. */
  private static Struct struct(Gen gen, int depth) {
    Struct.Builder struct = Struct.newBuilder();
    for (int i = gen.intBetween(0, 4); i > 0; i--) {
      Value.Builder value = Value.newBuilder();
      switch (gen.intBetween(0, depth == 0 ? 2 : 3)) {
        case 0 -> value.setStringValue(gen.text(9));
        case 1 -> value.setNumberValue(gen.anyLong() / 7.0);
        case 2 -> value.setBoolValue(gen.chance(0.5));
        default -> value.setStructValue(struct(gen, depth - 1));
      }
      struct.putFields(gen.text(6), value.build());
    }
    return struct.build();
  }

  /** A message of protobuf with fields that may be there or not. */
  private static FieldDescriptorProto field(Gen gen) {
    FieldDescriptorProto.Builder field = FieldDescriptorProto.newBuilder();
    if (gen.chance(0.5)) {
      field.setName(gen.text(9));
    }
    if (gen.chance(0.5)) {
      field.setNumber((int) gen.anyLong());
    }
    if (gen.chance(0.5)) {
      field.setLabel(gen.oneOf(FieldDescriptorProto.Label.values()));
    }
    return field.build();
  }

  private static Object[] bytes(byte[] bytes) {
    var boxed = new Object[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      boxed[i] = bytes[i];
    }
    return boxed;
  }
}
