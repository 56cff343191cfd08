// HeapScan: one pass over the pages of a heap that finds what can be suspended.
//
// Owns:        a copy of one page, and the lists of what it found.
// Threads:     one at a time, as the MemoryReader.
// Signal-safe: no; but it takes no lock of this process.
// Lifetime:    a snapshot of a heap that may change meanwhile: what is in the
//              lists was so in one page at one moment. Check before believing.
//
// An object is recognised by the word for "no elements" in its third place, and
// believed when its map says that it is of a wanted type. So a page is read
// once, and nothing need be known of the maps that the program made.
#ifndef GMR_NATIVE_V8_HEAP_SCAN_H_
#define GMR_NATIVE_V8_HEAP_SCAN_H_

#include <cstdint>

#include "../platform/mapped_array.h"
#include "../platform/number_table.h"
#include "heap_layout.h"
#include "heap_pages.h"

namespace gmr::vm {

enum class SuspendedKind : uint8_t {
  kAsyncFunction,
  kAsyncGenerator,
  kDrivenGenerator,  // a plain one that a compiler's helper drives, as TypeScript's __awaiter
};

// An async function or generator that waits, as its own words say.
struct SuspendedObject {
  Tagged object;
  Tagged function;
  Tagged receiver;  // `this`
  // Of an async function; of an async generator the first of its requests.
  Tagged result;
  int32_t position = -1;
  SuspendedKind kind = SuspendedKind::kAsyncFunction;
};

// A promise for which somebody waits.
struct PendingPromise {
  Tagged object;
  Tagged reactions;  // the newest
};

// A function that resolves or rejects a promise.
struct ResolverFunction {
  Tagged object;
  Tagged context;
};

struct ScanLimits {
  int64_t deadline_ns = 0;
};

class HeapScan {
 public:
  HeapScan(const HeapReader* heap, const HeapLayout* layout, const HeapAnchors* anchors);

  enum class Outcome : uint8_t { kDone, kLate, kTooMany, kNoMemory };
  // Replaces what an earlier run found.
  Outcome Run(const HeapPages& pages, const ScanLimits& limits);

  const platform::MappedArray<SuspendedObject>& suspended() const { return suspended_; }
  const platform::MappedArray<PendingPromise>& promises() const { return promises_; }
  const platform::MappedArray<ResolverFunction>& resolvers() const { return resolvers_; }
  // Async generators that nobody has asked for a value: between two next().
  uint32_t idle_generators() const { return idle_generators_; }
  uint32_t unreadable_pages() const { return unreadable_pages_; }

 private:
  enum class Role : uint8_t { kNone, kPromise, kAsyncFunction, kAsyncGenerator, kFunction };

  static constexpr size_t kPageWords = kPageBytes / sizeof(uint64_t);
  static constexpr size_t kMaxSuspended = 4'000'000;
  static constexpr size_t kMaxPromises = 16'000'000;
  static constexpr size_t kMaxMaps = 1'000'000;

  // In front of the table: a heap has many objects of few kinds.
  struct Recent {
    uint64_t map = 0;
    Role role = Role::kNone;
  };
  static constexpr size_t kRecent = 256;

  bool CopyPage(const HeapPage& page, size_t* words);
  bool ScanPage(uintptr_t start, size_t words);
  // Words of the free block at `index`; 0: there is none.
  size_t FreeWords(size_t index, size_t words) const;
  Role RoleOf(uint64_t map, Tagged object);
  Role FindRole(uint64_t map, Tagged object);
  bool Visit(Role role, size_t index, Tagged object);
  bool AddPromise(size_t index, Tagged object);
  bool AddSuspended(Role role, size_t index, Tagged object);
  Tagged Field(size_t index, int32_t offset) const;

  const HeapReader* heap_;
  const HeapLayout* layout_;
  const HeapAnchors* anchors_;
  platform::MappedArray<uint64_t> page_{kPageWords};
  platform::NumberTable roles_{kMaxMaps};
  platform::MappedArray<SuspendedObject> suspended_{kMaxSuspended};
  platform::MappedArray<PendingPromise> promises_{kMaxPromises};
  platform::MappedArray<ResolverFunction> resolvers_{kMaxPromises};
  Recent recent_[kRecent];
  uint32_t idle_generators_ = 0;
  uint32_t unreadable_pages_ = 0;
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_V8_HEAP_SCAN_H_
