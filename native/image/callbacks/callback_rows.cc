#include "callback_rows.h"

#include <algorithm>
#include <charconv>

#include "../../base/split_text.h"

namespace gmr::vm {

namespace {

ValuePath ToPath(std::string_view text) {
  ValuePath path{std::string(text), {}};
  while (!text.empty()) path.steps.emplace_back(platform::TakePart(&text, '.'));
  return path;
}

CallbackPath ToChain(std::string_view text, size_t next) {
  CallbackPath chain;
  chain.next = ToPath(text.substr(next + 1));
  text = text.substr(0, next);
  while (!text.empty()) chain.handlers.push_back(ToPath(platform::TakePart(&text, '|')));
  return chain;
}

CallbackPath ToCallbackPath(std::string_view text) {
  const size_t next = text.find('>');
  if (next != text.npos) return ToChain(text, next);
  CallbackPath path;
  path.parts.emplace_back();
  while (!text.empty()) {
    const std::string_view step = platform::TakePart(&text, '.');
    if (step.starts_with('(') && step.ends_with(')')) {
      path.parts.emplace_back();
      path.parts.back().variable = step.substr(1, step.size() - 2);
    } else {
      path.parts.back().path.steps.emplace_back(step);
    }
  }
  return path;
}

CallbackRow::Condition ToCondition(const OpenCondition& from) {
  CallbackRow::Condition condition;
  std::string_view text = from.path.text;
  condition.is_negated = from.is_negated;
  if (from.has_value) condition.value = from.value;
  const size_t mask = text.find('&');
  if (mask != text.npos) {
    std::from_chars(text.data() + mask + 1, text.data() + text.size(), condition.mask);
    text = text.substr(0, mask);
  }
  condition.path = ToPath(text);
  return condition;
}

}  // namespace

CallbackRow CallbackRow::From(const OpenRow& row) {
  CallbackRow result;
  for (const OpenPath& path : row.callbacks) result.paths.push_back(ToCallbackPath(path.text));
  for (const OpenCondition& condition : row.conditions) result.conditions.push_back(ToCondition(condition));
  return result;
}

}  // namespace gmr::vm
