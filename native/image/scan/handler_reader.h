// HandlerReader: the functions that a PromiseReaction calls, and what an await's lead to.
//
// Owns:        a few remembered answers.
// Threads:     one at a time, as the MemoryReader.
// Signal-safe: no; but it takes no lock and does not allocate.
// Lifetime:    of the HeapReader.
#ifndef GMR_NATIVE_IMAGE_SCAN_HANDLER_READER_H_
#define GMR_NATIVE_IMAGE_SCAN_HANDLER_READER_H_

#include <cstdint>

#include "../objects/heap_layout.h"

namespace gmr::vm {

struct Handler {
  Tagged function;  // 0: not a function
  Tagged shared;
  Tagged context;
  int32_t builtin = -1;  // -1: of the program's
};

class HandlerReader {
 public:
  HandlerReader(const HeapReader* heap, const HeapLayout* layout) : heap_(heap), layout_(layout) {}

  // Before each dump.
  void Reset();

  // False: `object` is no function.
  bool Read(Tagged object, Handler* handler) const;
  bool IsContext(Tagged* object) const;

  // The suspended function that goes on when this builtin is called; 0: none, it is another one.
  Tagged FunctionOf(const Handler& handler) const;
  // Likewise when a promise with this list of reactions is fulfilled; 0: not just one function, or not by
  // await alone.
  Tagged SoleFunctionOf(Tagged reactions) const;

 private:
  struct KnownShared {
    Tagged shared;
    int32_t builtin = -1;
  };

  static constexpr size_t kKnownShared = 64;

  int32_t BuiltinOf(Tagged shared) const;
  bool IsSuspended(Tagged* object) const;

  const HeapReader* heap_;
  const HeapLayout* layout_;
  mutable KnownShared known_shared_[kKnownShared];
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_SCAN_HANDLER_READER_H_
