// HolderShapes: what a holder is to what it holds, read from the heap.
//
// Owns:        nothing.
// Threads:     one at a time, as the MemoryReader.
// Signal-safe: no; but it takes no lock of this process.
// Lifetime:    of the readers that it uses.
#ifndef GMR_NATIVE_IMAGE_GREEN_HOLDER_SHAPES_H_
#define GMR_NATIVE_IMAGE_GREEN_HOLDER_SHAPES_H_

#include "../objects/scope_reader.h"
#include "../scan/holder_passes.h"
#include "holder_kinds.h"
#include "wait_rules.h"

namespace gmr::vm {

class HolderShapes {
 public:
  HolderShapes(const HeapReader* heap, const HeapLayout* layout, ScopeReader* scopes, HolderKinds* kinds)
      : heap_(heap), layout_(layout), scopes_(scopes), kinds_(kinds) {}

  HolderShape Of(const WaitNode& held, const FoundHolder& found) const;
  // For a word of a WeakMap's table: the key that goes with the value there; for the cell of a
  // FinalizationRegistry: the registry. 0: the word is a key itself.
  Tagged KeyOfWeak(const FoundHolder& found) const;
  // Where that key is in the table or cell; -1: the word is a key itself.
  int32_t KeyOffset(const FoundHolder& found) const;

 private:
  HolderShape OfWeakCell(const FoundHolder& found) const;
  HolderShape OfScope(int32_t type, const FoundHolder& found) const;
  HolderShape OfArray(int32_t type, const FoundHolder& found) const;
  HolderShape OfExport(int32_t type) const;
  HolderShape OfModule(int32_t type, const FoundHolder& found) const;
  HolderShape OfReceiver(int32_t type, const FoundHolder& found) const;
  HolderShape OfOther(int32_t type, const FoundHolder& found) const;
  bool IsSuspended(int32_t type) const;
  bool IsArrayType(int32_t type) const;
  bool IsContext(int32_t type) const {
    return type >= layout_->type_first_context && type <= layout_->type_last_context;
  }
  bool IsReceiver(int32_t type) const { return type >= heap_->layout().type_first_receiver; }

  const HeapReader* heap_;
  const HeapLayout* layout_;
  ScopeReader* scopes_;
  HolderKinds* kinds_;
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_GREEN_HOLDER_SHAPES_H_
