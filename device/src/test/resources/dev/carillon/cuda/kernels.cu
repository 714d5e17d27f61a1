// The kernels of the tests. kernels.ptx was made of this by
//
//   nvcc -ptx -arch=compute_75 -o kernels.ptx kernels.cu
//
// and then lowered by hand to ".version 6.3" and ".target sm_70", so that drivers from 10.0 on
// compile it for any GPU from Volta on. "ptxas -arch=sm_90 kernels.ptx -o /dev/null" checks it.

extern "C" __global__ void vector_add(const float *a, const float *b, float *sum, int count) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < count) {
    sum[i] = a[i] + b[i];
  }
}

// c = a b, all row by row and of n rows and columns; a thread for each element of c.
extern "C" __global__ void matrix_multiply(const float *a, const float *b, float *c, int n) {
  int column = blockIdx.x * blockDim.x + threadIdx.x;
  int row = blockIdx.y * blockDim.y + threadIdx.y;
  if (row < n && column < n) {
    float sum = 0;
    for (int k = 0; k < n; k++) {
      sum += a[row * n + k] * b[k * n + column];
    }
    c[row * n + column] = sum;
  }
}

// Runs for as many ticks of the multiprocessor's clock.
extern "C" __global__ void spin(long long ticks) {
  long long begin = clock64();
  while (clock64() - begin < ticks) {
  }
}

// Adds one to an int, by one thread.
extern "C" __global__ void increment(int *counter) {
  if (threadIdx.x == 0 && blockIdx.x == 0) {
    *counter += 1;
  }
}

// Faults: there is nothing at this address.
extern "C" __global__ void read_nowhere(int *out) {
  *out = *(volatile int *)0x10;
}

// Faults: an instruction that is for that.
extern "C" __global__ void trap(void) {
  __trap();
}
