package dev.carillon.cuda;

import dev.carillon.build.Covers;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/** CUDA keeps the contract of devices, on a GPU. */
@Tag(Gpu.TAG)
@Covers({"C1", "C2", "C3", "C4", "C5", "C6", "C7", "C8", "C11"})
final class CudaContractGpuTest {

  @TestFactory
  Stream<DynamicTest> polled() {
    return on(CudaCompletion.POLLING);
  }

  @TestFactory
  Stream<DynamicTest> calledBack() {
    return on(CudaCompletion.HOST_FUNCTION);
  }

  private static Stream<DynamicTest> on(CudaCompletion completion) {
    CudaConfig config = CudaConfig.DEFAULT.withCompletion(completion);
    boolean hasGates;
    try (CudaDriver driver = Gpu.open(config)) { // leaves the tests out if there is none
      hasGates = driver.functions().gate() != null;
    }
    return new CudaContract(new CudaProvider(config, CudaLibrary.names()), null, hasGates).tests();
  }
}
