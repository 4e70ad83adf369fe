#define BAD_TABLE 0
#include "base.h"
