// What every comparison ends with.
#ifndef KETWORK_TESTS_EXPECT_H
#define KETWORK_TESTS_EXPECT_H

#include <stdbool.h>

/// Goes on if something holds. Otherwise says what does not, and of which kernels, and ends with 1.
void expect(bool holds, const char *what);

/// Which kernels are compared from here on, for the message.
void expect_of(const char *implementation, bool is_single);

#endif
