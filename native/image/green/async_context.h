// AsyncContexts: what an AsyncLocalStorage held when the functions of a group
// began to wait: some properties of its store, primitive values only.
//
// Owns:        the list of values; their texts are in the Arena.
// Threads:     one at a time, as the MemoryReader.
// Signal-safe: no; but it takes no lock of this process.
// Lifetime:    until the next Run(); texts until the Arena is reset.
//
// Node 20 and 22 keep the store under a symbol on promises: on the one that V8
// makes for each await while promise hooks are in use, and on the function's own.
// So does Node 24 with --no-async-context-frame, in an object under a symbol of its own.
// Node 24 and later keep it in a Map that each reaction of a promise refers to.
#ifndef GMR_NATIVE_IMAGE_GREEN_ASYNC_CONTEXT_H_
#define GMR_NATIVE_IMAGE_GREEN_ASYNC_CONTEXT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "../../base/containers/mapped_array.h"
#include "../../base/containers/number_table.h"
#include "../objects/raw_strings.h"
#include "../values/primitive_text.h"
#include "async_graph.h"
#include "async_groups.h"

namespace gmr::vm {

// What is asked for. Keys are those of an object, or of a Map, in the storage.
struct AsyncContextQuery {
  static constexpr int kMaxKeys = 16;

  // Of the word that holds the address of the AsyncLocalStorage; 0: nothing is asked.
  platform::Address storage_slot;
  std::vector<std::string> keys;
};

// Of one key in one group.
struct ContextValue {
  const char* text = "";  // of one of its functions
  PrimitiveKind kind = PrimitiveKind::kNone;
  // Functions that have a value, of those that were looked at, and how many
  // different values that are.
  uint32_t functions = 0;
  uint32_t distinct = 0;
};

class AsyncContexts {
 public:
  AsyncContexts(const HeapReader* heap, const HeapLayout* layout, const RawStrings* strings)
      : heap_(heap), layout_(layout), strings_(strings) {}

  // Of the first `max_groups` groups. nullptr: all was looked at; else why not, a
  // literal. It ends at `deadline_ns`.
  const char* Run(AsyncGraph* graph, const AsyncGroups& groups, const AsyncContextQuery& query,
                  uint32_t max_groups, int64_t deadline_ns);
  void Reset() { values_.Truncate(0); }

  // nullptr: nothing was asked for.
  const ContextValue* Find(uint32_t group, int key) const {
    const size_t index = size_t{group} * static_cast<size_t>(keys_) + static_cast<size_t>(key);
    return key < keys_ && index < values_.size() ? &values_[index] : nullptr;
  }

 private:
  static constexpr size_t kMaxValues = 100'000;
  static constexpr uint32_t kMaxFunctions = 100'000;
  static constexpr size_t kMaxDistinct = 200'000;

  bool Note(Tagged store, const AsyncContextQuery& query, uint32_t group);
  Tagged StoreOf(AsyncGraph* graph, uint32_t function);
  bool ReadStoreOn(Tagged promise, Tagged* store) const;
  bool ReadHookedStore(AsyncGraph* graph, uint32_t function, Tagged reaction, Tagged* store) const;
  template <typename Fits>
  bool FindEntry(Tagged map, Fits fits, Tagged* value) const;
  bool ReadKey(Tagged store, const char* key, Tagged* value) const;
  // `capacity` bytes with the final 0.

  const HeapReader* heap_;
  const HeapLayout* layout_;
  const RawStrings* strings_;
  platform::MappedArray<ContextValue> values_{kMaxValues};
  platform::NumberTable distinct_{kMaxDistinct};
  Tagged storage_;
  Tagged symbol_;
  int keys_ = 0;
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_GREEN_ASYNC_CONTEXT_H_
