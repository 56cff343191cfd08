#include "safepoint_table.h"

#include <algorithm>
#include <cstring>

namespace gmr::vm {

namespace {

constexpr uint32_t kMaxEntries = 100'000;

// The configuration word, src/codegen/safepoint-table.h; the same in V8 11.3 to
// 14.6: which parts an entry has, and how many bytes each takes.
struct EntryShape {
  bool has_deopt = false;
  uint32_t register_bytes = 0;
  uint32_t pc_bytes = 0;
  uint32_t index_bytes = 0;
  uint32_t extra_bytes = 0;

  static EntryShape Parse(uint32_t configuration, bool maglev) {
    EntryShape shape;
    shape.has_deopt = (configuration & 1) != 0;
    shape.register_bytes = configuration >> 1 & 7;
    shape.pc_bytes = configuration >> 4 & 7;
    shape.index_bytes = configuration >> 7 & 7;
    // Maglev also counts the slots that it spilled.
    shape.extra_bytes = maglev ? 1 : 0;
    return shape;
  }
  bool IsCredible() const {
    return has_deopt && pc_bytes >= 1 && pc_bytes <= 4 && index_bytes >= 1 && index_bytes <= 4;
  }
  // pc, deoptimization index, pc of the trampoline, registers.
  uint32_t Bytes() const { return 2 * pc_bytes + index_bytes + register_bytes + extra_bytes; }
};

uint32_t ReadBytes(const uint8_t* from, uint32_t bytes) {
  uint32_t value = 0;
  std::memcpy(&value, from, bytes);
  return value;
}

// Index and trampoline are stored plus one, so that "none" is 0.
bool Matches(const uint8_t* entry, const EntryShape& shape, uint32_t pc_offset) {
  if (ReadBytes(entry, shape.pc_bytes) == pc_offset) return true;
  // V8 redirects the return into code that became invalid to a trampoline.
  const uint32_t trampoline = ReadBytes(entry + shape.pc_bytes + shape.index_bytes, shape.pc_bytes);
  return trampoline != 0 && trampoline - 1 == pc_offset;
}

}  // namespace

int32_t FindDeoptIndex(const HeapReader& heap, const CodeObject& code, platform::Address pc) {
  const Layout& layout = heap.layout();
  const bool maglev = code.kind == layout.kind_maglev;
  const platform::Address table = code.start + code.size;
  uint32_t header[2] = {};
  const auto length_at = static_cast<uint32_t>(layout.safepoint_length);
  if (!heap.memory().Read(table + length_at, header, sizeof header)) return -1;
  const uint32_t count = header[0];
  const EntryShape shape = EntryShape::Parse(header[1], maglev);
  if (count > kMaxEntries || !shape.IsCredible()) return -1;
  const auto header_bytes =
      static_cast<uint32_t>(maglev ? layout.maglev_safepoint_header_bytes : layout.safepoint_header_bytes);
  const uint32_t entry_bytes = shape.Bytes();
  const auto pc_offset = static_cast<uint32_t>(pc - code.start);
  uint8_t entries[1024];
  const uint32_t per_chunk = sizeof entries / entry_bytes;
  for (uint32_t first = 0; first < count; first += per_chunk) {
    const uint32_t in_chunk = std::min(per_chunk, count - first);
    const platform::Address at = table + header_bytes + uint64_t{first} * entry_bytes;
    if (!heap.memory().Read(at, entries, size_t{in_chunk} * entry_bytes)) return -1;
    for (uint32_t i = 0; i < in_chunk; ++i) {
      const uint8_t* entry = entries + size_t{i} * entry_bytes;
      if (!Matches(entry, shape, pc_offset)) continue;
      return static_cast<int32_t>(ReadBytes(entry + shape.pc_bytes, shape.index_bytes)) - 1;
    }
  }
  return -1;
}

}  // namespace gmr::vm
