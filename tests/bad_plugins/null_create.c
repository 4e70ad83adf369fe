#define BAD_CREATE 0
#include "base.h"
