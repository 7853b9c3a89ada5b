#ifndef KETWORK_CZEROMQ_SHIM_H
#define KETWORK_CZEROMQ_SHIM_H
#include <zmq.h>
#include <sys/eventfd.h>  /* not in Glibc's module map */
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/random.h>

/* libzmq 4.3 has this socket option but declares it only with the draft API. Without it a server that names a ZAP domain and
   finds no handler lets everybody in, so the binding sets it and refuses to go on when libzmq does not know it. */
enum { KETWORK_ZMQ_ZAP_ENFORCE_DOMAIN = 93 };

/* The descriptor that a message came over; declared in the header under a heading of things to avoid, and stable since 4.0. */
enum { KETWORK_ZMQ_SRCFD = ZMQ_SRCFD };

/* Names the calling thread; Swift imports no variadic functions. 15 bytes are kept. */
static inline void ketwork_set_thread_name(const char *name) { prctl(PR_SET_NAME, name, 0, 0, 0); }

/* Makes what `rand` gives unforeseeable; -1 when the kernel has no randomness.

   A ROUTER of libzmq 4.3 numbers its peers from a start that it takes from `rand`, which nobody seeds. A peer may choose its own routing identity,
   one that the next peer is about to get too: then libzmq stops the program ("Assertion failed: ok", socket_base.cpp), and what is still on its way to a
   peer that has just left goes to whoever takes its number. */
static inline int ketwork_seed_rand(void) {
  unsigned int seed;
  if (getrandom(&seed, sizeof seed, 0) != (ssize_t)sizeof seed) return -1;
  srand(seed);
  return 0;
}
#endif
