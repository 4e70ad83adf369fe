#define BAD_SCHEMA "{ type: object"
#include "base.h"
