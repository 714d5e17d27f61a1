/**
 * Device events: places in the streams of CPUs, GPUs and whatever has a driver, as events that
 * streams and threads wait for, and that completion events stand for.
 *
 * <p>Begin with {@link dev.carillon.device.Devices}. The states and rules are those of caffe2's
 * event. What a kind of device does is a table of functions, {@link
 * dev.carillon.spi.DeviceFunctions}; that of the CPU is here, others are in other artifacts.
 */
package dev.carillon.device;
