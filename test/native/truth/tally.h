// Tally: what sections said, each different statement once, with how often it was said.
//
// Owns:        the statements and the counts.
// Threads:     one at a time.
// Signal-safe: no.
// Lifetime:    of a run.
//
// The target knows by construction what may be said of each of its chains, so only different statements must
// be judged. What depends on the moment is its slot's word, which the target writes: an odd one that was the
// same before and after a reading says in which phase the chain was all the time.
#ifndef GMR_TEST_NATIVE_TRUTH_TALLY_H_
#define GMR_TEST_NATIVE_TRUTH_TALLY_H_

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "../../../native/image/green/green_threads.h"

namespace gmr::test {

using Words = std::vector<int32_t>;

class Tally {
 public:
  // `lasting`: so many of the slots never change.
  explicit Tally(size_t lasting) : lasting_(lasting) {}

  // Of one reading, and the slots' words before and after it. `is_scavenged`: young objects were moved
  // meanwhile.
  void Add(const vm::GreenThreads& found, bool is_scavenged, const Words& before, const Words& after);
  void Count(const std::string& name) { ++counts_[name]; }
  // Lines of fields that are separated by tabs.
  std::string ToText() const;

 private:
  static constexpr size_t kMostStatements = 500'000;

  struct Seen {
    uint64_t times = 0;
    uint64_t first = 0;
  };

  void AddGroups(const vm::GreenThreads& found, const std::string& mode, const Words& phases);
  void CheckMissing(const vm::GreenThreads& found, const std::string& mode, const Words& phases);
  void Say(const std::string& statement);

  size_t lasting_;
  std::map<std::string, uint64_t> counts_;
  std::unordered_map<std::string, Seen> seen_;
  std::vector<bool> shown_;
  uint64_t readings_ = 0;
};

}  // namespace gmr::test

#endif  // GMR_TEST_NATIVE_TRUTH_TALLY_H_
