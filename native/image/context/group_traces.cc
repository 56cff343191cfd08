#include "group_traces.h"

namespace gmr::vm {

DescribedTraces Describe(const GroupTrace* trace, const ContextRows* rows) {
  if (trace == nullptr || rows == nullptr) return {};
  return {trace->functions, trace->distinct, trace->of_largest, Describe(trace->largest, *rows),
          Describe(trace->oldest, *rows)};
}

bool GroupTraces::Reset(uint32_t groups) {
  traces_.Clear();
  counts_.Truncate(0);
  return groups_.Assign(groups, GroupTrace());
}

bool GroupTraces::Note(uint32_t group, const FoundRow& found, const ContextRow& row) {
  const uint64_t key = found.Identity() ^ (uint64_t{group} + 1) * 0x9e3779b97f4a7c15u;
  const auto next = static_cast<uint32_t>(counts_.size());
  uint32_t index = 0;
  if (!traces_.Insert(key == 0 ? 1 : key, next, &index)) return false;
  if (index == next && !counts_.Append(0)) return false;
  GroupTrace& trace = groups_[group];
  ++trace.functions;
  if (index == next) ++trace.distinct;
  if (++counts_[index] > trace.of_largest) {
    trace.of_largest = counts_[index];
    trace.largest = found;
  }
  if (found.IsOlderThan(trace.oldest, row)) trace.oldest = found;
  return true;
}

}  // namespace gmr::vm
