// The little of a flattened device tree that the guests here ask for.

#pragma once

#include "virt.h"

// The text of a property, such as `bootargs` of `/chosen`: of the first node whose name begins with `node`. 0 where there is
// none; else its bytes, and their number in `size`.
const char *find_property(const void *tree, const char *node, const char *property, unsigned *size);

// The bytes of RAM, from the node `memory@...`.
word ram_size(const void *tree);

// What the command line says after `name=`, up to the next space; 0 where it says nothing.
const char *find_option(const char *command_line, const char *name);
