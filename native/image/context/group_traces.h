// GroupTraces: what was recognised in the contexts of the suspended functions of each group.
//
// Owns:        one record for each group.
// Threads:     one at a time.
// Signal-safe: no; but it takes no lock of this process.
// Lifetime:    until the next Reset().
#ifndef GMR_NATIVE_IMAGE_CONTEXT_GROUP_TRACES_H_
#define GMR_NATIVE_IMAGE_CONTEXT_GROUP_TRACES_H_

#include <cstdint>

#include "../../base/containers/mapped_array.h"
#include "../../base/containers/number_table.h"
#include "row_reader.h"

namespace gmr::vm {

// A trace is all objects of the same identity.
struct GroupTrace {
  uint32_t functions = 0;  // that have such an object
  uint32_t distinct = 0;   // traces
  uint32_t of_largest = 0;
  FoundRow largest;  // of the trace with most functions
  FoundRow oldest;
};

// The same as plain data for a report.
struct DescribedTraces {
  uint32_t functions = 0;
  uint32_t distinct = 0;
  uint32_t of_largest = 0;
  DescribedRow largest;
  DescribedRow oldest;
};
// `trace`: nullptr when nothing was noted.
DescribedTraces Describe(const GroupTrace* trace, const ContextRows* rows);

class GroupTraces {
 public:
  // False: no memory.
  bool Reset(uint32_t groups);
  // False: there are too many traces.
  bool Note(uint32_t group, const FoundRow& found, const ContextRow& row);
  // nullptr: none was noted.
  const GroupTrace* Find(uint32_t group) const {
    return group < groups_.size() && groups_[group].functions > 0 ? &groups_[group] : nullptr;
  }

 private:
  static constexpr size_t kMaxGroups = 10'000;
  static constexpr size_t kMaxTraces = 200'000;

  platform::MappedArray<GroupTrace> groups_{kMaxGroups};
  // By group and identity: an index of counts_.
  platform::NumberTable traces_{kMaxTraces};
  platform::MappedArray<uint32_t> counts_{kMaxTraces};
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_CONTEXT_GROUP_TRACES_H_
