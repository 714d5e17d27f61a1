package dev.carillon.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What was measured of a group.
 *
 * @param all in the order of measurement
 */
record Rows(List<Row> all) {
  private static final int SIZES = 3;

  /** {@return the row of a subject, if it was measured} */
  Optional<Row> find(String method, String variant, long size) {
    return all.stream()
        .filter(r -> r.method().equals(method))
        .filter(r -> r.variant().equals(variant) && r.size() == size)
        .findFirst();
  }

  /** {@return how the cost of each subject grows that was measured at three sizes or more} */
  Map<String, Double> growth() {
    var bySubject = new LinkedHashMap<String, List<Row>>();
    for (Row row : all) {
      bySubject.merge(row.label(), List.of(row), Rows::both);
    }
    var exponents = new LinkedHashMap<String, Double>();
    bySubject.forEach((subject, rows) -> {
      if (rows.stream().mapToLong(Row::size).distinct().count() >= SIZES) {
        exponents.put(subject, exponent(rows));
      }
    });
    return exponents;
  }

  private static List<Row> both(List<Row> some, List<Row> more) {
    return java.util.stream.Stream.concat(some.stream(), more.stream()).toList();
  }

  /** {@return the slope of log(whole cost) over log(size), by least squares} */
  private static double exponent(List<Row> rows) {
    double n = rows.size();
    double sumX = 0;
    double sumY = 0;
    double sumXx = 0;
    double sumXy = 0;
    for (Row row : rows) {
      double each = row.time() == null ? row.bytes() : row.time().value();
      double x = Math.log((double) row.size());
      double y = Math.log(each * row.size());
      sumX += x;
      sumY += y;
      sumXx += x * x;
      sumXy += x * y;
    }
    return (n * sumXy - sumX * sumY) / (n * sumXx - sumX * sumX);
  }
}
