// What the compiler calls on its own account, to copy and clear structures.

#include "virt.h"

__attribute__((no_builtin)) void *memcpy(void *to, const void *from, word count) {
  for (word index = 0; index < count; index += 1) ((char *)to)[index] = ((const char *)from)[index];
  return to;
}

__attribute__((no_builtin)) void *memmove(void *to, const void *from, word count) {
  if (to < from) return memcpy(to, from, count);
  while (count-- > 0) ((char *)to)[count] = ((const char *)from)[count];
  return to;
}

__attribute__((no_builtin)) void *memset(void *to, int byte, word count) {
  for (word index = 0; index < count; index += 1) ((char *)to)[index] = (char)byte;
  return to;
}
