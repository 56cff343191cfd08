// GreenThreads: every async function of an isolate that waits, where, for what,
// and who waits for it.
//
// Owns:        GreenThreadScan: its work space, in mappings of its own.
// Threads:     Capture() either in an interrupt of the isolate, or on another thread. If the isolate's thread
//              ran meanwhile, Prove() must follow.
// Signal-safe: no. Capture() takes no lock of this process. Take() and Prove() allocate.
// Lifetime:    a GreenThreadHeap is valid as long as its isolate.
//
// The heap is only read: no garbage collection, nothing allocated on it, no
// handle made from what was found in it, no hook that costs before a report.
#ifndef GMR_NATIVE_IMAGE_GREEN_GREEN_THREADS_H_
#define GMR_NATIVE_IMAGE_GREEN_GREEN_THREADS_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "../../base/unmasked.h"
#include "../../process/proc_maps.h"
#include "../callbacks/held_callbacks.h"
#include "../census/census_result.h"
#include "../objects/heap_layout.h"
#include "../values/script_mentions.h"
#include "async_context.h"
#include "async_groups.h"
#include "group_proofs.h"
#include "resource_holders.h"
#include "wait_answers.h"
#include "wait_text.h"

namespace gmr::vm {

// What a dump needs to know of an isolate.
struct GreenThreadHeap {
  HeapLayout layout;
  HeapAnchors anchors;
  // "": usable. Else why not, for people.
  std::string problem;
};

struct GreenThreadLimits {
  uint64_t max_heap_bytes = uint64_t{16384} << 20;
  // What has been found by then is reported, as partial.
  int max_ms = 1000;
  uint32_t max_groups = 50;
  uint32_t max_frames = 50;
  bool with_leaf_labels = true;
  // Keys of an AsyncLocalStorage to show, for each group; nullptr: none. It must
  // live until Take().
  const AsyncContextQuery* context = nullptr;
  // What is recognised in any AsyncLocalStorage, if `with_values`; nullptr: nothing. It must live until
  // Take().
  const ContextRows* rows = nullptr;
  // Whether waits are described with values; false: only with names of classes, functions, properties and
  // variables.
  bool with_values = true;
  // The values to read, if `with_values`; nullptr: none. It must live until Take().
  const WantedValues* wanted = nullptr;
  // Shows the functions of the self-test instead of the program's.
  bool only_self_test = false;
  // Whether a large heap may be read with a second thread.
  bool may_split = true;
  // Whether it is the isolate's own thread that reads, so that the time is a pause.
  bool is_paused = true;
};

// How a heap was read.
enum class HeapReading : uint8_t {
  kPaused,   // by the isolate's own thread, in an interrupt
  kAtRest,   // by another thread; the isolate's did not run meanwhile
  kRunning,  // by another thread, while the isolate's ran: what is shown was proved afterwards
};

struct AsyncFrame {
  AsyncFrameKind kind = AsyncFrameKind::kAsyncFunction;
  std::string function_name;   // empty: anonymous or top-level code
  std::string class_name;      // of a method's object; empty: none
  std::string enclosing_name;  // of a function without a name: the one around it
  std::string file;
  int line = 0;  // 1-based; 0: unknown
  int column = 0;
  // Between this frame and the next one: "Promise.all". Empty: an await.
  std::string via;
  // How many functions wait for this one beside the next frame.
  int other_callers = 0;
  bool in_cycle = false;
  bool is_eval = false;
  // Line and column are where the function begins: where in it is not known.
  bool is_function_line = false;
  CodeText code;  // of user code
  // True when a collection of young objects may have moved the source while `code` was read.
  bool is_code_young = false;
};

// What one key of the AsyncLocalStorage held.
struct GreenThreadContext {
  std::string key;
  PrimitiveKind kind = PrimitiveKind::kNone;
  platform::Unmasked value;  // of one of the group's innermost functions
  uint32_t functions = 0;    // how many of the examined functions had a value
  uint32_t distinct = 0;     // number of different values among these
};

struct GreenThreadGroup {
  uint32_t count = 0;
  std::vector<AsyncFrame> frames;  // innermost first
  // Frames omitted after frames[cut_after]; 0: all are there.
  int cut_count = 0;
  int cut_after = 0;
  // What the innermost await of one of them waits for, as "timer 5000 ms (1200 ms
  // left)" or "Pool <- Array"; empty: not looked for.
  platform::Unmasked waits_for;
  uint32_t id = 0;  // of ResourceUser::group
  // How many of its functions were seen to wait for that.
  uint32_t seen_in = 1;
  // The same in parts, from which the formatter makes a better text.
  WaitParts waits;
  // Keys without a value are omitted.
  std::vector<GreenThreadContext> context;
  DescribedTraces traces;
  // Some of its functions wait for each other, so they never go on.
  bool deadlock = false;
  GroupKind kind = GroupKind::kFunctions;
};

enum class GreenThreadStatus : uint8_t { kOk, kUnavailable, kOverLimit };

struct GreenThreads {
  GreenThreadStatus status = GreenThreadStatus::kUnavailable;
  std::string reason;  // why there are none; empty: kOk
  uint32_t suspended_functions = 0;
  uint32_t green_threads = 0;  // innermost functions
  uint32_t callbacks = 0;      // how many of the green threads are callbacks
  uint32_t total_groups = 0;
  std::vector<GreenThreadGroup> groups;  // by kind, largest first
  uint32_t groups_left_out = 0;
  uint32_t threads_left_out = 0;
  // Async generators at rest, of which no value was requested.
  uint32_t idle_generators = 0;
  // What looked like a function, but was overwritten in part.
  uint32_t unreadable = 0;
  uint64_t scanned_bytes = 0;
  double cost_ms = 0;
  HeapReading reading = HeapReading::kPaused;
  // Groups of which no function could be proved, and functions that went on before they were, in these and in
  // others.
  uint32_t groups_gone = 0;
  uint32_t threads_gone = 0;
  // The chains of some of these groups, as they were before they went on.
  std::vector<std::vector<AsyncFrame>> gone;
  // True when V8 collected young objects while the heap was read: functions that were suspended very recently
  // may be missing, or listed without their callers.
  bool collected_young = false;
  // Not everything was looked at, for want of time, as this says: functions and
  // callers are missing. Empty: all was.
  std::string partial;
  // Why values of the context may be missing; empty: all were looked for, or none.
  std::string context_skipped;
  // Why some waits_for are empty; empty: all were looked for.
  std::string labels_skipped;
  // The scripts that `code` of the frames refers to.
  std::vector<ScriptInfo> scripts;
  // What else was found in the heap; nullptr: nothing was looked for.
  std::shared_ptr<const CensusResult> census;
};

// What is between two functions that wait, in words: "Promise.all".
std::string ViaText(uint8_t via);

class GreenThreadScan {
 public:
  GreenThreadScan(platform::MemorySource* source, const Layout* layout);
  GreenThreadScan(const GreenThreadScan&) = delete;
  GreenThreadScan& operator=(const GreenThreadScan&) = delete;

