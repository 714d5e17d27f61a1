package dev.carillon.bench;

import dev.carillon.binary.BinaryCodec;
import dev.carillon.codec.ForyCodec;
import dev.carillon.spi.Codec;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputFilter;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.List;
import java.util.Optional;
import org.apache.fory.Fory;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/** J: a record of ten fields, one of them a map, as bytes and back. */
@State(Scope.Thread)
public class Codecs {
  /** So that Fory need not reach into the JDK by what the JVM warns of. */
  private static final String OPENS = "--add-opens=java.base/java.lang.invoke=ALL-UNNAMED";

  static final Group WRITE =
      new Group(
          "J1",
          "codec: write a record of 10 fields, one a map",
          Group.Unit.NS,
          "record",
          "writeCarillon",
          List.of(
              Session.of(
                      Codecs.class,
                      "writeCarillon",
                      "writeByHand",
                      "writeCarillonFory",
                      "writeFory",
                      "writeProtobuf",
                      "writeJackson",
                      "writeJdk")
                  .withJvmArgs(OPENS)),
          List.of(
              Goal.ratio("≤ 1.2× hand-written", 1.2, "writeCarillon", "writeByHand", ""),
              new Goal(
                  "never longer than JSON",
                  _ -> Optional.of(new Score(Sizes.of().carillonToJson(), 0)),
                  1,
                  false)),
          () -> List.of(Sizes.of().toString()));

  static final Group READ =
      Group.of(
          "J2",
          "codec: read a record of 10 fields, one a map",
          Group.Unit.NS,
          "record",
          "readCarillon",
          List.of(
              Session.of(
                      Codecs.class,
                      "readCarillon",
                      "readByHand",
                      "readCarillonFory",
                      "readFory",
                      "readProtobuf",
                      "readJackson",
                      "readJdk")
                  .withJvmArgs(OPENS)),
          List.of(Goal.ratio("≤ 1.2× hand-written", 1.2, "readCarillon", "readByHand", "")));

  /** How long the bytes of each are. */
  private record Sizes(
      int carillon, int byHand, int foryCodec, int fory, int protobuf, int json, int jdk) {
    static Sizes of() {
      var codecs = new Codecs();
      codecs.makeBytes();
      return new Sizes(
          codecs.carillonBytes.length,
          codecs.handBytes.length,
          codecs.foryCodecBytes.length,
          codecs.foryBytes.length,
          codecs.protobufBytes.length,
          codecs.jsonBytes.length,
          codecs.jdkBytes.length);
    }

    double carillonToJson() {
      return (double) carillon / json;
    }

    @Override
    public String toString() {
      return "bytes: Carillon %d, by hand %d, Carillon's ForyCodec %d, Fory %d, protobuf %d, JSON %d, JDK %d"
          .formatted(carillon, byHand, foryCodec, fory, protobuf, json, jdk);
    }
  }

  private final Parcel parcel = Parcel.sample();
  private final Codec carillon =
      BinaryCodec.of(c -> c.register("parcel", Parcel.class).register("size", Parcel.Size.class));
  private final Codec foryCodec =
      ForyCodec.of(c ->
          c.withType("parcel", Parcel.class)
              .withType("size", Parcel.Size.class)
              .withEvolution(false));
  private final Fory fory = fory();
  private final JsonMapper mapper = JsonMapper.builder().build();
  private final ObjectWriter jsonWriter = mapper.writerFor(Parcel.class);
  private final ObjectReader jsonReader = mapper.readerFor(Parcel.class);
  private final ObjectInputFilter filter =
      ObjectInputFilter.Config.createFilter(
          "dev.carillon.bench.Parcel;dev.carillon.bench.Parcel$Size;java.util.*;java.lang.*;!*");

  private byte[] carillonBytes = {};
  private byte[] handBytes = {};
  private byte[] foryCodecBytes = {};
  private byte[] foryBytes = {};
  private byte[] protobufBytes = {};
  private byte[] jsonBytes = {};
  private byte[] jdkBytes = {};

