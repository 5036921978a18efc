// Every exit comes here: what is it about?

#include "vcpu.h"

enum {
  CAUSE_ECALL_FROM_GUEST = 10, CAUSE_FETCH_GUEST_PAGE = 20, CAUSE_LOAD_GUEST_PAGE = 21, CAUSE_STORE_GUEST_PAGE = 23
};

void map_page(word guest_physical);

void handle_exit(void) {
  word cause = read_csr(scause);
  exits += 1;
  switch (cause) {
    case CAUSE_ECALL_FROM_GUEST:
      serve_call();
#ifndef MISTAKE_WRONG_PC
      vitrine_vcpu.pc += 4;  // behind the ecall
#endif
      break;
    case CAUSE_FETCH_GUEST_PAGE:
    case CAUSE_LOAD_GUEST_PAGE:
    case CAUSE_STORE_GUEST_PAGE: map_page(read_csr(htval) << 2 | (read_csr(stval) & 3)); break;
    default: fail("an exit that I do not know, cause", cause);
  }
}
