package dev.carillon.function;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a method, a constructor or a record to be a function with a name. The annotation processor
 * of {@code carillon-processor} writes one class for the marked ones of a class, {@code
 * MailerFunctions} for {@code Mailer}, with a builder for each:
 *
 * {@snippet lang=java :
 * final class Mailer {
 *   @Registered
 *   static Receipt send(String to, String text, @Default("3") int retries) { … }
 * }
 *
 * Bound<Receipt> alarm = MailerFunctions.send().to("ops").text("fire").retries(9).bound();
 * MailerFunctions.registerAll(functions);
 * functions.require("Mailer.send", Receipt.class).callWith("ops", "all is well");
 * }
 *
 * <p>Names and types of arguments are checked when that is compiled, and so is that none is
 * missing. The marked one must not be private, nor its class or one around it; the class must not
 * be an inner one. Without the processor the annotation does nothing.
 */
@Documented
@Retention(RetentionPolicy.SOURCE)
@Target({ElementType.METHOD, ElementType.CONSTRUCTOR, ElementType.TYPE})
public @interface Registered {

  /**
   * {@return the name in the registry, 1 to 200 characters, none of them a control character}
   * Without one it is the names of the class and the method, {@code Mailer.send}, or {@code
   * Letter.new} for a constructor.
   */
  String name() default "";

  /** {@return where it is registered, one at the most; none for where the functions are seen} */
  Scope[] scope() default {};

  /** {@return when it is registered} */
  When when() default When.AT_START;

  /** When a function is registered. */
  enum When {
    /** When {@code registerAll} is called, or when the function is called first. */
    AT_START,
    /** When it is called first; {@code registerAll} leaves it out. */
    FIRST_CALL,
    /** By nothing that is generated: there is the builder alone. */
    NEVER
  }
}
