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
  // Adds the promise that the sample of each shown group awaits to the search.
  void AddSamples(AsyncGroups* groups);
  // After the search.
  void Read(int64_t deadline_ns);

  // Adds the promises of other functions of these groups: of all in small groups, of a few in large ones.
  void AddOthers();
  // After the search for these. Splits groups whose functions wait for different kinds of things or for
  // different resources; of a group that is too large for that, a function that waits for a resource becomes
  // the sample. True: groups were split.
  bool SplitGroups(AsyncGroups* groups, int64_t deadline_ns);

  size_t groups() const { return found_.size(); }
  const FoundWait& Found(uint32_t group) const { return found_[group]; }
  const Wait& Reported(uint32_t group) const { return reported_[group]; }
  // Whether the waits of all functions of a group that were examined lead to this object. False too if only
  // one of several was.
  bool AllLeadTo(uint32_t group, Tagged object) const;
  // kNoIndex: it awaits nothing any more.
  uint32_t PromiseOf(uint32_t group) const { return promises_[group]; }
  // Reads the names of an end once more, from memory as it is now. False: they cannot be read.
  bool TellAgain(uint32_t group, uint32_t end);
  // It is not reported: it could not be proved.
  void Drop(uint32_t group, const std::vector<uint8_t>& is_proved);

 private:
  uint32_t AddSample(const AsyncFunction& sample);
  // A function of a group other than the sample.
  struct Other {
    uint32_t function = kNoIndex;
    uint32_t promise = kNoIndex;
    FoundWait found;
    Wait wait;
    std::string shape;
  };

  bool AwaitsFunction(uint32_t function) const;
  void ChooseSamples(AsyncGroups* groups) const;
  void ReadOne(uint32_t function, uint32_t promise, FoundWait* found, Wait* wait);
  bool ReadOthers(uint32_t group, int64_t deadline_ns);
  void Compare(AsyncGroups* groups, uint32_t group, bool has_read_all);
  void UseOther(AsyncGroups* groups, uint32_t group);
  void AddPart(AsyncGroups* groups, uint32_t group, const std::string& shape);
  void Count(AsyncGroups* groups, uint32_t group, const std::string& shape) const;
  std::string ShapeOf(const Wait& wait) const;
  bool IsOfResource(const Wait& wait) const;
  bool IsResource(const Holder& holder) const;

  bool Tell(const FoundEnd& found, WaitEnd* end);
  bool OfLink(const std::vector<WaitLink>& path, size_t at, Holder* holder);
  Holder OfObject(Tagged object);
  void AddEvent(const std::vector<WaitLink>& path, size_t at, Holder* holder);
  Holder OfFunction(const WaitNode& node);
  Holder OfScope(const WaitNode& node);
  Holder OfModule(Tagged module);
  Tagged VariableOf(Tagged scope, const char* name);
  bool AddIterated(Tagged scope, std::vector<Holder>* holders);
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
  // By group.
  std::vector<std::vector<Other>> others_;
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_GREEN_WAIT_ANSWERS_H_
