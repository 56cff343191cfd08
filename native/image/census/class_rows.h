// ClassRows: the class of each map, and the rows of the table that list its objects.
//
// Owns:        its lists.
// Threads:     one at a time, as the MemoryReader.
// Signal-safe: no: allocates. It takes no lock of this process.
// Lifetime:    until Reset(), which must come with that of the Arena of the ReceiverClass.
#ifndef GMR_NATIVE_IMAGE_CENSUS_CLASS_ROWS_H_
#define GMR_NATIVE_IMAGE_CENSUS_CLASS_ROWS_H_

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "../../base/containers/index_table.h"
#include "../objects/receiver_class.h"
#include "open_rows.h"

namespace gmr::vm {

struct ClassOfMap {
  const char* name = "";  // "Object" for plain objects
  const char* file = "";
  // Index of a list of rows, in the order in which they are to be tried; kNoIndex: none.
  uint32_t rows = platform::kNoIndex;
  // It is the map of a prototype that has no constructor: its name may be in the object.
  bool is_nameless_prototype = false;
};

class ClassRows {
 public:
  ClassRows(const HeapReader* heap, ReceiverClass* classes, const OpenRows* rows)
      : heap_(heap), classes_(classes), rows_(rows) {}

  void Reset();

  // `index`: of the map in a MapTable.
  const ClassOfMap& Find(uint32_t index, Tagged map);
  const std::vector<uint16_t>& List(uint32_t list) const { return lists_[list]; }

 private:
  static constexpr int kMaxDepth = 8;

  ClassOfMap Classify(Tagged map);
  // The rows for objects that inherit from `prototype`.
  uint32_t RowsOfPrototype(Tagged prototype, int depth);
  void AddRows(const char* name, const char* file, std::vector<uint16_t>* list) const;
  uint32_t Intern(std::vector<uint16_t> list);

  const HeapReader* heap_;
  ReceiverClass* classes_;
  const OpenRows* rows_;
  std::vector<ClassOfMap> of_map_;
  std::vector<bool> is_known_;
  std::vector<std::vector<uint16_t>> lists_;
  std::unordered_map<uint64_t, uint32_t> of_prototype_;
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_CENSUS_CLASS_ROWS_H_
