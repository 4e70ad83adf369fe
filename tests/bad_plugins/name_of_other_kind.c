#define BAD_NAME "storage-bad"
#include "base.h"
