/**
 * Devices of OpenCL: {@link dev.carillon.opencl.OpenClProvider} finds them, {@link
 * dev.carillon.opencl.OpenClDevice} has memory and programs, {@link
 * dev.carillon.opencl.OpenClStream} copies and runs kernels.
 */
package dev.carillon.opencl;
