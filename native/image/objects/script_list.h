// ScriptList: the scripts of a capture, each once, and where their source maps are.
//
// Owns:        a fixed number of entries; texts are in the Arena.
// Threads:     one at a time, as the MemoryReader.
// Signal-safe: no; but only the constructor allocates, and nothing takes a lock.
// Lifetime:    until Reset(), which must come with that of the Arena and the ScriptTable.
#ifndef GMR_NATIVE_IMAGE_OBJECTS_SCRIPT_LIST_H_
#define GMR_NATIVE_IMAGE_OBJECTS_SCRIPT_LIST_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "../text/code_text.h"
#include "script_table.h"

namespace gmr::vm {

class ScriptList {
 public:
  ScriptList(const HeapReader* heap, const RawStrings* strings, ScriptTable* scripts)
      : heap_(heap), strings_(strings), scripts_(scripts) {}

  void Reset();

  // Index of a script; -1: it is none, or there are too many.
  int32_t IndexOf(Tagged script);

  std::vector<ScriptInfo> ToScripts() const;

 private:
  static constexpr int kMaxScripts = 256;

  // See ScriptInfo for the meaning of its members.
  struct Entry {
    Tagged script;
    int32_t id = 0;
    const char* file = "";
    uint32_t length = 0;
    std::string_view head;
    std::string_view map_url;
    std::string_view map_copied;
    LongString map_in_heap;
  };

  void ReadMapUrl(Tagged script, Entry* entry);
  void ReadLongMapUrl(Tagged url, const FlatString& flat, Entry* entry);

  const HeapReader* heap_;
  const RawStrings* strings_;
  ScriptTable* scripts_;
  Entry entries_[kMaxScripts];
  int count_ = 0;
  size_t copied_bytes_ = 0;
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_OBJECTS_SCRIPT_LIST_H_
