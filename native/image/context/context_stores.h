// ContextStores: what AsyncLocalStorages hold in a context.
//
// Owns:        nothing.
// Threads:     one at a time, as the MemoryReader.
// Signal-safe: no; but it takes no lock and does not allocate.
// Lifetime:    that of the HeapReader.
//
// Node keeps it in one of two ways, and which one depends on its version and flags:
//
// - in an AsyncContextFrame, a Map with a key for each storage;
// - on the async resource or promise, under a symbol of each storage that is described `kResourceStore`;
//   since Node 24, these properties are in an object under the symbol `kAsyncLocalStorageContext`.
#ifndef GMR_NATIVE_IMAGE_CONTEXT_CONTEXT_STORES_H_
#define GMR_NATIVE_IMAGE_CONTEXT_CONTEXT_STORES_H_

#include "../objects/heap_layout.h"
#include "../objects/raw_strings.h"
#include "../objects/tagged.h"

namespace gmr::vm {

class ContextStores {
 public:
  // Storages of one context that are looked at, if none is wanted in particular.
  static constexpr int kMaxStores = 64;

  ContextStores(const HeapReader* heap, const HeapLayout* layout, const RawStrings* strings)
      : heap_(heap), layout_(layout), strings_(strings) {}

  bool IsFrame(Tagged object) const { return heap_->Is(&object, layout_->type_map_object); }

  // The symbol of a storage; false: it keeps its values in frames.
  bool ReadSymbol(Tagged storage, Tagged* symbol) const;

  // Reads the store of one AsyncLocalStorage. Returns false if it has none, or undefined.
  bool InFrame(Tagged frame, Tagged storage, Tagged* store) const;
  bool OnResource(Tagged resource, Tagged symbol, Tagged* store) const;

  // Writes the stores of all AsyncLocalStorages to an array of kMaxStores, and returns their number.
  int AllInFrame(Tagged frame, Tagged* stores) const;
  int AllOnResource(Tagged resource, Tagged* stores) const;

 private:
  static constexpr int32_t kMaxEntries = 256;

  const HeapReader* heap_;
  const HeapLayout* layout_;
  const RawStrings* strings_;
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_CONTEXT_CONTEXT_STORES_H_
