// HeapCensus: what is in a heap, by class, and what of it is open.
//
// Owns:        its work space, in mappings of its own.
// Threads:     one at a time, as the MemoryReader: in an interrupt of the isolate, or any other. If the
//              isolate's thread may have run since Capture() began, ReadAgain() must follow.
// Signal-safe: no: allocates. It takes no lock of this process.
// Lifetime:    of the question and the memory.
//
// First all pages are walked once: that counts the objects of each class, and notes those that a row of the
// table lists. Then these are read. While the isolate's thread runs, each is read twice alike in a stretch of
// time without a collection, or left out.
#ifndef GMR_NATIVE_IMAGE_CENSUS_HEAP_CENSUS_H_
#define GMR_NATIVE_IMAGE_CENSUS_HEAP_CENSUS_H_

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "../objects/heap_pages.h"
#include "../scan/gc_epoch.h"
#include "census_result.h"
#include "class_rows.h"
#include "kind_count.h"
#include "open_groups.h"

namespace gmr::vm {

// The same for all heaps of a report.
struct CensusQuestion {
  ObjectTypes types;
  OpenRows rows;
  const platform::FdSource* fds = nullptr;  // nullptr: the kernel is not asked
};

class HeapCensus {
 public:
  HeapCensus(platform::MemorySource* source, const Layout* layout, const CensusQuestion* question);
  HeapCensus(const HeapCensus&) = delete;
  HeapCensus& operator=(const HeapCensus&) = delete;

  struct Job {
    const HeapLayout& layout;
    const HeapAnchors& anchors;
    const HeapPageIndex& index;
    platform::Address loop;  // uv_loop_t; null: unknown
    int64_t deadline_ns = 0;
    // Whether the thread has not run since the heap was looked at first. As long as it says so, the objects
    // are read too.
    std::function<bool()> is_at_rest;
  };

  void Capture(const Job& job);
  // Beside a thread that runs: reads the objects that Capture() noted.
  void ReadAgain(int64_t deadline_ns);
  CensusResult Take();
  // After Capture(): the objects of rows with callbacks, by the number of the row.
  const std::vector<std::pair<Tagged, uint16_t>>& holders() const { return holders_; }
  // False: there are more. True too if the object types of this V8 are not known, which the result says.
  bool has_all_holders() const;

 private:
  static constexpr size_t kArenaBytes = size_t{16} << 20;
  static constexpr size_t kMaxObjects = 200'000;
  static constexpr size_t kMaxHolders = 100'000;
  static constexpr size_t kMaxClasses = 20;
  static constexpr size_t kMaxTags = 1000;
  static constexpr size_t kMaxReadOnlyPages = 16;
  static constexpr size_t kBatch = 512;
  static constexpr size_t kSmallBatch = 16;
  // Objects for whose pages the usual cache is too small.
  static constexpr size_t kMany = 10'000;
  static constexpr int kMaxTries = 4;
  // A short collection of young objects.
  static constexpr int64_t kCollectionNs = 200'000;

  // An object that a row may list.
  struct Candidate {
    Tagged object;
    uint32_t map = 0;  // index in maps_
  };
  struct CountOfTag {
    uint64_t count = 0;
    uint64_t bytes = 0;
  };
  struct BatchEntry {
    ObjectReading reading;
    bool is_listed = false;
    bool is_so = false;
  };

  const char* Run(const Job& job);
  bool Walk(int64_t deadline_ns);
  bool IsOwn(platform::Address address) const;
  std::vector<platform::Address> ReadOnlyPages() const;
  void WalkPage(platform::Address start, size_t bytes);
  void NoteRows(Tagged object, uint32_t map, uint32_t rows);
  void Visit(const PageWords& page, uint32_t map, size_t index, uint64_t words);
  void CountByTag(Tagged prototype, uint32_t map, uint64_t bytes);
  void ReadAtRest(const Job& job);
  bool ReadBatch(size_t first, size_t count);
  void AddBatch(size_t first, size_t count, bool is_read);
  bool IsStillThere(const Candidate& candidate) const;
  void Begin();
  HeapClasses CountClasses();

  platform::MemoryReader memory_;
  platform::Arena arena_{kArenaBytes};
  HeapLayout layout_;
  HeapAnchors anchors_;
  const CensusQuestion* question_;
  HeapReader heap_;
  RawStrings strings_;
  ScriptTable scripts_;
  FunctionTable functions_;
  ReceiverClass classes_;
  HeapPages pages_;
  MapTable maps_;
  ObjectWalk walk_;
  KindCount kinds_;
  ClassRows class_rows_;
  std::map<std::string, CountOfTag> by_tag_;
  ScopeReader scopes_;
  PathReader paths_;
  FunctionPlaces places_;
  ObjectReader reader_;
  OpenGroups groups_;
  platform::MappedArray<Candidate> candidates_{kMaxObjects};
  std::vector<std::pair<Tagged, uint16_t>> holders_;
  std::vector<BatchEntry> batch_;
  ObjectReading second_;
  platform::Address loop_;
  bool lacks_holders_ = false;
  uint32_t objects_left_out_ = 0;
  uint32_t changed_ = 0;
  bool is_read_only_ = false;  // the page that is walked
  bool is_partial_ = false;
  // A literal; "": all went well.
  const char* problem_ = "no census was made";
  double cost_ms_ = 0;
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_CENSUS_HEAP_CENSUS_H_
