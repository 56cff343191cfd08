#include "wanted_values.h"

#include <algorithm>

#include "../../base/split_text.h"
#include "bundle_table.h"

namespace gmr::vm {

namespace {

constexpr std::string_view kReleaser = "releaser:";
constexpr std::string_view kArrow = "arrow:";
constexpr std::string_view kCanceller = "canceller:";

void AddPath(std::string_view text, std::vector<ValuePath>* paths) {
  ValuePath path{std::string(text), {}};
  while (!text.empty()) path.steps.emplace_back(platform::TakePart(&text, '.'));
  const bool is_known = std::any_of(paths->begin(), paths->end(),
                                    [&](const ValuePath& other) { return other.text == path.text; });
  const bool fits = !path.steps.empty() && path.steps.size() <= WantedValues::kMaxSteps;
  if (fits && !is_known && paths->size() < WantedValues::kMaxPaths) paths->push_back(std::move(path));
}

}  // namespace

WantedValues WantedValues::Parse(std::string_view text) {
  WantedValues wanted;
  while (!text.empty()) {
    std::string_view row = platform::TakePart(&text, '\n');
    const std::string_view name = platform::TakePart(&row, '\t');
    if (name.empty()) continue;
    WantedRow& known = wanted.rows_[std::string(name)];
    while (!row.empty()) wanted.AddWord(platform::TakePart(&row, '\t'), &known);
  }
  return wanted;
}

void WantedValues::AddWord(std::string_view word, WantedRow* row) {
  if (word.empty()) return;
  const std::string_view rest = word.substr(1);
  switch (word.front()) {
    case '+':
      return AddPath(rest, &row->tokens);
    case '-':
      return AddPath(rest, &row->idle);
    case '>':
      has_wrappers_ = true;
      return AddPath(rest, &row->wrapped);
    case '=':
      row->by_methods = row->by_methods || rest == "methods";
      row->by_closures = row->by_closures || rest == "closures";
      row->through_closures = row->through_closures || rest == "through";
      if (rest.starts_with(kReleaser)) row->releaser = rest.substr(kReleaser.size());
      if (rest.starts_with(kArrow)) row->arrow = rest.substr(kArrow.size());
      if (rest.starts_with(kCanceller)) AddCanceller(rest.substr(kCanceller.size()), row);
      return;
    default:
      return AddPath(word, &row->values);
  }
}

void WantedValues::AddCanceller(std::string_view name, WantedRow* row) {
  if (name.empty() || cancellers_.size() == kMaxPaths) return;
  row->cancellers.emplace_back(name);
  cancellers_.emplace_back(name);
}

WantedValues WantedValues::FromBundle(std::string_view source) {
  return Parse(BundleTable(source, "wanted"));
}

const WantedRow* WantedValues::Find(std::string_view name) const {
  const auto found = rows_.find(name);
  return found == rows_.end() ? nullptr : &found->second;
}

}  // namespace gmr::vm
