package dev.carillon.bench;

import static dev.carillon.bench.DeviceCalls.EVENTS_OF_USERS;
import static dev.carillon.bench.DeviceCalls.FUNCTIONS;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * M: events of devices, and the same calls from C. The system property {@code
 * carillon.cuda.library} names CUDA's library for both, as in {@code
 * CARILLON_JAVA_OPTS=-Dcarillon.cuda.library=…}.
 */
final class DeviceEvents {
  static final String C = "c";
  private static final double MOST = 1.2;

  private static final Map<String, String> SUBJECTS =
      Map.of(
          EVENTS_OF_USERS,
          "Carillon",
          FUNCTIONS,
          "Carillon, functions alone",
          C,
          "C, the same calls");

  static final Group OF_CUDA =
      group(
          "M1",
          "events of a GPU by CUDA's driver",
          new CallsInTurn(
              DeviceCalls.Driver.CUDA,
              "cuda_events",
              "carillon.cuda.library",
              List.of("libcuda.so.1", "libcuda.so")),
          Stream.of(
              likeC(DeviceCalls.RECORD),
              likeC(DeviceCalls.RECORD_QUERY),
              likeC(DeviceCalls.WAIT),
              likeC(DeviceCalls.GRAPH),
              Goal.ratio(
                  "polling ≤ 1/3 × host function",
                  1.0 / 3,
                  EVENTS_OF_USERS,
                  DeviceCalls.POLLED,
                  EVENTS_OF_USERS,
                  DeviceCalls.TOLD)));

  static final Group OF_OPENCL =
      group(
          "M2",
          "events of a device by OpenCL's driver",
          new CallsInTurn(
              DeviceCalls.Driver.OPENCL,
              "opencl_events",
              null,
              List.of("libOpenCL.so.1", "libOpenCL.so")),
          Stream.of(
              likeC(DeviceCalls.RECORD), likeC(DeviceCalls.RECORD_QUERY), likeC(DeviceCalls.WAIT)));

  private DeviceEvents() {}

  private static Group group(String id, String title, CallsInTurn calls, Stream<Goal> goals) {
    return new Group(
        id,
        title,
        Group.Unit.US,
        "operation",
        EVENTS_OF_USERS,
        List.of(calls),
        goals.toList(),
        calls::notes);
  }

  private static Goal likeC(String operation) {
    return Goal.ratio(
        "≤ %s × C, %s".formatted(MOST, operation), MOST, EVENTS_OF_USERS, C, operation);
  }

  /** {@return how a subject is shown} */
  static String shown(String subject) {
    return SUBJECTS.getOrDefault(subject, subject);
  }
}
