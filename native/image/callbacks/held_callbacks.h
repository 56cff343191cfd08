// HeldCallbacks: functions of the service that a known object will call, as functions that wait.
//
// Owns:        what it found.
// Threads:     one at a time, as the MemoryReader.
// Signal-safe: no: allocates. It takes no lock of this process.
// Lifetime:    until the next AddTo(); of the graph.
//
// Which objects and functions these are is in src/open/callbacks.ts: the handlers of Bluebird's pending
// promises, the queues of pools and connections. They are added to the graph of promises, so that they are
// grouped, described and proved like the rest of it.
#ifndef GMR_NATIVE_IMAGE_CALLBACKS_HELD_CALLBACKS_H_
#define GMR_NATIVE_IMAGE_CALLBACKS_HELD_CALLBACKS_H_

#include <cstdint>
#include <unordered_map>
#include <utility>
#include <vector>

#include "../census/heap_census.h"
#include "../graph/async_graph.h"
#include "../objects/receiver_class.h"
#include "../objects/scope_reader.h"
#include "../values/value_reader.h"
#include "callback_rows.h"

namespace gmr::vm {

// Objects that a row with callbacks lists.
struct CallbackHolders {
  struct Holder {
    Tagged object;
    uint16_t row = 0;
  };
  const OpenRows* rows = nullptr;
  std::vector<Holder> objects;
  bool are_all = true;  // false: there are more

  // The holders that a census found. `rows`: the rows that it was asked for.
  static CallbackHolders Of(const HeapCensus& census, const OpenRows* rows);
};

class HeldCallbacks {
 public:
  HeldCallbacks(const HeapReader* heap, const HeapLayout* layout, const HeapAnchors* anchors,
                const RawStrings* strings, FunctionTable* functions)
      : heap_(heap),
        layout_(layout),
        anchors_(anchors),
        strings_(strings),
        functions_(functions),
        scopes_(heap, layout, strings),
        classes_(heap, strings, functions),
        values_(heap, layout, strings, &classes_, &scopes_) {}

  void Reset();
  // Adds what `holders` hold. False: there was no time for all, or they are too many.
  bool AddTo(AsyncGraph* graph, const CallbackHolders& holders, int64_t deadline_ns);
  // From memory as it is now: whether a function of the graph that was added here is still held.
  bool Holds(uint32_t function);

 private:
  static constexpr size_t kMaxEntries = 200'000;
  static constexpr size_t kMaxText = 64;
  // Promises of a library between one handler and the next.
  static constexpr int kMaxSteps = 64;
  static constexpr int kMaxScopes = 3;
  static constexpr int32_t kMaxSlots = 64;
  static constexpr uint32_t kPerLook = 256;

  // kPromise: it settles a native promise that has reactions.
  enum class Owner : uint8_t { kService, kOther, kPromise };
  // A function, and the object or scope that refers to it.
  struct Found {
    Tagged owner;
    Tagged function;
  };
  struct Entry {
    Tagged holder;
    Tagged owner;
    Tagged function;
    Tagged next;  // 0: the chain ends here
    Owner whose = Owner::kOther;
    uint16_t row = 0;
    uint16_t path = 0;
  };

  bool ReadHolder(const CallbackHolders::Holder& holder);
  bool Matches(Tagged object, const CallbackRow& row) const;
  bool Matches(Tagged object, const CallbackRow::Condition& condition) const;
  bool ReadChain(Tagged object, const CallbackPath& path, Found* found, Tagged* next);
  std::vector<Found> ReadAll(Tagged object, const CallbackPath& path);
  void ReadPart(Tagged from, const CallbackPath::Part& part, std::vector<Found>* found);
  void ReadLast(Tagged from, const ValuePath& path, std::vector<Found>* found) const;
  Found VariableOf(Tagged function, const std::string& name);
  Owner OwnerOf(Tagged function);
  bool IsResolver(Tagged function) const;
  bool SettlesPromise(Tagged function);
  bool AddEntry(const Entry& entry);
  template <typename Visit>
  void ForChain(Tagged next, Visit visit) const;
  bool LeadsToPromise(const Entry& entry) const;
  uint32_t NextOf(const Entry& entry) const;
  // False: too many.
  bool AddEntries(AsyncGraph* graph);

  const HeapReader* heap_;
  const HeapLayout* layout_;
  const HeapAnchors* anchors_;
  const RawStrings* strings_;
  FunctionTable* functions_;
  ScopeReader scopes_;
  ReceiverClass classes_;
  ValueReader values_;
  std::vector<CallbackRow> rows_;
  std::vector<Entry> entries_;
  // Entries by what holds them, those of chains only: the first; the others are behind it.
  std::unordered_map<uint64_t, std::vector<uint32_t>> by_holder_;
  // Functions that are in no chain: where each was found first.
  std::unordered_map<uint64_t, std::pair<uint64_t, uint16_t>> known_;
  // From the index of a function in the graph to the index of its entry.
  std::unordered_map<uint32_t, uint32_t> entry_of_;
  const AsyncGraph* graph_ = nullptr;
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_CALLBACKS_HELD_CALLBACKS_H_
