package dev.carillon.function;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.binary.BinaryCodec;
import dev.carillon.build.Covers;
import dev.carillon.spi.Codec;
import dev.carillon.spi.CodingException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Functions with their arguments as bytes and back. */
class FunctionCodecTest {

  record Line(String article, int pieces) {}

  record Order(String id, List<Line> lines) {}

  record Unknown(String text) {}

  /** Functions to send. */
  static final class Reports {
    static String make(String title, int year, @Nullable Order order) {
      return title + " " + year + " " + order;
    }

    static CompletionStage<String> later(String title) {
      return CompletableFuture.completedStage(title + "!");
    }

    static Stream<Integer> count(int to) {
      return Stream.iterate(1, i -> i <= to, i -> i + 1);
    }

    static boolean isSame(List<String> one, List<String> other) {
      one.add("x");
      return one == other;
    }

    static String each(List<Bound<String>> all) throws Exception {
      var text = new StringBuilder();
      for (Bound<String> one : all) {
        text.append(one.call()).append(';');
      }
      return text.toString();
    }

    static String joined(String... parts) {
      return String.join("+", parts);
    }

    static Object pair(Object own, Object value) {
      return List.of(own, value);
    }

    static Object echo(Object value) {
      return value;
    }
  }

  /** Functions of the same names in another program. */
  static final class Others {
    static String make(String title, long year, @Nullable Order order) {
      return title + year + order;
    }

    static String moved(@Nullable Order order, String title, int year, String unit) {
      return unit + title + year + order;
    }
  }

  private static final Codec CODEC =
      BinaryCodec.of(c -> c.register("order", Order.class).register("line", Line.class));
  private static final Order ORDER = new Order("7", List.of(new Line("oak", 2)));

  private final Functions functions = Functions.open("here");
  private final Functions there = Functions.open("there");
  private final FunctionCodec sender = FunctionCodec.open(functions, CODEC);
  private final FunctionCodec receiver = FunctionCodec.open(there, CODEC);
  private final Bound<String> make = Bound.of(Reports::make);

  private <B extends Bindable<B>> B onBothSides(B function) {
    there.register(function);
    return functions.register(function);
  }

  // ── by name ──

  @Test
  @Covers("S13")
  void encode_byName_isCalledThereWithItsArguments() throws Exception {
    onBothSides(make);
    byte[] bytes = sender.encode(make.bind("order", ORDER).bind("title", "sales"));
    Bound<String> received = receiver.decode(bytes, String.class);
    assertThat(received.missing()).extracting(Parameter::name).containsExactly("year");
    assertThat(received.call(2026)).isEqualTo("sales 2026 " + ORDER);
    assertThat(there.stats("make").calls()).isEqualTo(1);
  }

  @Test
  void encode_withoutArguments_andWithNull_isTheSame() throws Exception {
    onBothSides(make);
    assertThat(receiver.decode(sender.encode(make)).arguments()).isEmpty();
    Bound<String> whole = make.bindNext("t", 1, null);
    assertThat(receiver.decode(sender.encode(whole), String.class).call()).isEqualTo("t 1 null");
  }

  @Test
  @Covers("S13")
  void encode_allForms_comeBackAsTheSameForm() throws Exception {
    onBothSides(AsyncBound.of(Reports::later));
    onBothSides(Generator.of(Reports::count));
    var async =
        (AsyncBound<?>) receiver.decode(sender.encode(AsyncBound.of(Reports::later).bind(0, "a")));
    assertThat(async.call().toCompletableFuture().get()).isEqualTo("a!");
    var generator =
        (Generator<?>) receiver.decode(sender.encode(Generator.of(Reports::count).bind(0, 3)));
    try (Stream<?> results = generator.call()) {
      assertThat(results.toArray()).containsExactly(1, 2, 3);
    }
    byte[] bytes = sender.encode(AsyncBound.of(Reports::later).bind(0, "a"));
    assertThatThrownBy(() -> receiver.decode(bytes, String.class))
        .isInstanceOf(CodingException.class)
        .hasMessageContaining("must return a java.lang.String when it is called");
  }

  @Test
  void encode_whatArgumentsShare_staysShared() throws Exception {
    Bound<Boolean> isSame = onBothSides(Bound.of(Reports::isSame));
    var list = new ArrayList<>(List.of("a"));
    assertThat(receiver.decode(sender.encode(isSame.bindNext(list, list)), Boolean.class).call())
        .isTrue();
    assertThat(list).hasSize(1);
  }

