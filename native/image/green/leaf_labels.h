// LeafLabels: what holds the other end of a promise, by name.
//
// Owns:        its lists; texts are in the Arena.
// Threads:     one at a time, as the MemoryReader.
// Signal-safe: no: a large heap is searched with a second thread.
// Lifetime:    until the next Run(); texts until the Arena is reset.
//
// Goes backwards: from a promise to the functions that resolve it, to what
// holds these, and so on, until something with a telling name is met. Each step
// is one pass over the heap for all promises together, so steps are few, and a
// report asks for one promise of each group.
#ifndef GMR_NATIVE_IMAGE_GREEN_LEAF_LABELS_H_
#define GMR_NATIVE_IMAGE_GREEN_LEAF_LABELS_H_

#include <cstdint>

#include "../../base/containers/index_table.h"
#include "../../base/containers/mapped_array.h"
#include "../../base/containers/number_table.h"
#include "../objects/heap_pages.h"
#include "async_places.h"
#include "../scan/dead_words.h"
#include "holder_names.h"
#include "holder_proof.h"
#include "../scan/holder_search.h"
#include "../scan/page_filter.h"
#include "../scan/word_set.h"

namespace gmr::vm {

using platform::kNoIndex;

class LeafLabels {
 public:
  LeafLabels(const HeapReader* heap, const HeapLayout* layout, const HeapAnchors* anchors,
             const RawStrings* strings, AsyncPlaces* places)
      : heap_(heap),
        layout_(layout),
        anchors_(anchors),
        strings_(strings),
        names_(heap, layout, anchors, strings, places),
        search_(heap),
        proof_(heap, layout),
        dead_(layout, anchors),
        page_filter_(&heap->memory()) {}

  void Reset();
  // The number under which LabelOf() knows it; kNoIndex: too many.
  uint32_t Add(Tagged promise);
  struct Search {
    const HeapPages& pages;
    const HeapScan& scan;
    // Of the same pages; those that are not noted yet will be.
    PageTargets* targets = nullptr;
    int64_t deadline_ns = 0;
    bool may_split = true;  // whether a second thread may help
  };
  // False: it ended before its time; what was found stays.
  bool Run(const Search& search);

  // At most `capacity` bytes with the final 0: "Pool <- Array". False: nothing
  // with a name was found.
  bool LabelOf(uint32_t number, char* text, size_t capacity) const;
  // Whether all that LabelOf() says is still so, from fresh memory, while no collection moves objects. Names
  // are read anew.
  bool Prove(uint32_t number);
  // False, after a complete run: nothing in JavaScript could resolve it.
  bool IsHeld(uint32_t number) const { return number >= answers_.size() || answers_[number].is_held; }

 private:
  // Something on the way back from a promise.
  struct Step {
    Tagged object;
    uint32_t promise = 0;
    uint32_t from = kNoIndex;  // the step before
    uint32_t same = kNoIndex;  // another step with the same object
    int32_t offset = -1;       // where in it the step before is
    const char* name = "";     // "": nothing to tell
    bool is_callback = false;
    // The promise itself, or an array in which an object keeps it: who refers to
    // it merely has the promise.
    bool is_promise = false;
  };
  struct Answer {
    uint32_t step = kNoIndex;
    bool final = false;
    // Something holds a function that resolves it, or may: a limit was met.
    bool is_held = false;
  };

  static constexpr size_t kMaxPromises = 1024;
  static constexpr size_t kMaxSteps = 20'000;
  static constexpr int kMaxPasses = 7;
  static constexpr uint32_t kMaxPerStep = 64;
  static constexpr size_t kMaxPages = size_t{1} << 17;

  bool AddStep(const Step& step);
  void AddResolvers(const HeapScan& scan);
  bool FillFilter(uint32_t first);
  bool ScanPages(const Search& search);
  bool ListPages(const HeapPages& pages, const PageTargets& targets);
  bool IsPassOver();
  bool ScanPage(const HeapPages& pages, size_t number, PageTargets* targets);
  void ScanWords(const HeapPages& pages, size_t number, size_t begin, size_t end);
  // Whether a holder of this step, or of another one of the same object, would be visited.
  bool IsAskedFor(uint32_t first) const;
  bool IsOpen(uint32_t step) const;
  void HoldUnseen(uint32_t first);
  void Visit(uint32_t step, Tagged holder, int32_t offset);
  void VisitFunction(Step step, int32_t offset);
  void VisitObject(Step step);
  void Name(uint32_t step, const char* name, bool final);
  bool ProveSteps(uint32_t answer);
  bool Rename(uint32_t step);

  const HeapReader* heap_;
  const HeapLayout* layout_;
  const HeapAnchors* anchors_;
  const RawStrings* strings_;
  HolderNames names_;
  HolderSearch search_;
  HolderProof proof_;
  DeadWords dead_;
  platform::Address allocation_top_;
  platform::MappedArray<Step> steps_{kMaxSteps};
  platform::MappedArray<Answer> answers_{kMaxPromises};
  platform::NumberTable seen_{kMaxSteps};
  platform::MappedArray<uint32_t> hits_{kMaxSteps};
  platform::MappedArray<uint32_t> numbers_{kMaxPages};
  WordSet filter_;
  PageFilter page_filter_;
  // The copy of the page that is being searched.
  const uint64_t* page_ = nullptr;
  uint32_t pass_begin_ = 0;
  uint32_t pass_end_ = 0;
  uint32_t first_open_ = 0;
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_GREEN_LEAF_LABELS_H_
