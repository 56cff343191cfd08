// AsyncContexts: what AsyncLocalStorages held when the functions of a group
// began to wait: some values of one storage, primitive ones only, and what is recognised in any.
//
// Owns:        the lists of values; texts of values are in the Arena.
// Threads:     one at a time, as the MemoryReader.
// Signal-safe: no; but it takes no lock of this process.
// Lifetime:    until the next Run(); texts until the Arena is reset.
//
// Where there are frames (../context/context_stores.h), each reaction of a promise refers to one. Elsewhere
// the stores are on promises: on the one that V8 makes for each await while promise hooks are in use, and on
// the function's own.
#ifndef GMR_NATIVE_IMAGE_GREEN_ASYNC_CONTEXT_H_
#define GMR_NATIVE_IMAGE_GREEN_ASYNC_CONTEXT_H_

#include <cstdint>

#include "../../base/containers/mapped_array.h"
#include "../../base/containers/number_table.h"
#include "../context/context_query.h"
#include "../context/context_stores.h"
#include "../context/group_traces.h"
#include "../graph/async_graph.h"
#include "../objects/raw_strings.h"
#include "../values/primitive_text.h"
#include "async_groups.h"

namespace gmr::vm {

// Of one key in one group.
struct ContextValue {
  const char* text = "";  // of one of its functions
  PrimitiveKind kind = PrimitiveKind::kNone;
  // Functions that have a value, of those that were looked at, and how many
  // different values that are.
  uint32_t functions = 0;
  uint32_t distinct = 0;
};

// What to look for.
struct AsyncContextJob {
  const AsyncContextQuery* query = nullptr;  // nullptr: no values of a storage
  const ContextRows* rows = nullptr;         // nullptr: nothing is recognised
  uint32_t max_groups = 0;                   // of the first ones
  int64_t deadline_ns = 0;
};

class AsyncContexts {
 public:
  AsyncContexts(const HeapReader* heap, const HeapLayout* layout, const RawStrings* strings)
      : heap_(heap),
        layout_(layout),
        strings_(strings),
        stores_(heap, layout, strings),
        paths_(heap, layout, strings),
        rows_(heap, layout, strings) {}

  // nullptr: all was looked at; else why not, a literal.
  const char* Run(AsyncGraph* graph, const AsyncGroups& groups, const AsyncContextJob& job);
  void Reset();

  // nullptr: nothing was asked for.
  const ContextValue* Find(uint32_t group, int key) const {
    const size_t index = size_t{group} * static_cast<size_t>(keys_) + static_cast<size_t>(key);
    return key < keys_ && index < values_.size() ? &values_[index] : nullptr;
  }

  // nullptr: nothing was recognised.
  const GroupTrace* FindTrace(uint32_t group) const { return traces_.Find(group); }

 private:
  static constexpr size_t kMaxValues = 100'000;
  static constexpr uint32_t kMaxFunctions = 100'000;
  static constexpr size_t kMaxDistinct = 200'000;

  // Where a function has its context; not objects where it has none.
  struct Place {
    Tagged frame;
    Tagged promises[4];
    int count = 0;  // of promises
  };

  const char* Prepare(const AsyncContextQuery* query, uint32_t groups);
  Place PlaceOf(AsyncGraph* graph, uint32_t function) const;
  bool FindStore(const Place& place, Tagged* store) const;
  bool Note(const Place& place, const AsyncContextJob& job, uint32_t group);
  bool NoteValues(Tagged store, const AsyncContextQuery& query, uint32_t group);
  bool NoteTrace(const Place& place, const ContextRows& rows, uint32_t group);

  const HeapReader* heap_;
  const HeapLayout* layout_;
  const RawStrings* strings_;
  platform::MappedArray<ContextValue> values_{kMaxValues};
  platform::NumberTable distinct_{kMaxDistinct};
  ContextStores stores_;
  ContextPathReader paths_;
  RowReader rows_;
  GroupTraces traces_;
  FoundRow found_;
  Tagged storage_;
  Tagged symbol_;
  int keys_ = 0;  // 0: no values are wanted
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_GREEN_ASYNC_CONTEXT_H_
