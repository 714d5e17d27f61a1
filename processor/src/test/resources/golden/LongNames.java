package com.acme;

import dev.carillon.function.Default;
import dev.carillon.function.Registered;
import java.util.List;
import java.util.Map;

/** Names that leave no room on a line. */
final class LongNames<T extends Comparable<T>> {
  private LongNames() {}

  @Registered(name = "a-rather-long-name-in-a-registry-that-has-many-functions-with-rather-long-names")
  static Map<String, List<Integer>> measureEverythingThereIsToMeasure(
      Map<String, List<Integer>> measurementsOfTheWholeYearByStation,
      @Default("a text that is long enough to make the line of its parameter longer than any") String unitOfMeasurement,
      List<Map<String, List<Integer>>> historicalMeasurementsOfAllStations)
      throws java.io.IOException {
    return measurementsOfTheWholeYearByStation;
  }

  @Registered
  <U extends Comparable<U>> T chooseTheBestElement(
      T firstElementToChooseFrom, Map<String, U> otherElementsToChooseFrom, @Default("1") int numberOfElementsThatAreLookedAt)
      throws InterruptedException {
    return firstElementToChooseFrom;
  }
}
