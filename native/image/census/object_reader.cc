#include "object_reader.h"

namespace gmr::vm {

namespace {

constexpr std::string_view kPlainObject = "Object";

OpenValueKind KindOf(PathValue::Kind kind) {
  switch (kind) {
    case PathValue::Kind::kNumber:
      return OpenValueKind::kNumber;
    case PathValue::Kind::kBoolean:
      return OpenValueKind::kBoolean;
    case PathValue::Kind::kNull:
      return OpenValueKind::kNull;
    case PathValue::Kind::kObject:
    case PathValue::Kind::kOther:
      return OpenValueKind::kObject;
    case PathValue::Kind::kString:
    case PathValue::Kind::kAbsent:
      break;
  }
  return OpenValueKind::kString;
}

void AppendNumber(uint32_t number, std::string* key) {
  key->append(reinterpret_cast<const char*>(&number), sizeof number);
}

}  // namespace

std::string_view ObjectReader::TextOf(const PathValue& value) {
  if (value.kind == PathValue::Kind::kOther) return "";
  if (value.kind != PathValue::Kind::kObject) return value.text;
  const std::string_view name = classes_->NameOf(value.object);
  return name.empty() ? kPlainObject : name;
}

bool ObjectReader::Holds(Tagged object, const OpenCondition& condition) {
  const PathValue value = paths_->Read(object, condition.path);
  const bool holds = condition.has_value
                         ? value.kind != PathValue::Kind::kAbsent && TextOf(value) == condition.value
                         : value.exists();
  return holds != condition.is_negated;
}

bool ObjectReader::Matches(Tagged object, const OpenRow& row) {
  for (const OpenCondition& condition : row.conditions) {
    if (!Holds(object, condition)) return false;
  }
  return true;
}

void ObjectReader::ReadKeys(Tagged object, const OpenRow& row, ObjectReading* reading) {
  reading->value_count = 0;
  for (size_t i = 0; i < row.keys.size(); ++i) {
    const PathValue value = paths_->Read(object, row.keys[i]);
    if (value.kind == PathValue::Kind::kAbsent) continue;
    if (reading->value_count == reading->values.size()) reading->values.emplace_back();
    ObjectReading::Value& read = reading->values[reading->value_count++];
    read.path = static_cast<uint16_t>(i);
    read.kind = KindOf(value.kind);
    read.text = TextOf(value);
    AppendNumber(static_cast<uint32_t>(i) << 8 | static_cast<uint32_t>(read.kind), &reading->key);
    AppendNumber(static_cast<uint32_t>(read.text.size()), &reading->key);
    reading->key += read.text;
  }
}

bool ObjectReader::ReadIdentity(Tagged object, const std::vector<uint16_t>& rows, ObjectReading* reading) {
  const OpenRow* row = nullptr;
  for (const uint16_t number : rows) {
    if (!rows_->rows()[number].callbacks.empty() || !Matches(object, rows_->rows()[number])) continue;
    row = &rows_->rows()[number];
    reading->row = number;
    break;
  }
  if (row == nullptr) return false;
  reading->key.clear();
  AppendNumber(reading->row, &reading->key);
  ReadKeys(object, *row, reading);
  reading->functions.clear();
  for (size_t i = 0; i < row->functions.size(); ++i) {
    const PathValue value = paths_->Read(object, row->functions[i]);
    const uint32_t place =
        value.kind == PathValue::Kind::kObject ? places_->Find(value.object) : platform::kNoIndex;
    AppendNumber(place, &reading->key);
    if (place != platform::kNoIndex) reading->functions.push_back({static_cast<uint16_t>(i), place});
  }
  return true;
}

bool ObjectReader::Read(Tagged object, const std::vector<uint16_t>& rows, ObjectReading* reading) {
  if (!ReadIdentity(object, rows, reading)) return false;
  const OpenRow& row = rows_->rows()[reading->row];
  reading->numbers.clear();
  for (size_t i = 0; i < row.numbers.size(); ++i) {
    const PathValue value = paths_->Read(object, row.numbers[i]);
    if (value.kind == PathValue::Kind::kNumber)
      reading->numbers.push_back({static_cast<uint16_t>(i), value.number});
  }
  return true;
}

}  // namespace gmr::vm
