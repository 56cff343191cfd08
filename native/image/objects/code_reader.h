// CodeReader: reads the source text around positions, and the scripts that they are in.
//
// Owns:        the list of the capture's scripts; texts are in the Arena.
// Threads:     one at a time, as the MemoryReader.
// Signal-safe: no; but only the constructor allocates, and nothing takes a lock.
// Lifetime:    until Reset(), which must come with that of the Arena and the ScriptTable.
//
// No source is ever copied as a whole: only a window around each position.
#ifndef GMR_NATIVE_IMAGE_OBJECTS_CODE_READER_H_
#define GMR_NATIVE_IMAGE_OBJECTS_CODE_READER_H_

#include <cstdint>
#include <vector>

#include "../text/code_text.h"
#include "raw_code.h"
#include "script_list.h"
#include "script_table.h"
#include "source_window.h"

namespace gmr::vm {

class CodeReader {
 public:
  CodeReader(const HeapReader* heap, const RawStrings* strings, ScriptTable* scripts, platform::Arena* arena);

  void Reset();

  // nullptr: nothing could be read, or there is no room.
  const RawCode* Read(const CodePlace& place);

  const ScriptList& scripts() const { return list_; }

 private:
  static constexpr int kKnown = 64;

  // Deep recursion has the same place again and again.
  struct Known {
    CodePlace place;
    const RawCode* code = nullptr;
  };

  void ReadSource(const CodePlace& place, const FlatString& source, RawCode* code) const;
  void ReadStart(const CodePlace& place, const FlatString& source, RawCode* code);
  bool LocateStart(const CodePlace& place, const FlatString& source, const SourceWindow& window,
                   RawCode* code);

  const HeapReader* heap_;
  const RawStrings* strings_;
  ScriptTable* scripts_;
  platform::Arena* arena_;
  ScriptList list_;
  Known known_[kKnown];
};

// Returns the text of what was read, or nothing for nullptr.
CodeText ToCodeText(const RawCode* code);

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_OBJECTS_CODE_READER_H_
