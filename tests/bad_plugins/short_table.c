#define BAD_TABLE_SIZE 88 /* ends before destroy */
#include "base.h"
