#define BAD_KIND 77
#include "base.h"
