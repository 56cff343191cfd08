// WaitAnswers: what each group waits for, as found, and as it may be reported.
//
// Owns:        the answers.
// Threads:     one at a time, as the MemoryReader.
// Signal-safe: no: allocates.
// Lifetime:    until the next Reset(); of the graph, the groups and the search.
#ifndef GMR_NATIVE_IMAGE_GREEN_WAIT_ANSWERS_H_
#define GMR_NATIVE_IMAGE_GREEN_WAIT_ANSWERS_H_

#include <vector>

#include "async_groups.h"
#include "wait_ends.h"
#include "wait_result.h"
#include "wait_search.h"

namespace gmr::vm {

class WaitAnswers {
 public:
  WaitAnswers(const HeapReader* heap, const HeapLayout* layout, const RawStrings* strings,
              const AsyncGraph* graph, const AsyncGroups* groups, AsyncPlaces* places, WaitSearch* search)
      : heap_(heap),
        layout_(layout),
        strings_(strings),
        graph_(graph),
        groups_(groups),
        places_(places),
        search_(search),
        ends_(&search->nodes()),
        classes_(heap, strings, &places->functions()),
        values_(heap, layout, strings, &classes_, &search->scopes()) {}

  // `wanted`: the values to read from holders; nullptr: none. `with_values`: whether Node's own requests are
  // described with their paths and addresses.
  void Reset(const WantedValues* wanted, bool with_values);
  // Adds the promise that the first function of each of the first `max_groups` groups awaits to the search.
  void AddTo(uint32_t max_groups);
  // After the search.
  void Read(int64_t deadline_ns);

  size_t groups() const { return found_.size(); }
  const FoundWait& Found(uint32_t group) const { return found_[group]; }
  const Wait& Reported(uint32_t group) const { return reported_[group]; }
  // kNoIndex: it awaits nothing any more.
  uint32_t PromiseOf(uint32_t group) const { return promises_[group]; }
  // Reads the names of an end once more, from memory as it is now. False: they cannot be read.
  bool TellAgain(uint32_t group, uint32_t end);
  // It is not reported: it could not be proved.
  void Drop(uint32_t group, const std::vector<uint8_t>& is_proved);

 private:
  bool Tell(const FoundEnd& found, WaitEnd* end);
  bool OfLink(const std::vector<WaitLink>& path, size_t at, Holder* holder);
  Holder OfObject(Tagged object);
  Holder OfFunction(const WaitNode& node);
  Holder OfScope(const WaitNode& node);
  std::string EmitterOf(Tagged scope);
  Holder OfCallback(Tagged function);
  bool MemberOf(const WaitNode& held, const WaitNode& holder, const WaitEdge& edge,
                std::string* member) const;
  bool GlobalName(Tagged cell, std::string* member) const;
  void AddCallback(FoundWait* wait);
  void ReadValues(Tagged object, bool is_scope, Holder* holder);
  std::vector<Holder> HoldersOf(const std::vector<WaitLink>& path, bool* is_known);

  const HeapReader* heap_;
  const HeapLayout* layout_;
  const RawStrings* strings_;
  const AsyncGraph* graph_;
  const AsyncGroups* groups_;
  AsyncPlaces* places_;
  WaitSearch* search_;
  WaitEnds ends_;
  ReceiverClass classes_;
  ValueReader values_;
  const WantedValues* wanted_ = nullptr;
  bool with_values_ = true;
  std::vector<uint32_t> promises_;
  std::vector<FoundWait> found_;
  std::vector<Wait> reported_;
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_GREEN_WAIT_ANSWERS_H_
