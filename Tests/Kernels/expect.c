#include "expect.h"

#include <stdio.h>
#include <stdlib.h>

static const char *compared = "?";
static bool is_in_single_precision;

void expect_of(const char *implementation, bool is_single) {
  compared = implementation;
  is_in_single_precision = is_single;
}

void expect(bool holds, const char *what) {
  if (holds) return;
  printf("%s differs from what is expected in %s precision: %s\n", compared, is_in_single_precision ? "single" : "double", what);
  exit(1);
}
