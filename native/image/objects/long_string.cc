#include "long_string.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "../../process/safe_read.h"
#include "../text/utf8_writer.h"

namespace gmr::vm {

namespace {

constexpr uint32_t kUnitsPerPiece = 64 * 1024;

// Whether the object is still the one that was seen. Not from the reader's cache.
bool IsThere(platform::MemoryReader* memory, const LongString& string) {
  uint64_t map = 0;
  uint32_t length = 0;
  memory->Forget();
  return memory->Load(string.object, &map) && map == string.map && memory->Load(string.length_at, &length) &&
         length == string.length;
}

}  // namespace

bool ReadLongString(platform::MemorySource* source, const LongString& string,
                    const std::function<bool(std::string_view)>& feed) {
  platform::MemoryReader memory(source, platform::ReadCache::kNone);
  if (string.object.IsNull() || !IsThere(&memory, string)) return false;
  const size_t unit_bytes = string.one_byte ? 1 : 2;
  std::vector<uint8_t> units(kUnitsPerPiece * unit_bytes);
  // A code unit takes at most three bytes. No surrogate pair of a map is at the seam of two pieces: those are
  // in percent or base64 encoding.
  std::vector<char> text(size_t{kUnitsPerPiece} * 3);
  for (uint32_t at = 0; at < string.length; at += kUnitsPerPiece) {
    const uint32_t count = std::min(kUnitsPerPiece, string.length - at);
    if (!memory.Read(string.data_at + at * unit_bytes, units.data(), count * unit_bytes)) return false;
    Utf8Writer out(text.data(), text.size());
    for (uint32_t i = 0; i < count; ++i) {
      uint16_t unit = units[i];
      if (!string.one_byte) std::memcpy(&unit, &units[i * unit_bytes], sizeof unit);
      out.AppendUnit(unit);
    }
    out.Finish();
    if (!feed({text.data(), out.size()})) return false;
  }
  return IsThere(&memory, string);
}

}  // namespace gmr::vm
