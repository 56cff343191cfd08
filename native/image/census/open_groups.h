// OpenGroups: objects that were read, put together where they are alike.
//
// Owns:        the groups.
// Threads:     one at a time.
// Signal-safe: no: allocates. It takes no lock of this process.
// Lifetime:    until Reset().
//
// A row may have thousands of objects that differ in one text, such as the port of each connection, or the
// path of each request. The largest groups of a row are kept as they are. The others are put together without
// the texts that differ most, which become kVarious, so that every object is counted.
#ifndef GMR_NATIVE_IMAGE_CENSUS_OPEN_GROUPS_H_
#define GMR_NATIVE_IMAGE_CENSUS_OPEN_GROUPS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "class_rows.h"
#include "object_reader.h"

namespace gmr::vm {

class OpenGroups {
 public:
  static constexpr uint32_t kMaxGroupsOfRow = 100;
  // In place of texts that differ in too many groups.
  static constexpr std::string_view kVarious = "...";

  OpenGroups(const OpenRows* rows, const FunctionPlaces* places) : rows_(rows), places_(places) {}

  void Reset();

  // `of`: the class of the object.
  void Add(const ObjectReading& reading, const ClassOfMap& of);

  // In the order of the rows, the largest first. What is beyond the limits is counted in `things`.
  void TakeInto(OpenThings* things);

 private:
  // When there are so many, those beyond the limit of each row are put together.
  static constexpr size_t kMaxGroups = 20'000;
  // Texts with more different values than this, in the groups beyond the limit, become kVarious.
  static constexpr size_t kMaxDifferent = 20;

  struct Entry {
    std::string key;
    uint16_t row = 0;
    std::string class_name;
    std::string file;
    bool is_joined = false;  // of several that differ
    uint32_t count = 0;
    std::vector<ObjectReading::Value> values;
    std::vector<ObjectReading::Function> functions;
    std::vector<OpenNumber> numbers;
  };

  void Count(const std::vector<ObjectReading::Number>& numbers, Entry* entry) const;
  void Condense();
  // This one and the next two take entries of one row.
  std::vector<Entry> Joined(std::vector<Entry> entries);
  static void DropVarious(std::vector<Entry>* entries);
  static std::string KeyOf(const Entry& entry);
  OpenGroup Make(const Entry& entry) const;

  const OpenRows* rows_;
  const FunctionPlaces* places_;
  std::vector<Entry> entries_;
  std::unordered_map<std::string, uint32_t> by_key_;
  bool is_full_ = false;
  uint32_t groups_left_out_ = 0;
  uint32_t objects_left_out_ = 0;
  std::string key_;
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_CENSUS_OPEN_GROUPS_H_
