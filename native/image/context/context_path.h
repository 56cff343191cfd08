// ContextPath: the way from an object to one of the values in it; ContextPathReader: follows it.
//
// Owns:        its strings.
// Threads:     a path is made by one thread, then read by any; a ContextPathReader is used by one at a time,
// as its
//              MemoryReader.
// Signal-safe: no: parsing allocates. Following a path takes no lock and does not allocate.
// Lifetime:    a path is a plain value; a ContextPathReader lives as long as its HeapReader.
//
// The heap is only read: no accessor is ever called.
#ifndef GMR_NATIVE_IMAGE_CONTEXT_CONTEXT_PATH_H_
#define GMR_NATIVE_IMAGE_CONTEXT_CONTEXT_PATH_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "../objects/heap_layout.h"
#include "../objects/raw_strings.h"
#include "../values/primitive_text.h"

namespace gmr::vm {

struct PathStep {
  enum class Kind : uint8_t {
    kName,    // key of a Map; own property; index of an array. A private name includes its `#`.
    kSymbol,  // the same by the description of a symbol
    kJoined,  // all elements of an array of small integers, separated by commas; the last step only
  };
  Kind kind = Kind::kName;
  std::string text;
};

struct ContextPath {
  static constexpr size_t kMaxSteps = 8;

  std::string text;  // as it was written
  std::vector<PathStep> steps;

  // Steps are separated by dots. A step that begins with `@` is the description of a symbol, and `*` joins
  // elements. A backslash makes the next character an ordinary one. No steps: the text is malformed or has
  // too many of them.
  static ContextPath Parse(std::string_view text);
};

class ContextPathReader {
 public:
  ContextPathReader(const HeapReader* heap, const HeapLayout* layout, const RawStrings* strings)
      : heap_(heap), layout_(layout), strings_(strings) {}

  // False: the path leads to nothing.
  bool Find(Tagged from, const ContextPath& path, Tagged* value) const;

  // As PrimitiveText().
  PrimitiveKind Print(Tagged from, const ContextPath& path, char* text, size_t capacity) const;

 private:
  static constexpr int32_t kMaxEntries = 256;
  static constexpr int32_t kMaxElements = 64;

  bool Walk(const ContextPath& path, size_t steps, Tagged* at) const;
  bool Step(const PathStep& step, Tagged* at) const;
  bool IsKey(Tagged key, const PathStep& step) const;
  bool FindEntry(const PathStep& step, Tagged* at) const;
  bool FindElement(std::string_view index, Tagged* at) const;
  PrimitiveKind Join(Tagged array, char* text, size_t capacity) const;

  const HeapReader* heap_;
  const HeapLayout* layout_;
  const RawStrings* strings_;
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_CONTEXT_CONTEXT_PATH_H_
