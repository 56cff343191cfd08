#include "green_thread_check.h"

#include <algorithm>

#include "../image/green/green_threads.h"
#include "../process/self_memory.h"

namespace gmr::vm {

namespace {

std::string Describe(const std::string& name, int line, int column) {
  return name + ":" + std::to_string(line) + ":" + std::to_string(column);
}

}  // namespace

std::string CheckGreenThreads(const Layout& layout, const GreenThreadHeap& prepared,
                              const KnownObjects& known) {
  GreenThreadLimits limits;
  limits.only_self_test = true;
  platform::SelfMemory self;
  const GreenThreads found = CaptureGreenThreads(&self, layout, prepared, limits);
  // A heap over the limit now may be smaller when a report is asked for; then
  // the numbers that were found stand without this test.
  if (found.status == GreenThreadStatus::kOverLimit || !found.partial.empty()) return "";
  if (found.status != GreenThreadStatus::kOk) return found.reason;
  std::vector<std::string> expected;
  for (const KnownFunction& function : known.Functions())
    expected.push_back(Describe(function.name, function.line, function.column));
  for (const GreenThreadGroup& group : found.groups) {
    for (uint32_t i = 0; i < group.count; ++i) {
      const AsyncFrame& frame = group.frames[0];
      const std::string text = Describe(frame.function_name, frame.line, frame.column);
      const auto at = std::find(expected.begin(), expected.end(), text);
      if (at == expected.end()) return "the self-test found " + text + ", which does not wait";
      expected.erase(at);
    }
  }
  return expected.empty() ? "" : "the self-test did not find " + expected.front();
}

}  // namespace gmr::vm
