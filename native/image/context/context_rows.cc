#include "context_rows.h"

#include <algorithm>
#include <utility>

#include "../../base/split_text.h"
#include "../values/bundle_table.h"

namespace gmr::vm {

namespace {

RowValue ToValue(std::string_view word) {
  RowValue value;
  value.is_required = word.starts_with('=');
  value.is_age = word.starts_with('<');
  value.path = ContextPath::Parse(word.substr(value.is_required || value.is_age ? 1 : 0));
  return value;
}

bool IsUsable(const ContextRow& row) {
  const auto is_broken = [](const RowValue& value) { return value.path.steps.empty(); };
  return !row.name.empty() && !row.holder.steps.empty() && !row.values.empty() &&
         row.values.size() <= ContextRow::kMaxValues && row.values.front().is_required &&
         std::none_of(row.values.begin(), row.values.end(), is_broken);
}

}  // namespace

ContextRows ContextRows::Parse(std::string_view text) {
  ContextRows rows;
  while (!text.empty()) {
    std::string_view line = platform::TakePart(&text, '\n');
    ContextRow row;
    row.name = std::string(platform::TakePart(&line, '\t'));
    row.holder = ContextPath::Parse(platform::TakePart(&line, '\t'));
    while (!line.empty()) row.values.push_back(ToValue(platform::TakePart(&line, '\t')));
    if (IsUsable(row)) rows.rows_.push_back(std::move(row));
  }
  return rows;
}

ContextRows ContextRows::FromBundle(std::string_view source) { return Parse(BundleTable(source, "context")); }

}  // namespace gmr::vm
