package dev.carillon.processor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Covers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is written does what it says when it runs. */
class GeneratedTest {
  @TempDir Path directory;

  /** Compiles golden classes with a program: {@return what that returns} */
  private Object run(String body, String... golden) throws Exception {
    var sources = new java.util.TreeMap<String, String>();
    for (String each : golden) {
      sources.put("com.acme." + each, GoldenTest.golden(each));
    }
    sources.put("com.acme.Program", program(body));
    Compilation compilation = Compilation.of(directory, sources);
    assertThat(compilation.messages()).isEmpty();
    try (var loader = compilation.load()) {
      var method = loader.loadClass("com.acme.Program").getDeclaredMethod("run");
      method.setAccessible(true);
      return method.invoke(null);
    }
  }

  private static String program(String body) {
    return """
    package com.acme;
    import dev.carillon.function.*;
    import java.util.*;
    class Program {
      static Object run() throws Exception {
        %s
      }
    }
    """
        .formatted(body);
  }

  @Test
  @Covers({"S6", "S8", "S12"})
  void builder_withItsArguments_isTheBoundFunction() throws Exception {
    assertThat(
            run(
                """
                var all = new ArrayList<Object>();
                all.add(MailerFunctions.send().to("a").text("b").bound().call());
                all.add(MailerFunctions.send().to("a").text("b").retries(9).bound().call());
                all.add(MailerFunctions.send().to("a").partial().bind("retries", 1).call("c"));
                all.add(MailerFunctions.send().partial().toString());
                Letter letter = LetterFunctions.newLetter().to("x").bound().call();
                all.add(LetterFunctions.line().self(letter).greeting("hi").bound().call());
                return all;
                """,
                "Mailer",
                "Letter"))
        .isEqualTo(
            List.of(
                "a|b|3",
                "a|b|9",
                "a|c|1",
                "Mailer.send = send(to: String, text: String, retries: int = 3)",
                "hi x, 2"));
  }

  @Test
  @Covers({"S8", "S12"})
  void builder_ofEachKind_callsItsMethod() throws Exception {
    assertThat(
            run(
                """
                var all = new ArrayList<Object>();
                all.add(KindsFunctions.<String>max()
                    .values(List.of("b", "c")).first("a").bound().call());
                all.add(KindsFunctions.later().value(1).bound().call().get());
                all.add(KindsFunctions.count().to(3).bound().call().toList());
                all.add(KindsFunctions.each().of(List.of(4, 5)).bound().call().toList());
                all.add(KindsFunctions.join().separator("-").bound().call());
                all.add(KindsFunctions.join().separator("-")
                    .parts(List.of("x"), List.of("y")).bound().call());
                all.add(KindsFunctions.sum().numbers(1, 2, 3).bound().call());
                all.add(KindsFunctions.defaults().bound().call());
                Kinds<String> kinds =
                    KindsFunctions.<String>newKinds().bound().call();
                String[] rethrown = KindsFunctions.<String, java.io.IOException>rethrow()
                    .self(kinds).all(new String[] {"r"}).type(java.io.IOException.class)
                    .bound().call();
                all.add(rethrown[0]);
                all.add(KindsFunctions.maybe().text("m").bound().call());
                all.add(KindsFunctions.<String>nothing().self(kinds).bound().call() == null);
                return all;
                """
                    .replace("bound().call().get()", "bound().call().toCompletableFuture().get()"),
                "Kinds"))
        .isEqualTo(
            List.of(
                "c",
                1,
                List.of(1, 2, 3),
                List.of(4, 5),
                0,
                2,
                6,
                "true-12-21474836484'1.5-Infinity7a \"b\" \\ üGREENPT1M30S",
                "r",
                "m",
                true));
  }

  @Test
  void default_withTextThatLooksLikeAName_isThatText() throws Exception {
    String greets =
        """
        package com.acme;
        import dev.carillon.function.Default;
        import dev.carillon.function.Registered;
        class Greets {
          enum Mood { $GLAD }
          @Registered
          static String greet(
              @Default("Hello {name}") String text,
              @Default("{java.util.List}") String type,
              @Default("{}.$1\\\\") String odd,
              @Default("$GLAD") Mood mood) {
            return text + type + odd + mood;
          }
        }
        """;
    Compilation compilation =
        Compilation.of(
            directory,
            Map.of(
                "com.acme.Greets",
                greets,
                "com.acme.Program",
                program("return GreetsFunctions.greet().bound().call();")));
    assertThat(compilation.messages()).isEmpty();
    try (var loader = compilation.load()) {
      var method = loader.loadClass("com.acme.Program").getDeclaredMethod("run");
      method.setAccessible(true);
      assertThat(method.invoke(null)).isEqualTo("Hello {name}{java.util.List}{}.$1\\$GLAD");
    }
  }

  @Test
  @Covers({"S8", "S10"})
  void registerAll_registersAllButThoseForAFirstCall_countedTogether() throws Exception {
    assertThat(
            run(
                """
                Functions functions = Functions.open("letters");
                LetterFunctions.registerAll(functions);
                MailerFunctions.registerAll(functions);
                var names = new ArrayList<Object>(functions.names());
                Letter letter = LetterFunctions.newLetter(functions).to("x").bound().call();
                functions.require("Letter.new", Letter.class).call("y");
                LetterFunctions.line(functions).self(letter).bound().call();
                LetterFunctions.line(functions).self(letter).bound().call();
                names.addAll(functions.names());
                names.add(functions.stats("Letter.new").calls());
                names.add(functions.stats("Letter.line").calls());
                names.add(functions.of(
                    Letter.class.getDeclaredMethod("line", String.class)).size());
                return names;
                """,
                "Letter",
                "Mailer"))
        .isEqualTo(
            List.of(
                "Letter.new",
                "Mailer.send",
                "Letter.line",
                "Letter.new",
                "Mailer.send",
                2L,
                2L,
                1));
  }

  @Test
  @Covers({"S6", "S8"})
  void builder_withAMissingWrongOrUnknownArgument_doesNotCompile() throws Exception {
    String uses =
        """
        package com.acme;
        class Program {
          Object a = MailerFunctions.send().to("a").bound();
          Object b = MailerFunctions.send().to(5);
          Object c = MailerFunctions.send().subject("a");
          Object d = MailerFunctions.send().to("a").text("b").to("c");
        }
        """;
    Compilation failed =
        Compilation.of(
            directory,
            Map.of("com.acme.Mailer", GoldenTest.golden("Mailer"), "com.acme.Program", uses));
    assertThat(failed.succeeded()).isFalse();
    assertThat(failed.messages())
        .anyMatch(each -> each.matches("(?s)3: .*method bound\\(\\).*SendText.*"))
        .anyMatch(each -> each.startsWith("4: ") && each.contains("int cannot be converted"))
        .anyMatch(each -> each.startsWith("5: ") && each.contains("method subject("))
        .anyMatch(each -> each.startsWith("6: ") && each.contains("method to("));
  }

  /** A module that does not read java.compiler has no annotation to say what is generated. */
  @Test
  void output_inAModule_needsNothingButTheCore() throws Exception {
    Compilation compilation =
        Compilation.of(
            directory,
            Map.of(
                "module-info",
                "/** A module. */\nmodule acme {\n  requires transitive dev.carillon;\n  exports com.acme;\n}\n",
                "com.acme.Mailer",
                GoldenTest.golden("Mailer")));
    assertThat(compilation.messages()).isEmpty();
    assertThat(compilation.generated().get("com/acme/MailerFunctions.java"))
        .doesNotContain("Generated;")
        .contains("public final class MailerFunctions");
  }
}
