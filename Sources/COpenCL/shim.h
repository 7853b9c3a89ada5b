#ifndef KETWORK_COPENCL_SHIM_H
#define KETWORK_COPENCL_SHIM_H
/* Types and constants only: libOpenCL is opened at run time, so a machine without one still runs. */
#define CL_TARGET_OPENCL_VERSION 120
#include <CL/cl.h>
#endif
