// HeapScan: one pass over the pages of a heap that finds what can be suspended.
//
// Owns:        the lists of what it found, in the order of their addresses.
// Threads:     one at a time, as the MemoryReader.
// Signal-safe: no; but it takes no lock of this process.
// Lifetime:    a snapshot of a heap that may change meanwhile: what is in the
//              lists was so in one page at one moment. Check before believing.
//
// An object is recognised by the word for "no elements" in its third place, and
// believed when its map says that it is of a wanted type. So a page is read
// once, and nothing need be known of the maps that the program made. Who awaits
// a promise is mostly in its page too: that is read at once.
#ifndef GMR_NATIVE_IMAGE_SCAN_HEAP_SCAN_H_
#define GMR_NATIVE_IMAGE_SCAN_HEAP_SCAN_H_

#include <atomic>
#include <cstdint>

#include "../../base/containers/mapped_array.h"
#include "../objects/heap_layout.h"
#include "../objects/heap_pages.h"
#include "dead_words.h"
#include "handler_reader.h"
#include "page_targets.h"
#include "suspended_object.h"

namespace gmr::vm {

// A promise for which somebody waits.
struct PendingPromise {
  Tagged object;
  Tagged reactions;  // the newest
  // The function that goes on when it is fulfilled, where that is all and was seen in passing; or 0.
  Tagged function;
};

// A function that resolves or rejects a promise.
struct ResolverFunction {
  Tagged object;
  Tagged context;
  bool rejects = false;
};

// Pages that several scans share.
class PageShare {
 public:
  explicit PageShare(size_t pages) : left_(static_cast<int64_t>(pages)) {}
  // True as often as there are pages.
  bool Claim() { return left_.fetch_sub(1, std::memory_order_relaxed) > 0; }

 private:
  std::atomic<int64_t> left_;
};

struct ScanLimits {
  int64_t deadline_ns = 0;
  // With another scan, which begins at the other end; nullptr: all pages are this one's.
  PageShare* share = nullptr;
  bool from_back = false;
  // To be filled for the searches that follow, and Reset() before; nullptr: not now.
  PageTargets* targets = nullptr;
  // Whether the isolate's thread may want the CPU of a second thread.
  bool is_beside_service = false;
};

class HeapScan {
 public:
  HeapScan(const HeapReader* heap, const HeapLayout* layout, const HeapAnchors* anchors);

  // kLate: the pages that were not read yet are left out. The worst comes last.
  enum class Outcome : uint8_t { kDone, kLate, kTooMany };
  // Replaces what an earlier run found.
  Outcome Run(const HeapPages& pages, const ScanLimits& limits);

  // Adds what another scan, from the back, found in the pages behind those of this one. False: too many.
  bool Append(const HeapScan& other);

  const HeapReader& heap() const { return *heap_; }
  const HeapLayout& layout() const { return *layout_; }
  const HeapAnchors& anchors() const { return *anchors_; }
  const platform::MappedArray<SuspendedObject>& suspended() const { return suspended_; }
  const platform::MappedArray<PendingPromise>& promises() const { return promises_; }
  const platform::MappedArray<ResolverFunction>& resolvers() const { return resolvers_; }
  // Async generators that nobody has asked for a value: between two next().
  uint32_t idle_generators() const { return idle_generators_; }
  uint32_t unreadable_pages() const { return unreadable_pages_; }
  // What looked like a function and was none: dead, and half overwritten.
  uint32_t dropped() const { return dropped_; }
  // Once they are copied: lists of a large service take megabytes.
  void ReleasePromises() { promises_.Release(); }
  void ReleaseSuspended() { suspended_.Release(); }
  uint64_t read_bytes() const { return read_bytes_; }
  // Where new objects would be put when the scan began.
  const FreeAreas& free_areas() const { return free_areas_; }

 private:
  enum class Role : uint8_t { kNone, kPromise, kAsyncFunction, kAsyncGenerator, kFunction };

  // How many of each there were before a page.
  struct PageMark {
    size_t suspended = 0;
    size_t promises = 0;
    size_t resolvers = 0;
  };

  static constexpr size_t kMaxMarks = size_t{1} << 17;
  static constexpr size_t kMaxSuspended = 4'000'000;
  static constexpr size_t kMaxPromises = 16'000'000;

  // A heap has many objects of few kinds. A slot holds a map and, above the bits
  // of an address, its role; maps of the same hash take it from each other.
  static constexpr size_t kKnownMaps = 2048;
  static constexpr int kRoleBits = 8;
  static constexpr int kRoleShift = 64 - kRoleBits;
  static constexpr uint64_t kNoMap = 2;  // no address of an object

  uint64_t& SlotOf(uint64_t map) { return known_maps_[map * 0x9e3779b97f4a7c15u >> 53 & (kKnownMaps - 1)]; }
  void Reset();
  // False: there are too many objects.
  bool ScanNumber(size_t number, const HeapPage& page, PageTargets* targets);
  // Bit i is for the word i behind the first.
  struct Matches {
    uint64_t common = 0;
    uint64_t rare = 0;
  };
  template <bool kWithMarks>
  Matches Match(size_t begin, size_t count);
  template <bool kWithMarks>
  bool ScanPage(platform::Address start, size_t words);
  template <bool kWithMarks>
  bool ScanWords(const PageWords& page, size_t begin, size_t end);
  size_t FreeWordsAt(const PageWords& page, size_t index, size_t end);
  // Bit i: the word i behind `begin` may be the elements of an object.
  bool VisitMatched(platform::Address start, size_t begin, uint64_t matched);
  Role RoleAt(size_t index);
  Role LearnRole(size_t index);
  // False: `word` is no map.
  bool LearnMap(uint64_t word, Role* role);
  bool Visit(Role role, size_t index, Tagged object);
  bool AddPromise(size_t index, Tagged object);
  bool AddSuspended(Role role, size_t index, Tagged object);
  Tagged Field(size_t index, int32_t offset) const;

  const HeapReader* heap_;
  const HeapLayout* layout_;
  const HeapAnchors* anchors_;
  HandlerReader handlers_;
  // The copy of the page that is being scanned.
  const uint64_t* page_ = nullptr;
  size_t page_words_ = 0;
  platform::Address page_start_;
  uint64_t free_space_ = 0;
  FreeAreas free_areas_;
  platform::MappedArray<SuspendedObject> suspended_{kMaxSuspended};
  platform::MappedArray<PendingPromise> promises_{kMaxPromises};
  platform::MappedArray<ResolverFunction> resolvers_{kMaxPromises};
  platform::MappedArray<PageMark> marks_{kMaxMarks};  // of a scan from the back
  PageMarks marks_of_page_;
  uint64_t known_maps_[kKnownMaps];
  uint32_t idle_generators_ = 0;
  uint32_t unreadable_pages_ = 0;
  uint64_t read_bytes_ = 0;
  uint32_t dropped_ = 0;
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_SCAN_HEAP_SCAN_H_
