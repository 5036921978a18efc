// A driver for one virtio network device, without interrupts: it looks at the used rings until something is there.

#pragma once

#include "virt.h"

typedef unsigned char byte;

#define FRAME_SIZE 1518  // the longest, without checksum
#define HEADER_SIZE 12   // what virtio puts before each frame

// The device's own address.
extern byte own_address[6];

// Finds the device and sets it up. Returns 0 where there is none.
int network_start(void);

// Sends a frame, and waits until the device has taken it.
void network_send(const byte *frame, unsigned size);

// The next frame that came, or 0. It is good until the next call.
byte *network_receive(void);
