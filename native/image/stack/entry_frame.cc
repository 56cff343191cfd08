#include "entry_frame.h"

#include "../objects/tagged.h"

namespace gmr::vm {

namespace {

// The note is in IsolateData, at the very front of the isolate.
constexpr int32_t kSearchedBytes = 16 * 1024;
// From the frame of this function to the end of any stack.
constexpr uint64_t kMaxStackBytes = uint64_t{1} << 30;
constexpr uint64_t kMaxEntryFrameBytes = 128;

bool LoadExitFrame(platform::Address fp, const Layout& layout, platform::MemoryReader* memory,
                   platform::Address* return_address) {
  uint64_t marker = 0;
  FrameType type = FrameType::kCount;
  if (fp < platform::Address(4096) || fp % 8 != 0) return false;
  return memory->Load(Tagged::At(fp).Slot(layout.fp_marker), &marker) &&
         memory->Load(fp + 8, return_address) && FrameTypeOf(layout, marker, &type) && IsExit(type);
}

}  // namespace

int32_t FindEntryFpOffset(const EntrySearch& where, const Layout& layout, const CodeRanges& ranges,
                          platform::MemoryReader* memory) {
  platform::Address innermost;
  int32_t found = -1;
  for (int32_t offset = 0; offset < kSearchedBytes; offset += 8) {
    platform::Address fp;
    platform::Address return_address;
    if (!memory->Load(where.isolate + offset, &fp)) break;
    if (fp < where.stack_pointer || fp - where.stack_pointer > kMaxStackBytes) continue;
    if (!LoadExitFrame(fp, layout, memory, &return_address) || !ranges.Has(return_address)) continue;
    // Others may note outer exit frames; the current one is the innermost.
    if (found >= 0 && fp >= innermost) continue;
    innermost = fp;
    found = offset;
  }
  return found;
}

bool LoadEntryRegisters(platform::Address isolate, int32_t offset, const Layout& layout,
                        platform::MemoryReader* memory, platform::Registers* registers) {
  platform::Address fp;
  platform::Address return_address;
  if (offset < 0 || !memory->Load(isolate + offset, &fp)) return false;
  if (!LoadExitFrame(fp, layout, memory, &return_address)) return false;
  *registers = platform::Registers();
  registers->Set(platform::kFramePointer, fp);
  return true;
}

bool LoadOuterExit(platform::Address fp, const Layout& layout, platform::MemoryReader* memory,
                   platform::Registers* registers) {
  // JSEntry pushes the isolate's note behind the registers that it saves; how many these are differs between
  // processors and versions. EntryFrameConstants::kNextExitFrameFPOffset, src/execution/<processor>/.
  for (uint64_t offset = 8; offset <= kMaxEntryFrameBytes; offset += 8) {
    platform::Address noted;
    platform::Address return_address;
    if (!memory->Load(fp - offset, &noted)) return false;
    if (noted <= fp || noted - fp > kMaxStackBytes) continue;
    if (!LoadExitFrame(noted, layout, memory, &return_address)) continue;
    *registers = platform::Registers();
    registers->Set(platform::kFramePointer, noted);
    return true;
  }
  return false;
}

}  // namespace gmr::vm
