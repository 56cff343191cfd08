#include "wanted_values.h"

#include <algorithm>

namespace gmr::vm {

namespace {

constexpr std::string_view kBegin = "/*gmr-wanted\n";
constexpr std::string_view kEnd = "*/";
constexpr std::string_view kReleaser = "releaser:";
constexpr std::string_view kArrow = "arrow:";

// The text up to `separator`, which is taken off `*rest` with it.
std::string_view Next(std::string_view* rest, char separator) {
  const size_t end = std::min(rest->find(separator), rest->size());
  const std::string_view part = rest->substr(0, end);
  rest->remove_prefix(std::min(end + 1, rest->size()));
  return part;
}

void AddPath(std::string_view text, std::vector<ValuePath>* paths) {
  ValuePath path{std::string(text), {}};
  while (!text.empty()) path.steps.emplace_back(Next(&text, '.'));
  const bool is_known = std::any_of(paths->begin(), paths->end(),
                                    [&](const ValuePath& other) { return other.text == path.text; });
  const bool fits = !path.steps.empty() && path.steps.size() <= WantedValues::kMaxSteps;
  if (fits && !is_known && paths->size() < WantedValues::kMaxPaths) paths->push_back(std::move(path));
}

}  // namespace

WantedValues WantedValues::Parse(std::string_view text) {
  WantedValues wanted;
  while (!text.empty()) {
    std::string_view row = Next(&text, '\n');
    const std::string_view name = Next(&row, '\t');
    if (name.empty()) continue;
    WantedRow& known = wanted.rows_[std::string(name)];
    while (!row.empty()) wanted.AddWord(Next(&row, '\t'), &known);
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
      if (rest.starts_with(kReleaser)) row->releaser = rest.substr(kReleaser.size());
      if (rest.starts_with(kArrow)) row->arrow = rest.substr(kArrow.size());
      return;
    default:
      return AddPath(word, &row->values);
  }
}

WantedValues WantedValues::FromBundle(std::string_view source) {
  if (!source.starts_with(kBegin)) return {};
  source.remove_prefix(kBegin.size());
  const size_t end = source.find(kEnd);
  return end == source.npos ? WantedValues() : Parse(source.substr(0, end));
}

const WantedRow* WantedValues::Find(std::string_view name) const {
  const auto found = rows_.find(name);
  return found == rows_.end() ? nullptr : &found->second;
}

}  // namespace gmr::vm
