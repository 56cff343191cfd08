// LazyReader: the StackReader of one report.
//
// Owns:        the StackReader, once it is needed.
// Threads:     the reporter thread.
// Signal-safe: no.
// Lifetime:    one per report.
#ifndef GMR_NATIVE_REPORTER_CAPTURE_LAZY_READER_H_
#define GMR_NATIVE_REPORTER_CAPTURE_LAZY_READER_H_

#include <memory>
#include <utility>

#include "../../base/clock.h"
#include "../../v8/isolate_registry.h"
#include "../../v8/layout_loader.h"
#include "../../v8/stack_reader.h"

namespace gmr::reporter {

class LazyReader {
 public:
  explicit LazyReader(vm::StackReader::Memory memory) : memory_(memory) {}

  vm::StackReader& Get() {
    Make(kLayoutNs);
    // Code may have been compiled since the plan was made.
    if (std::exchange(is_stale_, false)) reader_->Refresh();
    return *reader_;
  }

  // For the stacks that are read from now on.
  void UseContextPlan(std::shared_ptr<const vm::ContextPlan> plan) {
    context_plan_ = std::move(plan);
    if (reader_ != nullptr) reader_->UseContextPlan(context_plan_);
  }

  // Returns the plan with which threads decode their own frames. nullptr when V8's frames cannot be decoded,
  // or when the layout is not loaded soon enough: no thread is interrupted before.
  std::shared_ptr<const vm::OwnFramesPlan> PlanOwnFrames() {
    if (!vm::TrustedLayout(platform::MonotonicNs() + kPlanNs).usable) return nullptr;
    Make(kPlanNs);
    is_stale_ = true;
    return reader_->PlanOwnFrames();
  }

 private:
  // It takes two milliseconds, unless the disk is slow or the machine is busy.
  static constexpr int64_t kLayoutNs = 300 * platform::kNsPerMs;
  static constexpr int64_t kPlanNs = 100 * platform::kNsPerMs;

  void Make(int64_t timeout_ns) {
    if (reader_ != nullptr) return;
    reader_ = std::make_unique<vm::StackReader>(vm::TrustedLayout(platform::MonotonicNs() + timeout_ns),
                                                vm::IsolateRegistry::Get().builtins(), memory_);
    reader_->UseContextPlan(context_plan_);
  }

  const vm::StackReader::Memory memory_;
  std::unique_ptr<vm::StackReader> reader_;
  std::shared_ptr<const vm::ContextPlan> context_plan_;
  bool is_stale_ = false;
};

}  // namespace gmr::reporter

#endif  // GMR_NATIVE_REPORTER_CAPTURE_LAZY_READER_H_
