package dev.carillon.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Covers;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** CUDA keeps the contract of devices, on the fake driver. */
@Covers({"C1", "C2", "C3", "C4", "C5", "C6", "C7", "C8", "C11"})
final class CudaContractTest {
  private final FakeCuda fake = FakeCuda.fresh().with("devices", 2);

  @AfterEach
  void nothingWasUsedAfterItsEnd() {
    assertThat(fake.count("bad")).isZero();
    assertThat(fake.count("memory")).isZero();
    assertThat(HostSignal.waiting()).isZero();
    assertThat(fake.count("e")).isZero();
  }

  @TestFactory
  Stream<DynamicTest> polled() {
    return new CudaContract(fake.provider(), fake, true).tests();
  }

  /** The fake driver calls nobody by itself, as drivers do not after a fault. */
  @TestFactory
  Stream<DynamicTest> calledBack_byADriverThatLosesItAll() {
    CudaConfig config = CudaConfig.DEFAULT.withCompletion(CudaCompletion.HOST_FUNCTION);
    return new CudaContract(fake.provider(config), fake, true).tests();
  }

  @TestFactory
  Stream<DynamicTest> withoutGates() {
    return new CudaContract(fake.with("memOps", 0).provider(), fake, false).tests();
  }
}
