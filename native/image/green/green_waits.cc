// What suspended functions wait for, and who holds it: the part of GreenThreadScan that asks for both.

#include <algorithm>

#include "../../base/clock.h"
#include "../objects/shared_function.h"
#include "green_threads.h"

namespace gmr::vm {

namespace {

constexpr const char* kUnsure =
    "it changed while the heap was read, or only a thread at rest could tell that nothing was overlooked";

// Of it too, for what the innermost awaits wait for; as much again for each GB. They are the least of a
// report, so they may not prolong the pause by much.
constexpr int kPercentToLabel = 6;
// The least time for looking at others than the samples, unless there is not as much left.
constexpr int64_t kLeastForOthersNs = 100 * platform::kNsPerMs;
// Callers between the innermost function and one that holds a resource.
constexpr int kMaxHolderSteps = 1000;

}  // namespace

// A label is one step less: a report without them still shows who waits where.
const char* GreenThreadScan::FindLabels(int64_t deadline_ns) {
  const WantedValues* wanted = limits_.with_values ? limits_.wanted : nullptr;
  search_.Reset(wanted);
  answers_.Reset(wanted, limits_.with_values);
  holders_.Reset(wanted);
  mentions_.Reset();
  labels_complete_ = false;
  answers_.AddSamples(&groups_);
  if (partial_ || !WantsLabels()) return nullptr;
  const auto megabytes = static_cast<int64_t>(pages_.total_bytes() >> 20);
  const int64_t percent_ns = int64_t{limits_.max_ms} * platform::kNsPerMs / 100;
  const int64_t share_ns = kPercentToLabel * (percent_ns + percent_ns * megabytes / 1024);
  const int64_t until = std::min(deadline_ns, platform::MonotonicNs() + share_ns);
  const int64_t latest_ns = limits_.is_paused ? until : deadline_ns;
  const int64_t start = platform::MonotonicNs();
  labels_complete_ = search_.Run({pages_, scan_, &targets_, latest_ns, limits_.may_split});
  answers_.Read(deadline_ns);
  holders_.Run(latest_ns);
  const int64_t now = platform::MonotonicNs();
  const int64_t budget_ns = std::min((latest_ns - now) / 2, kLeastForOthersNs + (now - start));
  if (labels_complete_ && CompareOthers(now + budget_ns)) {
    FindContexts(deadline_ns);
    holders_.Run(latest_ns);
  }
  if (holders_.has_cancellers()) FindCancellers(latest_ns);
  return nullptr;
}

// What a sample waits for is not always what the others at the same place wait for. True: groups were split.
bool GreenThreadScan::CompareOthers(int64_t deadline_ns) {
  answers_.AddOthers();
  return search_.Run({pages_, scan_, &targets_, deadline_ns, limits_.may_split}) &&
         answers_.SplitGroups(&groups_, deadline_ns);
}

void GreenThreadScan::FindCancellers(int64_t deadline_ns) {
  FunctionText text;
  const auto& functions = graph_.functions();
  const auto* const found = std::find_if(functions.begin(), functions.end(), [&](const AsyncFunction& each) {
    return FindFunctionText(heap_, each.suspended.function, &text);
  });
  if (found != functions.end())
    mentions_.Run(pages_, found->suspended.function, limits_.wanted->cancellers(), deadline_ns);
}

std::string GreenThreadScan::LabelsSkipped(HeapReading reading) const {
  if (!limits_.with_leaf_labels) return "not requested";
  if (!labels_complete_) return "the time for it was used up";
  return reading == HeapReading::kRunning && proofs_.unsure_waits() > 0 ? kUnsure : "";
}

// The index of the frame of `function` in `group`, to which the function `innermost` belongs.
int GreenThreadScan::FrameOf(uint32_t function, uint32_t innermost, const AsyncGroup& group) const {
  const Cut cut = CutOf(group);
  int position = 0;
  for (uint32_t at = innermost; at != kNoIndex && position < kMaxHolderSteps; ++position) {
    if (at == function) {
      if (cut.Has(position)) return -1;
      return position > cut.after ? position - cut.count : position;
    }
    at = graph_.functions()[at].caller;
  }
  return -1;
}

ResourceUse GreenThreadScan::ToUse(const HeldResource& held) const {
  ResourceUse use;
  use.id = held.id;
  use.in_use = held.in_use;
  const bool has_cancellers = held.has_cancellers && mentions_.MayUse(held.file, held.owner_files);
  use.may_be_cancelled = has_cancellers || held.is_shared;
  for (const HolderGroup& holder : held.holders) {
    const uint32_t group = groups_.GroupOf(holder.innermost);
    if (group >= groups_.shown()) continue;
    use.users.push_back(
        {holder.count, group, FrameOf(holder.function, holder.innermost, groups_.groups()[group])});
  }
  return use;
}

// Adds the use of the innermost resource among the holders. If none of its users is known, its class may be
// one of the program's own that merely has a known name, and the use of the object that the wait ends in is
// added.
void GreenThreadScan::AddUse(uint32_t group, WaitAnswer* answer) const {
  const auto add = [&](uint32_t i, const HeldResource& held) {
    answer->resource = ToUse(held);
    answer->resource.holder = i;
  };
  const auto count = static_cast<uint32_t>(answer->holders.size());
  const HeldResource* known = nullptr;
  for (uint32_t i = 0; i < count && known == nullptr; ++i) {
    const Tagged object = answer->holders[i].object;
    known = object.IsObject() ? holders_.Find(object) : nullptr;
    if (known != nullptr) add(i, *known);
  }
  if (known != nullptr && !known->holders.empty()) return;
  for (uint32_t i = std::min(answer->end + 1, count); i-- > 0;) {
    const Holder& holder = answer->holders[i];
    const HeldResource* own = holder.object.IsObject() ? holders_.FindOwn(group, holder) : nullptr;
    if (own == nullptr) continue;
    if (known == nullptr || !own->holders.empty()) add(i, *own);
    return;
  }
}

WaitParts GreenThreadScan::WaitsFor(uint32_t group, HeapReading reading) const {
  if (group >= answers_.groups()) return {};
  const Wait& wait = answers_.Reported(group);
  // While the thread runs, the search may overlook a holder.
  const bool is_at_rest = reading != HeapReading::kRunning && !partial_;
  return PartsOf(wait, ViaText(static_cast<uint8_t>(wait.via & ~kViaUnsaid)), is_at_rest);
}

}  // namespace gmr::vm
