#include "class_rows.h"

#include <algorithm>
#include <string_view>

namespace gmr::vm {

namespace {

constexpr const char* kPlainObject = "Object";
// Map::Bits3::IsPrototypeMapBit, src/objects/map.h.
constexpr uint32_t kIsPrototype = 1u << 20;

void AddEach(const std::vector<uint16_t>& from, std::vector<uint16_t>* to) {
  for (const uint16_t row : from) {
    if (std::find(to->begin(), to->end(), row) == to->end()) to->push_back(row);
  }
}

}  // namespace

void ClassRows::Reset() {
  of_map_.clear();
  is_known_.clear();
  lists_.clear();
  of_prototype_.clear();
}

const ClassOfMap& ClassRows::Find(uint32_t index, Tagged map) {
  if (index >= of_map_.size()) {
    of_map_.resize(index + 1);
    is_known_.resize(index + 1);
  }
  if (!is_known_[index]) {
    of_map_[index] = Classify(map);
    is_known_[index] = true;
  }
  return of_map_[index];
}

void ClassRows::AddRows(const char* name, const char* file, std::vector<uint16_t>* list) const {
  if (*name == '\0') return;
  const std::vector<OpenRow>& rows = rows_->rows();
  for (size_t i = 0; i < rows.size(); ++i) {
    const OpenRow& row = rows[i];
    if (row.is_script && (*file == '\0' || std::string_view(file).starts_with("node:"))) continue;
    if (row.class_name != name || (row.is_native && *file != '\0') ||
        !std::string_view(file).starts_with(row.file))
      continue;
    const auto number = static_cast<uint16_t>(i);
    if (std::find(list->begin(), list->end(), number) == list->end()) list->push_back(number);
  }
}

uint32_t ClassRows::Intern(std::vector<uint16_t> list) {
  if (list.empty()) return platform::kNoIndex;
  const auto known = std::find(lists_.begin(), lists_.end(), list);
  const auto index = static_cast<uint32_t>(known - lists_.begin());
  if (known == lists_.end()) lists_.push_back(std::move(list));
  return index;
}

uint32_t ClassRows::RowsOfPrototype(Tagged prototype, int depth) {
  Tagged map;
  Tagged next;
  if (depth > kMaxDepth || !prototype.IsObject()) return platform::kNoIndex;
  const auto known = of_prototype_.find(prototype.bits());
  if (known != of_prototype_.end()) return known->second;
  std::vector<uint16_t> list;
  FunctionInfo info;
  if (classes_->ClassOfPrototype(prototype, &info)) AddRows(info.name, info.file, &list);
  if (heap_->TypeOf(&prototype) >= 0 && heap_->MapOf(prototype, &map) &&
      heap_->Load(map, heap_->layout().map_prototype, &next)) {
    const uint32_t inherited = RowsOfPrototype(next, depth + 1);
    if (inherited != platform::kNoIndex) AddEach(lists_[inherited], &list);
  }
  const uint32_t index = Intern(std::move(list));
  of_prototype_.emplace(prototype.bits(), index);
  return index;
}

ClassOfMap ClassRows::Classify(Tagged map) {
  ClassOfMap result;
  Tagged prototype;
  result.name = classes_->NameOfMap(map);
  result.file = classes_->FileOfMap(map);
  std::vector<uint16_t> list;
  uint32_t bits = 0;
  // The prototype of a class looks like an object of the class that this one extends.
  const bool is_prototype =
      heap_->LoadUint32(map, heap_->layout().map_bit_field3, &bits) && (bits & kIsPrototype) != 0;
  if (!is_prototype) AddRows(result.name, result.file, &list);
  if (!is_prototype && heap_->Load(map, heap_->layout().map_prototype, &prototype)) {
    const uint32_t inherited = RowsOfPrototype(prototype, 0);
    if (inherited != platform::kNoIndex) AddEach(lists_[inherited], &list);
  }
  result.rows = Intern(std::move(list));
  result.is_nameless_prototype = is_prototype && *result.name == '\0';
  if (*result.name == '\0') result.name = kPlainObject;
  return result;
}

}  // namespace gmr::vm
