// SilentThread: an isolate's thread that has not answered yet. Decides from what
// the kernel tells whether it still may, and else has its stack taken.
//
// Owns:        what was seen of it, and the stack.
// Threads:     the reporter thread.
// Signal-safe: no.
// Lifetime:    one per thread and report.
#ifndef GMR_NATIVE_REPORTER_CAPTURE_SILENT_THREAD_H_
#define GMR_NATIVE_REPORTER_CAPTURE_SILENT_THREAD_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "../../process/threads/passive_probe.h"
#include "../../v8/isolate_registry.h"
#include "../../v8/stack_reader.h"

namespace gmr::reporter {

class SilentThread {
 public:
  // After it was asked. `reader` is made when it is needed first.
  SilentThread(const vm::IsolateStatus& status, int max_frames, std::function<vm::StackReader&()> reader)
      : status_(status), max_frames_(max_frames), reader_(std::move(reader)), asked_(Look()) {}

  // Looks at the thread again. True: it will not answer soon, and what could be
  // had without its help is there. `is_last`: the grace is over.
  bool IsStuck(bool is_last);

  // Holds it for a moment, though it has answered. True: it is in native code below user code, and its stack
  // was taken. `held_ms` grows by the time that it was held for nothing.
  bool MeetInNativeCode(double* held_ms);

  // Whether it wants the CPU and does not get it, since it was asked; as of the latest look.
  bool IsStarved() const;
  void LookAgain() { latest_ = Look(); }

  // What was taken; nullptr when nothing could be.
  const vm::ReadStack* taken() const { return taken_ ? &*taken_ : nullptr; }
  // Why nothing was taken.
  const std::string& problem() const { return problem_; }

 private:
  struct Sight {
    platform::ThreadPlace place;
    int64_t cpu_ns = 0;  // its CPU time, 0: unknown
    int64_t at_ns = 0;
  };

  Sight Look() const;
  vm::ThreadToRead WhatToRead() const;
  bool TakePassively();
  bool TakeParked();
  bool ReadParked(vm::ReadStack* read);
  const char* WhyNoSignal() const;

  vm::IsolateStatus status_;
  int max_frames_;
  std::function<vm::StackReader&()> reader_;
  Sight asked_;
  Sight latest_ = asked_;
  int looks_unmoved_ = 0;
  std::optional<vm::ReadStack> taken_;
  std::string problem_;
};

}  // namespace gmr::reporter

#endif  // GMR_NATIVE_REPORTER_CAPTURE_SILENT_THREAD_H_
