#ifndef KETWORK_CZEROMQ_SHIM_H
#define KETWORK_CZEROMQ_SHIM_H
#include <zmq.h>
#include <sys/eventfd.h>  /* not in Glibc's module map */
#endif
