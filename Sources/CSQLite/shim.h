// SQLite, for reading many rows: GRDB reads them as values of its own, which a start with a million jobs has no time for.
#pragma once

#include <sqlite3.h>
