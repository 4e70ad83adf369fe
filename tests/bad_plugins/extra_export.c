#include "base.h"
__attribute__((visibility("default"))) int leaked_symbol = 1;
