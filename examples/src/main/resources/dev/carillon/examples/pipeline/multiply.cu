// The kernel of the example on GPUs of NVIDIA: c = a b, of n rows and columns each, row by row; a
// thread for each element of c. multiply.ptx was made of it by
//
//   nvcc -ptx -arch=compute_75 -o multiply.ptx multiply.cu
//
// and lowered by hand to ".version 6.3" and ".target sm_70", so that drivers from 10.0 on compile it
// for any GPU from Volta on.

extern "C" __global__ void multiply(const float *a, const float *b, float *c, int n) {
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
