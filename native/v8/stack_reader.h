// StackReader: takes stacks of threads that cannot or need not be asked.
//
// Owns:        memory for one stack at a time, and a snapshot of what is mapped:
//              about 4 MiB of address space, of which little is touched.
// Threads:     one, the reporter thread.
// Signal-safe: no. While a thread is parked it neither allocates nor locks.
// Lifetime:    made for one report. Texts that it returns are copies.
#ifndef GMR_NATIVE_V8_STACK_READER_H_
#define GMR_NATIVE_V8_STACK_READER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "../base/containers/arena.h"
#include "../base/unmasked.h"
#include "../image/context/thread_context.h"
#include "../image/objects/layout.h"
#include "../image/stack/code_ranges.h"
#include "../image/stack/frame.h"
#include "../image/stack/mixed_walk.h"
#include "../process/modules.h"
#include "../process/proc_maps.h"
#include "../process/safe_read.h"
#include "../process/self_memory.h"
#include "../process/threads/passive_probe.h"
#include "../process/threads/stack_copy.h"
#include "own_frames.h"

namespace gmr::vm {

// Whose stack it is.
struct ThreadToRead {
  int tid = 0;
  platform::Address isolate;  // of its v8::Isolate; null: unknown or none
  int max_frames = 200;
  // For its context: its node::Environment, and the values that are wanted; nullptr: none.
  platform::Address environment = platform::Address();
  const AsyncContextQuery* query = nullptr;
};

struct ReadStack {
  enum class Outcome : uint8_t {
    kRead,
    kRunning,     // it did not stay blocked for long enough
    kUnreadable,  // the kernel does not tell where it is, or it has ended
    kNotParked,   // it did not take the signal in time
  };
  Outcome outcome = Outcome::kUnreadable;
  std::string problem;  // for people, when nothing was read
  StackCapture stack;
  ThreadContext context;
  // The stack ends at code that may have been compiled since the last Refresh().
  bool met_unknown_code = false;
  platform::Unmasked doing;  // description of the system call; empty when the thread is in none
  int64_t syscall = -1;      // its number; -1: in none
};

class StackReader {
 public:
  // Sets whether it may use 4 MB of memory or a quarter of one. With less, it is slower, and stops after
  // 1,024 frames.
  enum class Memory : uint8_t { kUsual, kLittle };

  // Reads what is mapped. `layout` unusable: without JavaScript's frames.
  StackReader(const LoadedLayout& layout, BuiltinsBlob builtins, Memory memory = Memory::kUsual);
  StackReader(const StackReader&) = delete;
  StackReader& operator=(const StackReader&) = delete;

  // Of a thread that is blocked in a system call. The thread does not notice.
  ReadStack ReadBlocked(const ThreadToRead& thread);

  // Reads again what is mapped: code may have been compiled since. Before
  // ReadParked(), where it would take time between the caller's look at the
  // thread and the signal.
  void Refresh();

  // Of a thread that runs. It is stopped by a signal for about half a millisecond, so
  // this is for threads with an isolate only, and never for one that is in a
  // system call, which the signal might cut short.
  ReadStack ReadParked(const ThreadToRead& thread, int64_t deadline_ns);

  // Returns the plan with which threads decode their own frames; nullptr: V8's frames cannot be decoded.
  std::shared_ptr<const OwnFramesPlan> PlanOwnFrames() const;

  // From now on, stacks with JavaScript are read with their contexts. nullptr: without.
  void UseContextPlan(std::shared_ptr<const ContextPlan> plan);

  // Adds native frames to a stack that its thread told itself, from the copy of
  // its machine stack that was made then. Not where that cannot be: `no_native` says why.
  void AddNativeFrames(const platform::StackCopy& copy, StackCapture* told);

  // Gives native frames their names. Reads symbol tables, once for all stacks.
  void NameNativeFrames(const std::vector<StackCapture*>& stacks) const;

 private:
  void ReadContext(const ThreadToRead& thread, const FrameList& list);
  void TakeContext(ReadStack* read) const;
  bool ShowsWait(const std::vector<Frame>& frames) const;
  WalkEnd WalkInto(const WalkStart& start, const platform::StackCopy* copy, FrameList* list);
  void ReadCode(int max_frames, int64_t budget_ns, FrameList* list);
  StackCapture ToCapture(CaptureMethod method, const WalkEnd& end, const FrameList& list, int max_frames);

  const LoadedLayout& layout_;
  const BuiltinsBlob builtins_;
  const bool with_code_;
  const size_t max_raw_frames_;
  platform::SelfMemory self_;
  platform::MemoryReader memory_;
  platform::Arena texts_;
  platform::Arena frames_;
  platform::ModuleList modules_;
  platform::ProcMaps maps_;
  CodeRanges ranges_;
  MixedWalker walker_;
  std::shared_ptr<const ContextPlan> context_plan_;
  std::unique_ptr<ThreadContextReader> context_;  // nullptr: contexts are not read
  bool context_was_read_ = false;                 // of the last stack
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_V8_STACK_READER_H_
