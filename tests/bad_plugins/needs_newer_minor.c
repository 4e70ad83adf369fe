#define BAD_MINOR 999
#include "base.h"
