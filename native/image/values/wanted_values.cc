#include "wanted_values.h"

#include <algorithm>

namespace gmr::vm {

namespace {

constexpr std::string_view kBegin = "/*gmr-wanted\n";
constexpr std::string_view kEnd = "*/";

// The text up to `separator`, which is taken off `*rest` with it.
std::string_view Next(std::string_view* rest, char separator) {
  const size_t end = std::min(rest->find(separator), rest->size());
  const std::string_view part = rest->substr(0, end);
  rest->remove_prefix(std::min(end + 1, rest->size()));
  return part;
}

ValuePath ToPath(std::string_view text) {
  ValuePath path{std::string(text), {}};
  while (!text.empty()) path.steps.emplace_back(Next(&text, '.'));
  return path;
}

}  // namespace

WantedValues WantedValues::Parse(std::string_view text) {
  WantedValues wanted;
  while (!text.empty()) {
    std::string_view row = Next(&text, '\n');
    const std::string_view name = Next(&row, '\t');
    if (name.empty()) continue;
    std::vector<ValuePath>& paths = wanted.rows_[std::string(name)];
    while (!row.empty() && paths.size() < kMaxPaths) {
      ValuePath path = ToPath(Next(&row, '\t'));
      const bool is_known = std::any_of(paths.begin(), paths.end(),
                                        [&](const ValuePath& other) { return other.text == path.text; });
      if (!path.steps.empty() && path.steps.size() <= kMaxSteps && !is_known)
        paths.push_back(std::move(path));
    }
  }
  return wanted;
}

WantedValues WantedValues::FromBundle(std::string_view source) {
  if (!source.starts_with(kBegin)) return {};
  source.remove_prefix(kBegin.size());
  const size_t end = source.find(kEnd);
  return end == source.npos ? WantedValues() : Parse(source.substr(0, end));
}

const std::vector<ValuePath>* WantedValues::Find(std::string_view name) const {
  const auto found = rows_.find(name);
  return found == rows_.end() ? nullptr : &found->second;
}

}  // namespace gmr::vm
