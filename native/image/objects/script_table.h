// ScriptTable: the scripts of a capture, and from an offset to line and column.
//
// Owns:        a fixed number of slots and a buffer; made before a capture.
// Threads:     one at a time, as the MemoryReader.
// Signal-safe: no; but only the constructor allocates.
// Lifetime:    what it returns is valid until Reset(), or for a Script until
//              the next Find().
#ifndef GMR_NATIVE_IMAGE_OBJECTS_SCRIPT_TABLE_H_
#define GMR_NATIVE_IMAGE_OBJECTS_SCRIPT_TABLE_H_

#include <cstdint>

#include "raw_strings.h"
#include "tagged.h"

namespace gmr::vm {

struct Script {
  Tagged object;
  // Its //# sourceURL, else its name; "": neither. Never null.
  const char* file = "";
  // eval() or new Function().
  bool is_eval = false;
  // V8's number of it, unique in its isolate; 0: unknown.
  int32_t id = 0;
};

class ScriptTable {
 public:
  ScriptTable(const HeapReader* heap, const RawStrings* strings) : heap_(heap), strings_(strings) {}

  // Must be called before each capture.
  void Reset();

  // nullptr: not a script.
  const Script* Find(Tagged object);

  // 1-based, with the offsets that vm.Script and HTML give a script. False: the
  // source cannot be read, or would take too long to count through.
  bool Locate(Tagged object, int32_t script_offset, int32_t* line, int32_t* column);

  // Its text. False: the object is not a script, or its source is not in one piece.
  bool SourceOf(Tagged object, FlatString* source);

 private:
  static constexpr int kSlots = 64;
  static constexpr uint32_t kChunkBytes = 16 * 1024;
  // Lines counted in the sources of one capture: some 20 ms.
  static constexpr uint64_t kMaxCountedChars = 24'000'000;

  // A place where counting may begin again, once in so many characters.
  static constexpr uint32_t kMarkEvery = 64 * 1024;
  static constexpr int kMaxMarks = kMaxCountedChars / kMarkEvery;

  // How far the lines of a source were counted.
  struct Counted {
    uint32_t at = 0;
    int32_t line = 0;
    uint32_t line_start = 0;
    uint16_t previous = 0;
  };
  struct Slot {
    bool used = false;
    Script script;
    bool has_source = false;
    FlatString source;
    Counted counted;
  };
  struct Mark {
    Tagged script;
    Counted counted;
  };

  Slot* FindSlot(Tagged object);
  bool Fill(Tagged object, Script* script) const;
  bool LocateInLineEnds(Tagged script, int32_t offset, int32_t* line, int32_t* column) const;
  bool LocateByCounting(Slot* slot, uint32_t offset, int32_t* line, int32_t* column);
  bool LoadSource(Slot* slot);
  void MoveNear(uint32_t offset, Slot* slot) const;
  bool CountTo(Slot* slot, uint32_t offset);
  void MarkPlace(const Slot& slot);
  bool IsLineFeed(const FlatString& source, uint32_t index) const;
  static void CountChars(bool one_byte, const uint8_t* chars, uint32_t count, Counted* counted);

  const HeapReader* heap_;
  const RawStrings* strings_;
  uint64_t counted_chars_ = 0;
  Slot slots_[kSlots];
  Mark marks_[kMaxMarks];
  int mark_count_ = 0;
  uint8_t chunk_[kChunkBytes];
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_OBJECTS_SCRIPT_TABLE_H_
