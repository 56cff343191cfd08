// CodeLookup: which function that V8 compiled a program counter is in.
//
// Owns:        a fixed number of slots.
// Threads:     one at a time, as the MemoryReader.
// Signal-safe: no; but Find() takes no lock and does not allocate.
// Lifetime:    a CodeObject is valid until the thread runs again.
#ifndef GMR_NATIVE_IMAGE_STACK_CODE_LOOKUP_H_
#define GMR_NATIVE_IMAGE_STACK_CODE_LOOKUP_H_

#include <cstdint>

#include "../objects/tagged.h"

namespace gmr::vm {

struct CodeObject {
  Tagged code;
  platform::Address start;
  uint32_t size = 0;
  int32_t kind = -1;
};

class CodeLookup {
 public:
  explicit CodeLookup(const HeapReader* heap) : heap_(heap) {}

  // Before each capture.
  void Reset();

  // `pc` in anonymous executable memory. False: no code object was found, or the
  // capture has looked at so much memory that is not code that it gives up.
  bool Find(platform::Address pc, CodeObject* code);

 private:
  // Where a search found nothing, so that a hundred frames do not repeat it:
  // isolates may run a copy of the builtins that looks like compiled code.
  struct Gap {
    platform::Address begin;
    platform::Address end;
  };

  static constexpr int kKnown = 32;
  static constexpr int kGaps = 16;
  // Per capture. Code between the frame and its header takes steps, words in it
  // that look like a header take system calls: together some 30 ms.
  static constexpr int kMaxSteps = 300'000;
  static constexpr int kMaxCandidates = 4096;

  const CodeObject* FindKnown(platform::Address pc) const;
  bool IsInGap(platform::Address pc) const;
  bool SearchBack(platform::Address pc, CodeObject* code, platform::Address* searched_from);
  bool MayBeHeader(platform::Address header, bool* readable) const;
  bool ReadHeader(platform::Address header, platform::Address start, CodeObject* code) const;
  bool Points(Tagged code, platform::Address header, platform::Address start) const;

  const HeapReader* heap_;
  int known_count_ = 0;
  int gap_count_ = 0;
  Gap gaps_[kGaps];
  int steps_ = 0;
  int candidates_ = 0;
  CodeObject known_[kKnown];
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_STACK_CODE_LOOKUP_H_
