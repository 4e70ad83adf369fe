#define BAD_DESTROY 0
#include "base.h"