  @Test
  void encode_variableNumberAndDefaults_areKept() throws Exception {
    Bound<String> joined =
        Bound.of(Reports.class.getDeclaredMethod("joined", String[].class), String.class);
    onBothSides(joined);
    assertThat(receiver.decode(sender.encode(joined.bindNext("a", "b")), String.class).call())
        .isEqualTo("a+b");
    assertThat(receiver.decode(sender.encode(joined), String.class).call()).isEmpty();
    onBothSides(make);
    Bound<String> half = make.withDefault("year", 2000).bind("title", "t").bind("order", null);
    Bound<String> received = receiver.decode(sender.encode(half), String.class);
    assertThat(received.call()).isEqualTo("t 2000 null");
    assertThat(received.bind("year", 1).call()).isEqualTo("t 1 null");
  }

  @Test
  void encode_whatTheRegisteredOneHas_isNotSent() throws Exception {
    functions.register(make.bind("year", 2025).named("last-year"));
    there.register(make.bind("year", 1925).named("last-year"));
    Bound<String> mine = functions.require("last-year", String.class).bind("title", "t");
    byte[] bytes = sender.encode(mine.bind("order", null));
    assertThat(receiver.decode(bytes, String.class).call()).isEqualTo("t 1925 null");
    Bound<String> forged = make.bind("year", 2000).named("last-year");
    assertThatThrownBy(() -> receiver.decode(sender.encode(forged)))
        .isInstanceOf(CodingException.class)
        .hasMessageContaining("must not be sent for what is bound here")
        .hasMessageContaining("year: java.lang.Integer");
  }

  @Test
  void encode_openWhereTheRegisteredOneIsBound_isRefused() {
    functions.register(make.bind("year", 2025).named("last-year"));
    assertThatThrownBy(() -> sender.encode(make.named("last-year")))
        .isInstanceOf(CodingException.class)
        .hasMessageContaining("must not be open that the registered function has bound")
        .hasMessageContaining("parameter=year");
  }

  @Test
  void encode_whatTheRegisteredOneHas_mayBeAlive() throws Exception {
    Bound<Object> pair = Bound.of(Reports::pair);
    functions.register(pair.bind("own", Thread.currentThread()));
    there.register(pair.bind("own", "theirs"));
    Bound<Object> mine = sender.sendable(functions.require("pair", Object.class));
    byte[] bytes = sender.encode(mine.bind("value", 7));
    assertThat(receiver.decode(bytes, Object.class).call()).isEqualTo(List.of("theirs", 7));
  }

  @Test
  void encode_listThatHoldsItself_isSent() throws Exception {
    Bound<Object> echo = onBothSides(Bound.of(Reports::echo));
    var list = new ArrayList<Object>();
    list.add(list);
    var received =
        (List<?>) receiver.decode(sender.encode(echo.bind(0, list))).arguments().get("value");
    assertThat(java.util.Objects.requireNonNull(received).getFirst()).isSameAs(received);
  }

  @Test
  void encode_notRegisteredAndNotMarked_isRefused() {
    assertThatThrownBy(() -> sender.encode(make))
        .isInstanceOf(CodingException.class)
        .hasMessageContaining("must be registered under its name, or written in a class")
        .hasMessageContaining(FunctionCodecTest.class.getName());
    functions.register(Bound.of(Others::make));
    assertThatThrownBy(() -> sender.encode(make)).hasMessageContaining("must be registered");
    Fn0<String> captures = ORDER::id;
    functions.register(Bound.of(captures).named("id"));
    Fn0<String> capturesOther = new Order("8", List.of())::id;
    assertThatThrownBy(() -> sender.encode(Bound.of(capturesOther).named("id")))
        .as("the same method of another object")
        .hasMessageContaining("must be registered");
  }

  @Test
  void decode_notRegisteredThere_saysTheName() {
    functions.register(make);
    assertThatThrownBy(() -> receiver.decode(sender.encode(make)))
        .isInstanceOf(CodingException.class)
        .hasMessageContaining("must be registered here: name=\"make\", sent=make(title:");
  }

