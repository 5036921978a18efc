// Reads a flattened device tree (Devicetree Specification, "Flattened Devicetree (DTB) Format").

#include "device_tree.h"

enum { BEGIN_NODE = 1, END_NODE = 2, PROPERTY = 3, NOTHING = 4 };  // tokens

// Numbers in the tree have their most significant byte first.
static unsigned number(const unsigned *place) { return __builtin_bswap32(*place); }

static word length(const char *text) {
  word count = 0;
  while (text[count] != 0) count += 1;
  return count;
}

static int begins(const char *text, const char *beginning) {
  while (*beginning != 0 && *text == *beginning) text += 1, beginning += 1;
  return *beginning == 0;
}

const char *find_property(const void *tree, const char *node, const char *property, unsigned *size) {
  const unsigned *header = tree;
  if (tree == 0 || number(header) != 0xd00dfeed) return 0;
  const unsigned *token = (const unsigned *)((const char *)tree + number(&header[2]));
  const char *strings = (const char *)tree + number(&header[3]);
  int is_inside = 0;
  for (;;) {
    switch (number(token++)) {
      case BEGIN_NODE: {
        const char *name = (const char *)token;
        is_inside = begins(name, node) && (name[length(node)] == 0 || name[length(node)] == '@');
        token += (length(name) + 4) / 4;
        break;
      }
      case PROPERTY: {
        const char *name = strings + number(&token[1]);
        *size = number(token);
        if (is_inside && begins(name, property) && name[length(property)] == 0) return (const char *)&token[2];
        token += 2 + (*size + 3) / 4;
        break;
      }
      case END_NODE: is_inside = 0; break;
      case NOTHING: break;
      default: return 0;
    }
  }
}

word ram_size(const void *tree) {
  unsigned bytes;
  const unsigned *range = (const unsigned *)find_property(tree, "memory", "reg", &bytes);
  return range != 0 && bytes >= 16 ? (word)number(&range[2]) << 32 | number(&range[3]) : 0;
}

const char *find_option(const char *command_line, const char *name) {
  while (command_line != 0 && *command_line != 0) {
    if (begins(command_line, name) && command_line[length(name)] == '=') return command_line + length(name) + 1;
    while (*command_line != 0 && *command_line != ' ') command_line += 1;
    while (*command_line == ' ') command_line += 1;
  }
  return 0;
}
