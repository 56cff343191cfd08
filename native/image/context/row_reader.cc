#include "row_reader.h"

#include <cstdlib>

namespace gmr::vm {

uint64_t FoundRow::Identity() const {
  uint64_t hash = static_cast<uint64_t>(row) + 0x9e3779b97f4a7c15u;
  for (const char* at = values[0].text; *at != '\0'; ++at)
    hash = (hash ^ static_cast<uint8_t>(*at)) * 0x100000001b3u;
  hash ^= hash >> 29;
  return hash == 0 ? 1 : hash;
}

bool FoundRow::IsOlderThan(const FoundRow& other, const ContextRow& by) const {
  if (other.row < 0) return true;
  if (row != other.row) return false;
  for (size_t i = 0; i < by.values.size(); ++i) {
    if (!by.values[i].is_age || values[i].kind != PrimitiveKind::kNumber) continue;
    if (other.values[i].kind != PrimitiveKind::kNumber) return true;
    const double own = std::strtod(values[i].text, nullptr);
    const double others = std::strtod(other.values[i].text, nullptr);
    if (own != others) return own < others;
  }
  return false;
}

DescribedRow Describe(const FoundRow& found, const ContextRows& rows) {
  DescribedRow described;
  described.row = found.row;
  if (found.row < 0) return described;
  const ContextRow& row = rows.rows()[static_cast<size_t>(found.row)];
  for (size_t i = 0; i < row.values.size(); ++i) {
    const FoundRow::Value& value = found.values[i];
    if (value.kind == PrimitiveKind::kNone) continue;
    described.values.push_back({row.values[i].path.text, value.kind, platform::Unmasked(value.text)});
  }
  return described;
}

bool RowReader::Read(Tagged store, const ContextRows& rows, FoundRow* found) const {
  for (size_t i = 0; i < rows.rows().size(); ++i) {
    if (!ReadRow(store, rows.rows()[i], found)) continue;
    found->row = static_cast<int>(i);
    return true;
  }
  found->row = -1;
  return false;
}

bool RowReader::ReadRow(Tagged store, const ContextRow& row, FoundRow* found) const {
  Tagged holder;
  if (!paths_.Find(store, row.holder, &holder) || !holder.IsObject()) return false;
  for (size_t i = 0; i < row.values.size(); ++i) {
    FoundRow::Value& value = found->values[i];
    value.kind = paths_.Print(holder, row.values[i].path, value.text, sizeof value.text);
    if (value.kind == PrimitiveKind::kNone && row.values[i].is_required) return false;
  }
  return true;
}

}  // namespace gmr::vm