  /** Makes what is read, and fails if one of the subjects does not read what it wrote. */
  @Setup
  public void makeBytes() {
    carillonBytes = writeCarillon();
    handBytes = writeByHand();
    foryCodecBytes = writeCarillonFory();
    foryBytes = writeFory();
    jsonBytes = writeJackson();
    try {
      protobufBytes = writeProtobuf();
      jdkBytes = writeJdk();
      for (Object read :
          List.of(
              readCarillon(),
              readByHand(),
              readCarillonFory(),
              readFory(),
              readProtobuf(),
              readJackson(),
              readJdk())) {
        if (!read.equals(parcel)) {
          throw new BenchmarkException("a codec must read what it wrote: read=" + read);
        }
      }
    } catch (IOException | ClassNotFoundException e) {
      throw new BenchmarkException("a codec failed", e);
    }
  }

  private static Fory fory() {
    Fory fory =
        Fory.builder()
            .withXlang(false)
            .withRefTracking(false)
            .withCompatible(false)
            .requireClassRegistration(true)
            .build();
    fory.register(Parcel.class);
    fory.register(Parcel.Size.class);
    return fory;
  }

  @Benchmark
  @Subject("Carillon, core codec")
  public byte[] writeCarillon() {
    return carillon.encode(parcel);
  }

  @Benchmark
  @Subject("by hand, no evolution")
  public byte[] writeByHand() {
    return ParcelBytes.write(parcel);
  }

  @Benchmark
  @Subject("Carillon, ForyCodec")
  public byte[] writeCarillonFory() {
    return foryCodec.encode(parcel);
  }

  @Benchmark
  @Subject("Fory alone, one thread, no shared references")
  public byte[] writeFory() {
    return fory.serialize(parcel);
  }

  @Benchmark
  @Subject("protobuf's streams, without a message object")
  public byte[] writeProtobuf() throws IOException {
    return ParcelProtobuf.write(parcel);
  }

  @Benchmark
  @Subject("Jackson 3, JSON")
  public byte[] writeJackson() {
    return jsonWriter.writeValueAsBytes(parcel);
  }

  @Benchmark
  @Subject("JDK serialisation")
  public byte[] writeJdk() throws IOException {
    var bytes = new ByteArrayOutputStream(512);
    try (var out = new ObjectOutputStream(bytes)) {
      out.writeObject(parcel);
    }
    return bytes.toByteArray();
  }

  @Benchmark
  @Subject("Carillon, core codec")
  public Parcel readCarillon() {
    return carillon.decode(carillonBytes, Parcel.class);
  }

  @Benchmark
  @Subject("by hand, no evolution")
  public Parcel readByHand() {
    return ParcelBytes.read(handBytes);
  }

  @Benchmark
  @Subject("Carillon, ForyCodec")
  public Parcel readCarillonFory() {
    return foryCodec.decode(foryCodecBytes, Parcel.class);
  }

  @Benchmark
  @Subject("Fory alone, one thread, no shared references")
  public Parcel readFory() {
    return (Parcel) fory.deserialize(foryBytes);
  }

  @Benchmark
  @Subject("protobuf's streams, without a message object")
  public Parcel readProtobuf() throws IOException {
    return ParcelProtobuf.read(protobufBytes);
  }

  @Benchmark
  @Subject("Jackson 3, JSON")
  public Parcel readJackson() {
    return jsonReader.readValue(jsonBytes);
  }

  @Benchmark
  @Subject("JDK serialisation, filtered")
  public Parcel readJdk() throws IOException, ClassNotFoundException {
    try (var in = new ObjectInputStream(new ByteArrayInputStream(jdkBytes))) {
      in.setObjectInputFilter(filter);
      return (Parcel) in.readObject();
    }
  }
}
