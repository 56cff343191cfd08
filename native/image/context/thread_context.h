// ThreadContext: what AsyncLocalStorages hold for the code that a thread runs; ThreadContextReader: reads it.
//
// Owns:        the plain result; the reader owns room of a fixed size for one thread.
// Threads:     one at a time, as the MemoryReader. The thread that is read is the calling one, or it stands
//              still.
// Signal-safe: no. Read() takes no lock and does not allocate, as the thread may be held meanwhile; Take()
//              allocates.
// Lifetime:    the reader: that of the MemoryReader and the plan.
//
// Everything is read from memory, also on the thread itself: V8's API has the frame only, and Node's has no
// access to the async resource from C++.
#ifndef GMR_NATIVE_IMAGE_CONTEXT_THREAD_CONTEXT_H_
#define GMR_NATIVE_IMAGE_CONTEXT_THREAD_CONTEXT_H_

#include <string>
#include <vector>

#include "../../base/containers/arena.h"
#include "../../base/unmasked.h"
#include "../objects/heap_layout.h"
#include "async_hooks_stack.h"
#include "context_query.h"
#include "context_stores.h"
#include "row_reader.h"

namespace gmr::vm {

// How contexts are read in the isolates of this process.
struct ContextPlan {
  Layout layout;
  HeapLayout heap;
  ContextRows rows;
  // "": usable. Else why not, for people.
  std::string problem;
};

struct ThreadContext {
  struct Value {
    std::string key;
    PrimitiveKind kind = PrimitiveKind::kNone;
    platform::Unmasked text;
  };

  // "": it was read. Else why not, for people.
  std::string problem = "the thread ran no JavaScript";
  std::vector<Value> values;  // of the wanted keys, those with a primitive value
  DescribedRow recognised;    // what the table of rows recognised first
};

class ThreadContextReader {
 public:
  enum class Whose : uint8_t {
    kOwn,      // the calling thread's: it collects no garbage now
    kAnother,  // of a thread that stands still, possibly in a collection of garbage
  };

  ThreadContextReader(platform::MemoryReader* memory, const ContextPlan* plan);
  ThreadContextReader(const ThreadContextReader&) = delete;
  ThreadContextReader& operator=(const ThreadContextReader&) = delete;

  // `query`: nullptr when no values are wanted. It must live until Take().
  void Read(Whose whose, const ThreadAddresses& thread, const AsyncContextQuery* query);
  ThreadContext Take() const;

 private:
  static constexpr size_t kArenaBytes = size_t{64} << 10;

  struct Value {
    PrimitiveKind kind = PrimitiveKind::kNone;
    char text[256] = {};
  };

  // nullptr: it went well.
  const char* TryRead(Whose whose, const ThreadAddresses& thread);
  const char* FindContext(const ThreadAddresses& thread);
  const char* WhyMoving(Tagged object, platform::Address isolate) const;
  bool FindStore(Tagged* store) const;
  void ReadValues();
  void Recognise();

  const ContextPlan* plan_;
  platform::MemoryReader* memory_;
  platform::Arena arena_{kArenaBytes};
  HeapReader heap_;
  RawStrings strings_;
  ContextStores stores_;
  AsyncHooksStack hooks_;
  ContextPathReader paths_;
  RowReader rows_;
  const AsyncContextQuery* query_ = nullptr;
  const char* problem_ = nullptr;
  // The context frame and the async resource of the thread. Not an object: it has none.
  Tagged frame_;
  Tagged resource_;
  Value values_[AsyncContextQuery::kMaxKeys];
  FoundRow found_;
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_CONTEXT_THREAD_CONTEXT_H_
