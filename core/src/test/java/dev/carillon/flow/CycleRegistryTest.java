package dev.carillon.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.carillon.build.Covers;
import dev.carillon.function.RegistryException;
import dev.carillon.function.Scope;
import org.junit.jupiter.api.Test;

class CycleRegistryTest {
  private static final Part<String, Integer> LENGTH = Part.of("length", String::length);

  @Test
  @Covers("S28")
  void register_ofAPart_givesItBackAndItIsFoundByItsName() {
    CycleRegistry registry = CycleRegistry.open();
    Part<String, Integer> part = registry.register(LENGTH);
    assertThat(part).isSameAs(LENGTH);
    assertThat(registry.findPart("length")).contains(part);
    assertThat(registry.requirePart("length")).isSameAs(part);
    assertThat(registry.parts().names()).containsExactly("length");
    assertThat(registry.findCycle("length")).isEmpty();
  }

  @Test
  void requirePart_ofANameThatIsNotThere_saysWhichIsLikeIt() {
    CycleRegistry registry = CycleRegistry.open();
    assertThat(registry.register(LENGTH)).isNotNull();
    assertThatExceptionOfType(RegistryException.class)
        .isThrownBy(() -> registry.requirePart("lengt"))
        .withMessageContainingAll("\"parts\"", "lengt", "\"length\"");
    assertThatExceptionOfType(RegistryException.class)
        .isThrownBy(() -> registry.requireCycle("nightly"))
        .withMessageContainingAll("\"cycles\"", "nightly");
  }

  @Test
  void register_twice_isRefused() {
    CycleRegistry registry = CycleRegistry.open();
    assertThat(registry.register(LENGTH)).isNotNull();
    assertThatExceptionOfType(RegistryException.class)
        .isThrownBy(() -> registry.register(LENGTH))
        .withMessageContaining("length");
  }

  @Test
  @Covers("S28")
  void at_anotherScope_findsWhatIsThereAndWhatIsGlobal() {
    CycleRegistry registry = CycleRegistry.open();
    assertThat(registry.register(LENGTH)).isNotNull();
    CycleRegistry internal = registry.at(Scope.INTERNAL);
    CycleRegistry external = registry.at(Scope.EXTERNAL);
    assertThat(internal.register(LENGTH.named("inside"))).isNotNull();
    assertThat(internal.scope()).isEqualTo(Scope.INTERNAL);
    assertThat(internal.findPart("length")).contains(LENGTH);
    assertThat(internal.findPart("inside")).isPresent();
    assertThat(external.findPart("inside")).isEmpty();
    assertThat(registry.findPart("inside")).isEmpty();
  }

  @Test
  void register_inARegistryWithRoots_isForWhoCallsFromUnderThem() {
    CycleRegistry ours = CycleRegistry.open(c -> c.rootedAt("dev.carillon.flow"));
    assertThat(ours.register(LENGTH)).isSameAs(LENGTH);
    assertThat(ours.requirePart("length")).isSameAs(LENGTH);
    CycleRegistry others = CycleRegistry.open(c -> c.rootedAt("com.example"));
    assertThatExceptionOfType(RegistryException.class)
        .isThrownBy(() -> others.register(LENGTH))
        .withMessageContaining("caller=" + CycleRegistryTest.class.getName());
    assertThatExceptionOfType(RegistryException.class)
        .isThrownBy(() -> others.findPart("length"))
        .withMessageContaining("caller=" + CycleRegistryTest.class.getName());
  }
}