  @Test
  @Covers("S13")
  void decode_anotherSignature_hasBoth() throws Exception {
    functions.register(make);
    there.register(Bound.of(Others::make));
    assertThatThrownBy(() -> receiver.decode(sender.encode(make)))
        .isInstanceOf(CodingException.class)
        .hasMessageContaining("parameter \"year\" is of another type")
        .hasMessageContaining("sent=make(title: java.lang.String, year: java.lang.Integer")
        .hasMessageContaining("here=make(title: java.lang.String, year: java.lang.Long");
    there.remove("make");
    there.register(Bound.of(Others::moved).named("make"));
    assertThatThrownBy(() -> receiver.decode(sender.encode(make)))
        .hasMessageContaining("parameter \"unit\" is not there, and has no default here");
    there.remove("make");
    there.register(Bound.of(Others::moved).withDefault("unit", "EUR ").named("make"));
    byte[] bytes = sender.encode(make.bindNext("t", 3, null));
    assertThat(receiver.decode(bytes, String.class).call()).isEqualTo("EUR t3null");
  }

  @Test
  void decode_anotherFormOrResult_isRefused() {
    functions.register(make);
    there.register(AsyncBound.of(Reports::later).named("make"));
    assertThatThrownBy(() -> receiver.decode(sender.encode(make)))
        .hasMessageContaining("same form on both sides: name=\"make\", sent=SYNC, here=ASYNC");
    there.remove("make");
    there.register(Bound.of(Reports::echo).named("make"));
    assertThatThrownBy(() -> receiver.decode(sender.encode(make)))
        .hasMessageContaining("the result is of another type");
  }

  @Test
  void decode_rootedRegistry_looksAtWhoDecodes() {
    Functions rooted = Functions.open("rooted", c -> c.rootedAt("com.example.other"));
    FunctionCodec codec = FunctionCodec.open(rooted, CODEC);
    functions.register(make);
    byte[] bytes = sender.encode(make);
    assertThatThrownBy(() -> codec.decode(bytes))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining("caller=" + FunctionCodecTest.class.getTypeName());
  }

  @Test
  void decode_anotherCodec_saysBoth() {
    functions.register(make);
    byte[] bytes = sender.encode(make);
    byte[] changed = bytes.clone();
    changed[7] = 'X'; // the first letter of the format
    assertThatThrownBy(() -> receiver.decode(changed))
        .hasMessageContaining(
            "both sides must have the same codec: sent=Xarillon/1, here=carillon/1");
  }

  // ── functions in functions ──

  @Test
  @Covers("S13")
  void encode_functionsInArguments_areMadeToo() throws Exception {
    onBothSides(make);
    Bound<String> each = onBothSides(Bound.of(Reports::each));
    Bound<String> one = make.bindNext("a", 1, null);
    Bound<String> other = make.bindNext("b", 2, ORDER);
    byte[] bytes = sender.encode(each.bind(0, List.of(one, other, one)));
    assertThat(receiver.decode(bytes, String.class).call())
        .isEqualTo("a 1 null;b 2 " + ORDER + ";a 1 null;");
    Bound<Object> echo = onBothSides(Bound.of(Reports::echo));
    Object map =
        receiver
            .decode(
                sender.encode(
                    echo.bind(0, new HashMap<>(Map.of("k", Optional.of(one), "plain", "text")))),
                Object.class)
            .call();
    assertThat(map).asString().contains("k=Optional[make(").contains("plain=text");
  }

  @Test
  void encode_functionThatHoldsItself_isRefused() {
    Bound<Object> echo = onBothSides(Bound.of(Reports::echo));
    var list = new ArrayList<Object>();
    Bound<Object> circular = echo.bind(0, list);
    list.add(circular);
    assertThatThrownBy(() -> sender.encode(circular))
        .isInstanceOf(CodingException.class)
        .hasMessageContaining("must not hold itself");
    var own = new ArrayList<Object>();
    own.add(own);
    own.add(echo.bind(0, "x"));
    assertThatThrownBy(() -> sender.encode(echo.bind(0, own)))
        .hasMessageContaining("must not hold itself when functions");
  }

  @Test
  void encode_functionInARecordOrKey_isRefusedWithThePath() {
    Bound<Object> echo = onBothSides(Bound.of(Reports::echo));
    Object keyed = Map.of(echo, "value");
    assertThatThrownBy(() -> sender.encode(echo.bind(0, keyed)))
        .isInstanceOf(CodingException.class)
        .hasMessageContaining("in lists, values of maps, optionals and Object[] only")
        .hasMessageContaining("value[a LocalBound].key");
  }

  // ── limits and hostile bytes ──

