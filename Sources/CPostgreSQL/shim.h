// PostgreSQL's client library, of version 14 or newer: the first with pipelines.
#pragma once

#include <libpq-fe.h>
