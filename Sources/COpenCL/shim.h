#ifndef KETWORK_COPENCL_SHIM_H
#define KETWORK_COPENCL_SHIM_H
/*
 * Types and constants of OpenCL 1.2. libOpenCL is opened at run time, so a machine without one still runs: nothing may call a
 * cl… function by its own name. The pointer types below give Swift each function's signature as the header has it.
 */
#define CL_TARGET_OPENCL_VERSION 120
#include <CL/cl.h>

typedef __typeof__(&clGetPlatformIDs) clGetPlatformIDs_fn;
typedef __typeof__(&clGetPlatformInfo) clGetPlatformInfo_fn;
typedef __typeof__(&clGetDeviceIDs) clGetDeviceIDs_fn;
typedef __typeof__(&clGetDeviceInfo) clGetDeviceInfo_fn;
typedef __typeof__(&clCreateContext) clCreateContext_fn;
typedef __typeof__(&clReleaseContext) clReleaseContext_fn;
typedef __typeof__(&clCreateCommandQueue) clCreateCommandQueue_fn;
typedef __typeof__(&clReleaseCommandQueue) clReleaseCommandQueue_fn;
typedef __typeof__(&clCreateBuffer) clCreateBuffer_fn;
typedef __typeof__(&clReleaseMemObject) clReleaseMemObject_fn;
typedef __typeof__(&clCreateProgramWithSource) clCreateProgramWithSource_fn;
typedef __typeof__(&clCreateProgramWithBinary) clCreateProgramWithBinary_fn;
typedef __typeof__(&clBuildProgram) clBuildProgram_fn;
typedef __typeof__(&clGetProgramInfo) clGetProgramInfo_fn;
typedef __typeof__(&clGetProgramBuildInfo) clGetProgramBuildInfo_fn;
typedef __typeof__(&clReleaseProgram) clReleaseProgram_fn;
typedef __typeof__(&clCreateKernel) clCreateKernel_fn;
typedef __typeof__(&clReleaseKernel) clReleaseKernel_fn;
typedef __typeof__(&clSetKernelArg) clSetKernelArg_fn;
typedef __typeof__(&clGetKernelWorkGroupInfo) clGetKernelWorkGroupInfo_fn;
typedef __typeof__(&clEnqueueNDRangeKernel) clEnqueueNDRangeKernel_fn;
typedef __typeof__(&clEnqueueReadBuffer) clEnqueueReadBuffer_fn;
typedef __typeof__(&clEnqueueWriteBuffer) clEnqueueWriteBuffer_fn;
typedef __typeof__(&clEnqueueCopyBuffer) clEnqueueCopyBuffer_fn;
typedef __typeof__(&clEnqueueFillBuffer) clEnqueueFillBuffer_fn;
typedef __typeof__(&clEnqueueMarkerWithWaitList) clEnqueueMarkerWithWaitList_fn;
typedef __typeof__(&clEnqueueBarrierWithWaitList) clEnqueueBarrierWithWaitList_fn;
typedef __typeof__(&clWaitForEvents) clWaitForEvents_fn;
typedef __typeof__(&clReleaseEvent) clReleaseEvent_fn;
typedef __typeof__(&clFlush) clFlush_fn;
typedef __typeof__(&clFinish) clFinish_fn;
#endif
