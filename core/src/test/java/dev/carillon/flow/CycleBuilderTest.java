package dev.carillon.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.carillon.build.Covers;
import dev.carillon.function.Fn1;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is placed becomes, by the definition that it is turned into. */
class CycleBuilderTest {

  /** A part that adds its name to what it is given. */
  private static Part<String, String> part(String name) {
    return Part.of(name, (String given) -> given + ">" + name);
  }

  private static List<Part<String, String>> parts(String... names) {
    var all = new ArrayList<Part<String, String>>();
    for (String name : names) {
      all.add(part(name));
    }
    return all;
  }

  private static CycleBuilder<String> seed() {
    return CycleBuilder.named("seed", String.class)
        .add(part("first"), 1, 1)
        .split(parts("a", "b", "c"), 2, 1);
  }

  private static <I> CycleDraft draft(CycleBuilder<I> builder) {
    var positions = (PositionBuilder<I>) builder;
    positions.close();
    return LocalCycle.draft("drafted", positions::define);
  }

  /** {@return each part with the part that it is below} */
  private static List<String> shape(CycleDraft draft) {
    return draft.parts.stream()
        .skip(1) // the input
        .map(p -> p.name() + " < " + String.join(", ", p.inputs.stream().map(Out::name).toList()))
        .toList();
  }

  /** {@return what the parts give if each is called once, in the order of the plan} */
  @SuppressWarnings("unchecked") // works of one input, as all are here
  private static Map<String, Object> values(CycleDraft draft, Object input) throws Exception {
    var values = new HashMap<String, Object>();
    values.put("input", input);
    for (PartDraft<?> part : draft.parts.subList(1, draft.parts.size())) {
      var given = new ArrayList<>();
      for (Out<?> wire : part.inputs) {
        Object value = values.get(wire.name());
        if (wire instanceof CheckedWire<?> checked) {
          for (Check check : checked.checks()) {
            assertThat(check.passes().test(value)).as(check.rule()).isTrue();
          }
        }
        given.add(value);
      }
      var work = (Fn1<Object, Object>) part.work;
      values.put(part.name(), work.call(part.form == Form.ANY_SUCCESS ? given : given.getFirst()));
    }
    return values;
  }

