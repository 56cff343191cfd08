// ScriptMentions: the scripts whose source has one of a few words.
//
// Owns:        the names of these scripts.
// Threads:     one at a time, as the MemoryReader.
// Signal-safe: no: allocates. It takes no lock of this process.
// Lifetime:    until the next Reset().
//
// Code that could end a wait from the outside, such as a timer that calls `cancel()` of a lock, has to name
// that method somewhere. Comments and strings count too.
#ifndef GMR_NATIVE_IMAGE_VALUES_SCRIPT_MENTIONS_H_
#define GMR_NATIVE_IMAGE_VALUES_SCRIPT_MENTIONS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "../objects/heap_pages.h"
#include "../objects/raw_strings.h"

namespace gmr::vm {

class ScriptMentions {
 public:
  ScriptMentions(const HeapReader* heap, const RawStrings* strings)
      : heap_(heap), strings_(strings), buffer_(kChunkBytes) {}

  void Reset();
  // Looks through all scripts of a heap. `function`: any function that has a script. Without a complete run,
  // every script may have the words.
  void Run(const HeapPages& pages, Tagged function, const std::vector<std::string>& words,
           int64_t deadline_ns);

  // Whether code that is not of `library` may use one of the words for something that is kept in `files`.
  // All code of the program counts, but only those packages that one of the files is in.
  bool MayUse(const std::string& library, const std::vector<std::string>& files) const;

 private:
  static constexpr size_t kChunkBytes = size_t{1} << 16;
  static constexpr uint64_t kMaxBytes = uint64_t{128} << 20;

  bool AddScriptsOf(const HeapPage& page, Tagged map);
  void LookThrough(Tagged script, const std::vector<std::string>& words);
  bool HasOneOf(const FlatString& source, const std::vector<std::string>& words, bool* has) const;

  const HeapReader* heap_;
  const RawStrings* strings_;
  std::vector<uint8_t> mutable buffer_;
  std::vector<Tagged> scripts_;
  std::vector<std::string> files_;
  uint64_t bytes_ = 0;
  bool is_complete_ = false;
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_VALUES_SCRIPT_MENTIONS_H_
