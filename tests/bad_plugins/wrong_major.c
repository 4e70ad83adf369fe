#define BAD_MAJOR 9
#include "base.h"