  @Test
  @Covers("S19")
  void split_afterAPart_fillsThePositionsThatTheSeedLists() {
    for (String filled : List.of("1-1", "2-1", "3-1", "3-2", "3-3")) {
      int level = filled.charAt(0) - '0';
      int position = filled.charAt(2) - '0';
      CycleBuilder<String> builder = seed();
      assertThatIllegalArgumentException()
          .as(filled)
          .isThrownBy(() -> builder.add(part("more"), level, position));
    }
    CycleBuilder<String> builder = seed();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.add(part("more"), 4, 4))
        .withMessage("there is no such position: position=4-4; open: 4-1, 4-2, 4-3");
    builder
        .add(part("below"), 4, 1)
        .split(parts("d", "e"), 4, 2)
        .add(part("beside"), 4, 3)
        .add(part("last"), 6, 2);
    assertThat(shape(draft(builder)))
        .containsExactly(
            "first < input",
            "split 2-1 < first",
            "2-1/1/a < split 2-1",
            "2-1/1/below < 2-1/1/a",
            "2-1/2/b < split 2-1",
            "2-1/2/split 4-2 < 2-1/2/b",
            "2-1/2/4-2/1/d < 2-1/2/split 4-2",
            "2-1/2/4-2/2/e < 2-1/2/split 4-2",
            "2-1/2/4-2/2/last < 2-1/2/4-2/2/e",
            "2-1/3/c < split 2-1",
            "2-1/3/beside < 2-1/3/c",
            "values < 2-1/1/below, 2-1/2/4-2/1/d, 2-1/2/4-2/2/last, 2-1/3/beside");
  }

  @Test
  @Covers({"S19", "S38"})
  void add_parts_areGivenWhatIsAboveThem() throws Exception {
    Map<String, Object> values = values(draft(seed().add(part("d"), 4, 2)), "x");
    assertThat(values.get("values")).isEqualTo(List.of("x>first>a", "x>first>b>d", "x>first>c"));
  }

  @Test
  @Covers("S19")
  void add_atAFilledPosition_namesWhatIsThere() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> seed().add(part("more"), 3, 2))
        .withMessage(
            "a position is filled once: position=3-2, there is \"b\"; open: 4-1, 4-2, 4-3");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> seed().split(parts("more"), 2, 1))
        .withMessageContaining("position=2-1, there is a split of 3");
  }

  @Test
  void add_whereThereIsNothingAbove_namesWhatIsOpen() {
    CycleBuilder<Done> builder = CycleBuilder.named("c");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.add(part("a"), 2, 1))
        .withMessage("there is no such position: position=2-1; open: 1-1");
    assertThatIllegalArgumentException().isThrownBy(() -> builder.add(part("a"), 0, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> builder.add(part("a"), 1, 0));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.add(part("a"), Integer.MAX_VALUE, 1));
    builder.add(part("a"), 1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.add(part("b"), 3, 1))
        .withMessage("there is no such position: position=3-1; open: 2-1");
  }

  @Test
  void add_aboveALevelThatWasBegun_isRefused() {
    CycleBuilder<String> builder = seed().add(part("below"), 4, 2);
    builder.add(part("deeper"), 5, 1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.add(part("late"), 4, 1))
        .withMessage("levels are filled one after another, from 1 on: level=4, begun=5; open: 6-1");
    assertThat(shape(draft(builder))).contains("2-1/2/deeper < 2-1/2/below");
  }

  @Test
  void split_atLevelOneOrOfNothing_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CycleBuilder.named("c").split(parts("a"), 1, 1))
        .withMessageContaining("level=1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> seed().split(List.of(), 4, 1))
        .withMessageContaining("at least one part");
  }

  @Test
  void add_ofANameThatStandsAbove_isRefusedAndSideBySideIsNot() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> seed().add(part("a"), 4, 1))
        .withMessageContaining("name=\"a\"");
    assertThat(shape(draft(seed().add(part("b"), 4, 1)))).contains("2-1/1/b < 2-1/1/a");
  }

  @Test
  void add_ofAPartThatTakesAnotherType_checksWhatItIsGiven() {
    CycleBuilder<Integer> builder = CycleBuilder.named("c", Integer.class).add(part("text"), 1, 1);
    PartDraft<?> part = draft(builder).parts.get(1);
    Check check = ((CheckedWire<?>) part.inputs.getFirst()).checks().getFirst();
    assertThat(check.rule()).isEqualTo("\"text\" takes values of java.lang.String");
    assertThat(check.passes().test(5)).isFalse();
    assertThat(check.passes().test("five")).isTrue();
  }

  private static final class Length implements Fn1<String, Integer> {
    private static final long serialVersionUID = 1;

    @Override
    public Integer call(String text) {
      return text.length();
    }
  }

  private static <A> Fn1<A, A> wrapped(Fn1<A, A> work) {
    return given -> work.call(given);
  }

  @Test
  void inputOf_works_isWhatTheyDeclare() {
    Fn1<String, Integer> reference = String::length;
    Fn1<List<String>, Integer> lambda = list -> list.size();
    assertThat(Positioned.inputOf(reference)).isEqualTo(String.class);
    assertThat(Positioned.inputOf(lambda)).isEqualTo(List.class);
    assertThat(Positioned.inputOf(new Length())).isEqualTo(String.class);
    assertThat(Positioned.inputOf(CycleBuilderTest.<String>wrapped(text -> text)))
        .isEqualTo(Object.class);
  }

  @Test
  void add_ofAPartThatTakesDone_isGivenDone() throws Exception {
    CycleDraft draft = draft(seed().add(Part.of("none", (Done given) -> "after " + given), 4, 1));
    assertThat(values(draft, "x")).containsEntry("2-1/1/none", "after DONE");
  }

  @Test
  void add_ofAPropagatingPart_givesItsResultToWhatIsBelow() {
    Part<String, String> risky = part("risky").with(p -> assertThat(p.propagating()).isNotNull());
    CycleDraft draft =
        draft(seed().add(risky, 4, 1).add(Part.of("after", (Result<?> r) -> "" + r), 5));
    PartDraft<?> after = draft.parts.get(5);
    assertThat(after.name()).isEqualTo("2-1/1/after");
    assertThat(after.inputs).singleElement().isInstanceOf(CheckedWire.class);
    assertThat(((CheckedWire<?>) after.inputs.getFirst()).asResult()).isTrue();
  }

  @Test
  void settings_ofTheWhole_becomeTheCycles() {
    var policy = OnError.<Object>skip();
    CycleBuilder<String> builder =
        CycleBuilder.named("c", String.class)
            .add(part("a"), 1)
            .split(parts("b", "c"), 2, 1, Sync.sequential())
            .sync(Sync.level())
            .loop(Loop.times(3))
            .onError(policy);
    CycleDraft draft = draft(builder);
    assertThat(draft.root.sync).isEqualTo(Sync.level());
    assertThat(draft.loop.most()).isEqualTo(3);
    assertThat(draft.root.onError).isEqualTo(policy);
    assertThat(draft.parts.get(3).branch.parent.sync).isEqualTo(Sync.sequential());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CycleBuilder.named("d").onError(OnError.fallback("x")))
        .withMessageContaining("cycle=d");
  }

  @Test
  void close_emptyOrTwice_isRefused() {
    assertThatIllegalStateException()
        .isThrownBy(() -> CycleBuilder.named("c").build())
        .withMessageContainingAll("cycle=c", "level 1");
    CycleBuilder<String> builder = seed();
    assertThat(shape(draft(builder))).isNotEmpty();
    assertThatIllegalStateException().isThrownBy(builder::build);
    assertThatIllegalStateException().isThrownBy(() -> builder.add(part("d"), 4, 1));
  }

  @Test
  @Covers("S19")
  void build_givesAPlanWithTheSameLevelsAndPositions() {
    Cycle<String, List<Object>> cycle = seed().add(part("d"), 4, 2).build();
    assertThat(cycle.plan().parts())
        .extracting(p -> p.level() + "-" + p.position() + " " + p.name())
        .containsExactly(
            "1-1 first",
            "2-1 split 2-1",
            "3-1 2-1/1/a",
            "3-2 2-1/2/b",
            "4-1 2-1/2/d",
            "3-3 2-1/3/c",
            "5-1 values");
  }

  @Test
  @Covers({"S19", "S28"})
  void buildAndRegister_isFoundByItsName_andCanBePlaced() {
    CycleRegistry registry = CycleRegistry.open();
    Cycle<String, List<Object>> cycle = seed().buildAndRegister(registry);
    assertThat(registry.requireCycle("seed")).isSameAs(cycle);
    Cycle<Done, List<Object>> outer =
        CycleBuilder.named("outer")
            .add(Part.of("text", (Done _) -> "x"), 1)
            .split(List.of(cycle, part("beside")), 2, 1)
            .build();
    assertThat(outer.plan().parts())
        .extracting(PlannedPart::name)
        .contains("2-1/1/seed/first", "2-1/1/seed/2-1/3/c", "2-1/2/beside");
  }
}
