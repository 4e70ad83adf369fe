#define BAD_SIZE 56 /* ends before vtable */
#include "base.h"