  @Test
  void encode_unknownClassOrTooMuch_namesTheArgument() {
    Bound<Object> echo = onBothSides(Bound.of(Reports::echo));
    assertThatThrownBy(() -> sender.encode(echo.bind(0, new Unknown("x"))))
        .isInstanceOf(CodingException.class)
        .hasMessageContaining("Unknown")
        .hasMessageEndingWith(", at value");
    assertThatThrownBy(() -> sender.encode(echo.bind(0, List.of("a", new Unknown("x")))))
        .hasMessageContaining("Unknown")
        .hasMessageEndingWith(", at value[1]");
    assertThatThrownBy(() -> sender.encode(echo.bind(0, new byte[2 << 20])))
        .isInstanceOf(CodingException.class);
  }

  @Test
  void decode_anyBytes_failsWithACodingExceptionOnly() throws Exception {
    Bound<String> each = onBothSides(Bound.of(Reports::each));
    onBothSides(make);
    byte[] bytes =
        sender.encode(each.bind(0, Arrays.asList(make.bindNext("a", 1, ORDER), make.bind(0, "b"))));
    for (int length = 0; length < bytes.length; length++) {
      byte[] part = Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> receiver.decode(part)).isInstanceOf(CodingException.class);
    }
    var random = RandomGeneratorFactory.of("L64X128MixRandom").create(7);
    int failures = 0;
    for (int i = 0; i < 20_000; i++) {
      byte[] changed = bytes.clone();
      for (int changes = random.nextInt(1, 5); changes > 0; changes--) {
        changed[random.nextInt(changed.length)] = (byte) random.nextInt();
      }
      failures += tries(() -> receiver.decode(changed)) ? 0 : 1;
    }
    assertThat(failures).isBetween(1, 20_000);
  }

  /** {@return whether it succeeds; anything but a CodingException passes through} */
  private static boolean tries(Supplier<?> action) {
    try {
      return action.get() != null;
    } catch (CodingException e) {
      return false;
    }
  }

  @Test
  @Timeout(20)
  void decode_listWithoutEndForAString_isRefusedWithItsClass() {
    onBothSides(make);
    List<Object> shared = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      shared = new ArrayList<>(List.of(shared, shared)); // 2^100 elements, as a text
    }
    var one = new ArrayList<Object>();
    var other = new ArrayList<Object>(List.of(one));
    one.add(other);
    Wire.Message message = Wire.read(sender.encode(make.bind("title", "t")));
    for (List<Object> hostile : List.of(shared, one)) {
      byte[] values = CODEC.encode(Arrays.asList((Object) hostile));
      byte[] bytes = with(message, message.functions(), values);
      assertThatThrownBy(() -> receiver.decode(bytes))
          .isInstanceOf(CodingException.class)
          .hasMessageContaining("\"title\" must be of type java.lang.String")
          .hasMessageContaining("value=a java.util.ArrayList");
    }
  }

  @Test
  @Timeout(20)
  void toString_defaultsThatHoldEachOther_showsTheirClasses() {
    Bound<Object> pair = Bound.of(Reports::pair);
    for (int i = 0; i < 100; i++) {
      pair = Bound.of(Reports::pair).withDefault("own", pair).withDefault("value", pair);
    }
    assertThat(pair.toString()).contains("own").contains("= dev.carillon.function.LocalBound");
  }

  @Test
  void decode_blankName_isRefused() {
    onBothSides(make);
    Wire.Message message = Wire.read(sender.encode(make));
    SentFunction sent = message.functions().getFirst();
    var blank = new SentFunction(sent.form(), " ", sent.signature(), sent.gifts(), null);
    byte[] bytes = with(message, List.of(blank), message.values());
    assertThatThrownBy(() -> receiver.decode(bytes))
        .isInstanceOf(CodingException.class)
        .hasMessageContaining("a function's name must not be blank: name=\" \"");
  }

  private static byte[] with(Wire.Message message, List<SentFunction> functions, byte[] values) {
    return Wire.write(
        new Wire.Message(message.format(), functions, List.of(), false, message.mark(), values));
  }

  @Test
  void decode_noFunction_saysWhy() {
    assertThatThrownBy(() -> receiver.decode(new byte[0]))
        .isInstanceOf(CodingException.class)
        .hasMessageContaining("the bytes are no function: length=0");
    assertThatThrownBy(
            () -> receiver.decode("CFUN\2".getBytes(java.nio.charset.StandardCharsets.US_ASCII)))
        .hasMessageContaining("must begin with CFUN and version 1: magic=4346554e, version=2");
  }
}
