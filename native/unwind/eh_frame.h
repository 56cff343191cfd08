// EhFrameReader: finds the unwind table entry of a function.
//
// Owns:        copies of one entry (FDE) and of its common part (CIE).
// Threads:     one at a time.
// Signal-safe: no; but Find() takes no lock and does not allocate.
// Lifetime:    an UnwindEntry is valid until the next Find().
//
// The format: Linux Standard Base Core 5.0, sections 10.6 (.eh_frame) and
// 10.6.2 (.eh_frame_hdr, the sorted table that is searched).
#ifndef GMR_NATIVE_UNWIND_EH_FRAME_H_
#define GMR_NATIVE_UNWIND_EH_FRAME_H_

#include <cstddef>
#include <cstdint>

#include "../process/modules.h"
#include "../process/safe_read.h"
#include "dwarf_cursor.h"

namespace gmr::platform {

// What a CIE and an FDE say about one function.
struct UnwindEntry {
  AddressRange function;
  uint64_t code_factor = 1;
  int64_t data_factor = 1;
  uint64_t return_column = 0;
  uint8_t pointer_encoding = 0;
  bool has_augmentation_data = false;
  bool is_signal_frame = false;
  DwarfCursor common_program;    // makes the first row
  DwarfCursor function_program;  // changes it, instruction by instruction
};

// Reads a pointer of the given DW_EH_PE_* encoding. `data_base` is what
// "relative to data" means. Indirect pointers fail: no range is stored so.
Address TakeEncodedPointer(DwarfCursor* cursor, uint8_t encoding, Address data_base);

class EhFrameReader {
 public:
  explicit EhFrameReader(MemoryReader* reader) : reader_(reader) {}

  // False when the module has no table, or the table nothing for `pc`.
  bool Find(const Module& module, Address pc, UnwindEntry* entry);

 private:
  bool FindInTable(const AddressRange& header, Address pc, Address* fde_address);
  bool ReadFde(Address address, UnwindEntry* entry);
  bool ReadCie(Address address, UnwindEntry* entry);
  bool ReadRecord(Address address, uint8_t* to, size_t capacity, DwarfCursor* record);

  MemoryReader* reader_;
  // The largest FDE seen in Node's own binaries has about 3 KiB.
  uint8_t fde_bytes_[16384];
  uint8_t cie_bytes_[1024];
};

}  // namespace gmr::platform

#endif  // GMR_NATIVE_UNWIND_EH_FRAME_H_
