package dev.carillon.codec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Covers;
import dev.carillon.bus.Message;
import dev.carillon.bus.Topic;
import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Who uses JSON alone needs neither protobuf nor Fory. */
@Covers("S3")
final class MissingLibrariesTest {
  /** What runs where both are missing. */
  public static final class Without {
    private Without() {}

    public static String run() {
      var json = CloudEventsJson.of(c -> c.withType("com.shop.item", Samples.Item.class));
      var item = new Samples.Item("a", 1, Samples.Size.SMALL);
      return String.join(
          "\n",
          String.valueOf(json.config().types().containsKey("com.shop.item")),
          String.valueOf(new JsonEvents().reads(CloudEventsJson.MEDIA_TYPE)),
          String.valueOf(new ProtobufEvents().reads(CloudEventsProtobuf.MEDIA_TYPE)),
          new String(json.write(message(item))).contains("\"count\":1") ? "written" : "",
          refusal(CloudEventsProtobuf::of),
          refusal(() -> ForyCodec.of(c -> c)));
    }

    private static Message<?> message(Samples.Item item) {
      return new Message<>(
          UUID.randomUUID(),
          Topic.of("shop.items", Samples.Item.class),
          item,
          Instant.EPOCH,
          "shop",
          "shop",
          1,
          Map.of(),
          null,
          null,
          0);
    }

    private static String refusal(Runnable call) {
      try {
        call.run();
        return "nothing was missing";
      } catch (IllegalStateException e) {
        return e.getMessage();
      }
    }
  }

  @Test
  void of_withoutTheLibraries_worksForJsonAndNamesWhatIsMissing() throws Exception {
    var urls = new ArrayList<URL>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      boolean isMissing = entry.contains("protobuf-java") || entry.contains("fory-core");
      if (!isMissing) {
        urls.add(Path.of(entry).toUri().toURL());
      }
    }
    try (var loader =
        new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
      Class<?> program = loader.loadClass(Without.class.getName());
      assertThat(((String) program.getMethod("run").invoke(null)).split("\n"))
          .satisfiesExactly(
              types -> assertThat(types).isEqualTo("true"),
              json -> assertThat(json).isEqualTo("true"),
              protobuf -> assertThat(protobuf).isEqualTo("false"),
              written -> assertThat(written).isEqualTo("written"),
              protobuf -> assertThat(protobuf).contains("com.google.protobuf:protobuf-java"),
              fory -> assertThat(fory).contains("org.apache.fory:fory-core"));
    }
  }
}
