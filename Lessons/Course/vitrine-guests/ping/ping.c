// Two machines on one switch: the one whose address is even asks for the other (ARP), then sends it echo requests.

#include "virtio_net.h"

#define REQUESTS 4
#define PATIENCE 200000  // ticks: 20 milliseconds

#define ARP 0x0806
#define IP 0x0800

static volatile word *const mtime = (volatile word *)(CLINT + CLINT_MTIME);
static byte frame[64];
static byte peer_address[6];
static byte own_number, peer_number;  // the last bytes of 10.0.0.x

static unsigned get16(const byte *place) { return (unsigned)place[0] << 8 | place[1]; }
static void put16(byte *place, unsigned value) {
  place[0] = (byte)(value >> 8);
  place[1] = (byte)value;
}
static void copy(byte *to, const byte *from, int count) {
  for (int index = 0; index < count; index++) to[index] = from[index];
}
static void put_ip(byte *place, byte number) {
  place[0] = 10;
  place[1] = place[2] = 0;
  place[3] = number;
}

// The internet checksum (RFC 1071).
static unsigned checksum(const byte *bytes, int count) {
  unsigned sum = 0;
  for (int index = 0; index < count; index += 2) sum += get16(bytes + index);
  while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
  return ~sum & 0xffff;
}

// Header of an Ethernet frame; a null `to` is everybody.
static void ethernet(const byte *to, unsigned type) {
  for (int index = 0; index < 6; index++) frame[index] = to ? to[index] : 0xff;
  copy(frame + 6, own_address, 6);
  put16(frame + 12, type);
}

// "Who has 10.0.0.peer?" (operation 1), or "I have" (2).
static void send_arp(const byte *to, unsigned operation) {
  byte *arp = frame + 14;
  ethernet(to, ARP);
  put16(arp, 1);
  put16(arp + 2, IP);
  arp[4] = 6;
  arp[5] = 4;
  put16(arp + 6, operation);
  copy(arp + 8, own_address, 6);
  put_ip(arp + 14, own_number);
  for (int index = 0; index < 6; index++) arp[18 + index] = to ? to[index] : 0;
  put_ip(arp + 24, peer_number);
  network_send(frame, 14 + 28);
}

// An echo request (type 8) or reply (0): 28 bytes after the Ethernet header, and 8 of content.
static void send_echo(byte type, unsigned sequence) {
  byte *ip = frame + 14, *icmp = ip + 20;
  ethernet(peer_address, IP);
  for (int index = 0; index < 36; index++) ip[index] = 0;
  ip[0] = 0x45;
  put16(ip + 2, 36);
  ip[8] = 64;
  ip[9] = 1;
  put_ip(ip + 12, own_number);
  put_ip(ip + 16, peer_number);
  put16(ip + 10, checksum(ip, 20));
  icmp[0] = type;
  put16(icmp + 6, sequence);
  for (int index = 8; index < 16; index++) icmp[index] = (byte)(sequence + index);
  put16(icmp + 2, checksum(icmp, 16));
  network_send(frame, 14 + 36);
}

// The next frame of a type that is for this machine, within the time; else 0.
static byte *await_frame(word patience) {
  word deadline = *mtime + patience;
  while (*mtime < deadline) {
    byte *received = network_receive();
    if (received) return received;
  }
  return 0;
}

static int is_echo(const byte *received, byte type) {
  return get16(received + 12) == IP && received[14 + 9] == 1 && received[14 + 20] == type && received[14 + 19] == own_number
    && checksum(received + 14 + 20, 16) == 0;
}

static void report(const char *text, unsigned sequence) {
  put_string(text);
  put_decimal(peer_number);
  put_string(": seq ");
  put_decimal(sequence);
  put_character('\n');
}

static int ask(void) {
  byte *received;
  send_arp(0, 1);
  do {
    received = await_frame(PATIENCE);
    if (!received) return 0;
  } while (get16(received + 12) != ARP || get16(received + 20) != 2);
  copy(peer_address, received + 6, 6);
  for (unsigned sequence = 1; sequence <= REQUESTS; sequence++) {
    send_echo(8, sequence);
    do {
      received = await_frame(PATIENCE);
      if (!received) return 0;
    } while (!is_echo(received, 0) || get16(received + 14 + 26) != sequence);
    report("echo reply from 10.0.0.", sequence);
  }
  return 1;
}

static int answer(void) {
  unsigned answered = 0;
  byte *received;
  while ((received = await_frame(2 * PATIENCE))) {
    if (get16(received + 12) == ARP && get16(received + 20) == 1 && received[14 + 27] == own_number) {
      copy(peer_address, received + 6, 6);
      send_arp(peer_address, 2);
    } else if (is_echo(received, 8)) {
      unsigned sequence = get16(received + 14 + 26);
      report("echo request from 10.0.0.", sequence);
      send_echo(0, sequence);
      answered += 1;
    }
  }
  return answered == REQUESTS;
}

void machine_main(void) {
  if (!network_start()) {
    put_string("no network device\n");
    finish(1);
  }
  int asks = (own_address[5] & 1) == 0;
  own_number = own_address[5];
  peer_number = asks ? own_number + 1 : own_number - 1;
  put_string("I am 10.0.0.");
  put_decimal(own_number);
  put_character('\n');
  if (!(asks ? ask() : answer())) {
    put_string("nobody there\n");
    finish(2);
  }
  finish(0);
}
