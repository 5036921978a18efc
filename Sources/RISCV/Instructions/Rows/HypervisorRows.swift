extension InstructionRow {
  /// Instructions of the "H" Extension: a guest's memory from outside, and fences of the two stages of translation.
  static let hypervisor: [InstructionRow] = [
    .init("hlv.b", "0110000 00000 rs1 100 rd 1110011", "rd, (rs1)", .hypervisor, .mayDepart),
    .init("hlv.bu", "0110000 00001 rs1 100 rd 1110011", "rd, (rs1)", .hypervisor, .mayDepart),
    .init("hlv.h", "0110010 00000 rs1 100 rd 1110011", "rd, (rs1)", .hypervisor, .mayDepart),
    .init("hlv.hu", "0110010 00001 rs1 100 rd 1110011", "rd, (rs1)", .hypervisor, .mayDepart),
    .init("hlvx.hu", "0110010 00011 rs1 100 rd 1110011", "rd, (rs1)", .hypervisor, .mayDepart),
    .init("hlv.w", "0110100 00000 rs1 100 rd 1110011", "rd, (rs1)", .hypervisor, .mayDepart),
    .init("hlv.wu", "0110100 00001 rs1 100 rd 1110011", "rd, (rs1)", .hypervisor, .mayDepart),
    .init("hlvx.wu", "0110100 00011 rs1 100 rd 1110011", "rd, (rs1)", .hypervisor, .mayDepart),
    .init("hlv.d", "0110110 00000 rs1 100 rd 1110011", "rd, (rs1)", .hypervisor, .mayDepart),
    .init("hsv.b", "0110001 rs2 rs1 100 00000 1110011", "rs2, (rs1)", .hypervisor, .mayDepart),
    .init("hsv.h", "0110011 rs2 rs1 100 00000 1110011", "rs2, (rs1)", .hypervisor, .mayDepart),
    .init("hsv.w", "0110101 rs2 rs1 100 00000 1110011", "rs2, (rs1)", .hypervisor, .mayDepart),
    .init("hsv.d", "0110111 rs2 rs1 100 00000 1110011", "rs2, (rs1)", .hypervisor, .mayDepart),
    .init("hfence.vvma", "0010001 rs2 rs1 000 00000 1110011", "rs1, rs2", .hypervisor, .system),
    .init("hfence.gvma", "0110001 rs2 rs1 000 00000 1110011", "rs1, rs2", .hypervisor, .system),
    .init("hinval.vvma", "0010011 rs2 rs1 000 00000 1110011", "rs1, rs2", .hypervisor, .system),
    .init("hinval.gvma", "0110011 rs2 rs1 000 00000 1110011", "rs1, rs2", .hypervisor, .system),
  ]
}
