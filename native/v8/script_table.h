// ScriptTable: the scripts of a capture, and from an offset to line and column.
//
// Owns:        a fixed number of slots and a buffer; made before a capture.
// Threads:     one at a time, as the MemoryReader.
// Signal-safe: no; but only the constructor allocates.
// Lifetime:    what it returns is valid until Reset(), or for a Script until
//              the next Find().
#ifndef GMR_NATIVE_V8_SCRIPT_TABLE_H_
#define GMR_NATIVE_V8_SCRIPT_TABLE_H_

#include <cstdint>

#include "raw_strings.h"
#include "tagged.h"

namespace gmr::vm {

struct Script {
  Tagged object;
  // Its name, else its //# sourceURL; "": neither. Never null.
  const char* file = "";
  // eval() or new Function().
  bool is_eval = false;
};

class ScriptTable {
 public:
  ScriptTable(const HeapReader* heap, const RawStrings* strings) : heap_(heap), strings_(strings) {}

  // Before each capture.
  void Reset();

  // nullptr: not a script.
  const Script* Find(Tagged object);

  // 1-based, with the offsets that vm.Script and HTML give a script. False: the
  // source cannot be read, or would take too long to count through.
  bool Locate(Tagged object, int32_t script_offset, int32_t* line, int32_t* column);

 private:
  static constexpr int kSlots = 64;
  static constexpr uint32_t kChunkBytes = 16 * 1024;
  // Lines counted in the sources of one capture: some 20 ms.
  static constexpr uint64_t kMaxCountedChars = 24'000'000;

  // How far the lines of a source were counted.
  struct Counted {
    bool started = false;
    FlatString source;
    uint32_t at = 0;
    int32_t line = 0;
    uint32_t line_start = 0;
    uint16_t previous = 0;
  };
  struct Slot {
    bool used = false;
    Script script;
    Counted counted;
  };

  Slot* FindSlot(Tagged object);
  bool Fill(Tagged object, Script* script) const;
  bool LocateInLineEnds(Tagged script, int32_t offset, int32_t* line, int32_t* column) const;
  bool LocateByCounting(Slot* slot, uint32_t offset, int32_t* line, int32_t* column);
  bool CountTo(Counted* counted, uint32_t offset);
  bool IsLineFeed(const FlatString& source, uint32_t index) const;
  static void CountChars(Counted* counted, const uint8_t* chars, uint32_t count);

  const HeapReader* heap_;
  const RawStrings* strings_;
  uint64_t counted_chars_ = 0;
  Slot slots_[kSlots];
  uint8_t chunk_[kChunkBytes];
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_V8_SCRIPT_TABLE_H_