  // Called once the promises have been read: the objects whose callbacks are to be listed.
  using HoldersSource = std::function<CallbackHolders(const HeapPageIndex& index)>;

  // Of the pages that `index` has of this heap. `holders` may be empty.
  void Capture(const GreenThreadHeap& prepared, const HeapPageIndex& index, const GreenThreadLimits& limits,
               const HoldersSource& holders = nullptr);
  // After a capture beside a thread that ran: checks what Take() will say. False: V8 collected garbage each
  // time, so that nothing is proved.
  bool Prove(int64_t deadline_ns);
  // What Capture() found, once. `reading` is kRunning after Prove().
  GreenThreads Take(HeapReading reading) const;
  // Whether Take() would say more if the isolate's thread had not run.
  bool WouldSayMoreAtRest() const;

 private:
  static constexpr size_t kArenaBytes = size_t{32} << 20;

  // Frames omitted after the one at index `after`.
  struct Cut {
    int after = 0;
    int count = 0;

    bool Has(int position) const { return position > after && position <= after + count; }
  };

  const char* Run(const HeapPageIndex& index, const HoldersSource& holders);
  Cut CutOf(const AsyncGroup& group) const;
  AsyncFrame ToFrame(const AsyncChain& chain) const;
  bool Scan(int64_t deadline_ns);
  bool ReadEpoch(GcEpoch* epoch);
  void FindContexts(int64_t deadline_ns);
  bool WantsLabels() const { return limits_.with_leaf_labels && !limits_.only_self_test; }
  const char* FindLabels(int64_t deadline_ns);
  void ReadCode(int64_t deadline_ns);
  int FrameOf(uint32_t function, uint32_t innermost, const AsyncGroup& group) const;
  bool CompareOthers(int64_t deadline_ns);
  void FindCancellers(int64_t deadline_ns);
  ResourceUse ToUse(const HeldResource& held) const;
  void AddUse(uint32_t group, WaitAnswer* answer) const;
  WaitParts WaitsFor(uint32_t group, HeapReading reading) const;
  GreenThreadGroup ToGroup(uint32_t index, HeapReading reading) const;
  void AddGroups(HeapReading reading, GreenThreads* result) const;
  std::vector<GreenThreadContext> ContextOf(uint32_t group) const;
  std::string OverLimit() const;
  std::string Partial() const;
  std::string LabelsSkipped(HeapReading reading) const;

  GreenThreadHeap prepared_;
  platform::MemoryReader memory_;
  platform::Arena arena_{kArenaBytes};
  HeapReader heap_;
  RawStrings strings_;
  HeapPages pages_;
  PageTargets targets_;
  HeapScan scan_;
  AsyncGraph graph_;
  AsyncPlaces places_;
  AsyncGroups groups_;
  WaitSearch search_;
  AsyncContexts contexts_;
  WaitAnswers answers_;
  ResourceHolders holders_;
  ScriptMentions mentions_;
  HeldCallbacks held_;
  GroupProofs proofs_;
  bool labels_complete_ = false;
  // A literal; nullptr: all were looked for.
  const char* context_problem_ = nullptr;
  // The scan or the graph ran out of time.
  bool partial_ = false;
  bool lacks_callbacks_ = false;
  GreenThreadLimits limits_;
  // A literal; nullptr: all went well.
  const char* problem_ = "no capture was made";
  bool over_limit_ = false;
  double cost_ms_ = 0;
};

// All in one, on the isolate's own thread.
GreenThreads CaptureGreenThreads(platform::MemorySource* source, const Layout& layout,
                                 const GreenThreadHeap& prepared, const GreenThreadLimits& limits,
                                 const GreenThreadScan::HoldersSource& holders = nullptr);

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_GREEN_GREEN_THREADS_H_
