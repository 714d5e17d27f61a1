package dev.carillon.codec;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.carillon.codec.CloudEvent.Json;
import java.io.OutputStream;
import java.lang.reflect.InaccessibleObjectException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.StreamWriteConstraints;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.Annotated;
import tools.jackson.databind.introspect.JacksonAnnotationIntrospector;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.type.LogicalType;
import tools.jackson.databind.util.TokenBuffer;

/** Jackson as it is set up here, and the only place from which its exceptions could come. */
final class JsonMapping {
  /** The rule that a message breaks which cannot be written. */
  static final String UNWRITABLE = "a message must be of what JSON can hold";

  private static final int MOST_SHOWN = 240;

  private final CloudEventsConfig config;
  private final JsonMapper mapper;

  JsonMapping(CloudEventsConfig config) {
    this.config = config;
    this.mapper = mapper(config);
  }

  private static JsonMapper mapper(CloudEventsConfig config) {
    JsonFactory factory =
        JsonFactory.builder()
            .streamReadConstraints(
                StreamReadConstraints.builder()
                    .maxDocumentLength(config.maxBytes())
                    .maxNestingDepth(config.maxDepth())
                    .maxStringLength(config.maxStringLength())
                    .maxNameLength(config.maxStringLength())
                    .maxNumberLength(config.maxNumberLength())
                    .build())
            .streamWriteConstraints(
                StreamWriteConstraints.builder().maxNestingDepth(config.maxDepth()).build())
            .build();
    return JsonMapper.builder(factory)
        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
        .annotationIntrospector(new WithoutPolymorphism())
        // A payload is written in the order of its declaration.
        .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
        .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
        .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .withCoercionConfig(
            LogicalType.Textual,
            c -> {
              c.setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail);
              c.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail);
              c.setCoercion(CoercionInputShape.Float, CoercionAction.Fail);
            })
        // Constants are known by their names; what toString() says may change.
        .disable(EnumFeature.WRITE_ENUMS_USING_TO_STRING, EnumFeature.READ_ENUMS_USING_TO_STRING)
        .enable(EnumFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
        .disable(
            DateTimeFeature.WRITE_DATES_AS_TIMESTAMPS,
            DateTimeFeature.WRITE_DURATIONS_AS_TIMESTAMPS,
            DateTimeFeature.ADJUST_DATES_TO_CONTEXT_TIME_ZONE,
            DateTimeFeature.NORMALIZE_DESERIALIZED_ZONE_ID)
        .enable(DateTimeFeature.WRITE_DATES_WITH_ZONE_ID)
        .build();
  }

  /** Refuses the annotation by which a text could choose a class. */
  private static final class WithoutPolymorphism extends JacksonAnnotationIntrospector {
    private static final long serialVersionUID = 1L;

    @Override
    public JsonTypeInfo.@Nullable Value findPolymorphicTypeInfo(
        MapperConfig<?> config, Annotated annotated) {
      if (super.findPolymorphicTypeInfo(config, annotated) != null) {
        throw new IllegalArgumentException(
            "a payload must not choose classes by @JsonTypeInfo: " + annotated);
      }
      return null;
    }
  }

  /**
   * {@return what a call gives} What it throws becomes a {@link CodecException}, unless it is one:
   * Jackson's exceptions, those of the payloads' own code, which Jackson hands on, and what neither
   * should throw, but a hostile input may find.
   */
  static <T extends @Nullable Object> T calling(String rule, Supplier<T> call) {
    try {
      return call.get();
    } catch (CodecException e) {
      throw e;
    } catch (StreamConstraintsException e) {
      throw new CodecException(
          "JSON must keep to the limits of CloudEventsConfig: " + detail(e), e);
    } catch (RuntimeException e) {
      throw new CodecException(rule + ": " + detail(e), e);
    }
  }

  private static String detail(RuntimeException e) {
    for (Throwable t = e.getCause(); t != null; t = t.getCause()) {
      if (t instanceof CodecException codec) { // ours, which Jackson has wrapped
        return String.valueOf(codec.getMessage());
      }
      if (t instanceof IllegalAccessException || t instanceof InaccessibleObjectException) {
        return "its package must be open to the module tools.jackson.databind: "
            + Texts.show(String.valueOf(t.getMessage()), MOST_SHOWN);
      }
    }
    if (!(e instanceof JacksonException jackson)) {
      return Texts.show(e.toString(), MOST_SHOWN);
    }
    TokenStreamLocation at = jackson.getLocation();
    String where =
        at == null || at.getLineNr() < 1
            ? ""
            : " at line %d, column %d".formatted(at.getLineNr(), at.getColumnNr());
    return Texts.show(String.valueOf(jackson.getOriginalMessage()), MOST_SHOWN) + where;
  }

  // ── writing ──

  JsonGenerator generator(OutputStream out) {
    return mapper.createGenerator(out);
  }

  /** Writes a payload as the value that comes next. */
  void write(JsonGenerator generator, Object payload) {
    mapper.writeValue(generator, payload);
  }

  /** {@return a payload as a document of its own, in UTF-8} */
  byte[] bytes(Object payload) {
    var out = new BoundedBytes(config.maxBytes());
    return JsonMapping.calling(
        UNWRITABLE,
        () -> {
          try (JsonGenerator generator = generator(out)) {
            write(generator, payload);
          }
          return out.toByteArray();
        });
  }

  // ── reading ──

  JsonParser parser(String text) {
    return mapper.createParser(text);
  }

  /** {@return the value at which a parser is, all of it; the parser is then at its end} */
  Json tokens(JsonParser parser) {
    TokenBuffer tokens = TokenBuffer.forBuffering(parser, parser.objectReadContext());
    tokens.copyCurrentStructure(parser);
    return new Json(tokens, parser.objectReadContext());
  }

  /** {@return the payload that tokens are} */
  Object payload(Json data, Class<?> type) {
    return payload(
        type,
        () -> {
          try (JsonParser parser = data.tokens().asParser(data.context())) {
            return mapper.readerFor(type).readValue(parser);
          }
        });
  }

  /** {@return the payload that a text is} */
  Object payload(String text, Class<?> type) {
    if (text.length() > config.maxBytes()) { // cannot be, since it was part of the whole
      throw new CodecException("data must be at most maxBytes long: chars=" + text.length());
    }
    return payload(type, () -> mapper.readerFor(type).readValue(text));
  }

  private static Object payload(Class<?> type, Supplier<@Nullable Object> read) {
    String rule = "data must fit the class of its type, class=" + type.getTypeName();
    @Nullable Object payload = calling(rule, read);
    if (payload == null) {
      throw new CodecException(rule + ": data is null");
    }
    return payload;
  }
}
