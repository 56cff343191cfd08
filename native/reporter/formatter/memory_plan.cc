#include "memory_plan.h"

#include <algorithm>

namespace gmr::reporter {

namespace {

// An essential report takes about 1 MB, and for each stack up to 64 KB.
constexpr int64_t kEssentialBytes = int64_t{3} << 19;
constexpr int64_t kBytesPerStack = int64_t{64} << 10;
constexpr int kFewFrames = 64;
// The application keeps half of the memory that is left after that.
constexpr int64_t kShareOfStacks = 2;
constexpr int64_t kFewStacks = 4;

MemoryPlan Essential(std::string shortage, int64_t left_bytes) {
  MemoryPlan plan;
  plan.extent = ReportExtent::kEssential;
  plan.shortage = std::move(shortage);
  const int64_t for_stacks = (left_bytes - kEssentialBytes) / kShareOfStacks;
  const int64_t stacks = std::max(kFewStacks, for_stacks / kBytesPerStack);
  plan.max_stacks = static_cast<size_t>(stacks);
  if (left_bytes < kReportBytes) plan.max_frames = kFewFrames;
  return plan;
}

}  // namespace

MemoryPlan PlanMemory() {
  const platform::Headroom headroom = platform::ReadHeadroom();
  std::string shortage = Shortage(headroom, kIsolateNeed);
  if (shortage.empty()) return {};
  const int64_t left_bytes = headroom.least_bytes();
  if (left_bytes >= kEssentialBytes) return Essential(std::move(shortage), left_bytes);
  shortage = Shortage(
      headroom,
      {.bytes = kEssentialBytes, .data_bytes = kEssentialBytes, .address_space_bytes = kEssentialBytes});
  return {ReportExtent::kBare, std::move(shortage), 0, 0};
}

MemoryPlan PlanAfterFailure() { return Essential("memory ran out while the report was made", 0); }

}  // namespace gmr::reporter
