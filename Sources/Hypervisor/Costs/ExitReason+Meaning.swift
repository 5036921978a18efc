import RISCV

extension ExitReason {
  /// What it means, in a few words.
  package var meaning: String {
    switch self {
    case .csrAccess: "an instruction of the guest's reads or writes a privileged CSR"
    case .trapReturn: "mret or sret of the guest's"
    case .fence: "a fence of address translation"
    case .wait: "the guest waits for an interrupt"
    case .hypercall: "a call of the monitor by a guest that knows of it"
    case .environmentCall: "a system call, or a call of firmware, of the guest's own"
    case .exception: "any other exception that is the guest's own business"
    case .device: "an access to a device of the virtual board"
    case .hiddenFault: "the shadow lacked what the guest's own tables have; the guest hears nothing of it"
    case .dirtyFault: "the first store to a page: the monitor sets D in the guest's table, unheard"
    case .tracedStore: "a store to a page that holds a page table of the guest's"
    case .trueFault: "a page fault by the guest's own tables, which the guest takes"
    case .nestedFill: "the nested tables lacked a page of the guest's memory"
    case .protection: "an access that physical memory protection splits or forbids"
    case .guestAccess: "a guest hypervisor's access to the memory of its own guest"
    case .interrupt: "an interrupt is delivered"
    case .dispatch: "translated code has come to where it is not linked any further"
    case .adapted: "translated code calls for an instruction that trapped again and again"
    case .unusual: "a state in which every instruction is stepped, such as MPRV"
    }
  }
}
