#include "open_rows.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <utility>

#include "../../base/split_text.h"
#include "../values/bundle_table.h"

namespace gmr::vm {

namespace {

constexpr std::string_view kFile = "file:";
constexpr std::string_view kNative = "native";
constexpr std::string_view kVariable = "()";
constexpr std::string_view kMinusOne = "-1]";
constexpr char kLabel = '/';
constexpr std::string_view kScript = "script";

bool IsIndex(std::string_view text, int32_t* index) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *index);
  return error == std::errc() && end == text.data() + text.size() && *index >= 0;
}

using Fact = OpenStep::Fact;

constexpr std::pair<std::string_view, Fact> kFacts[] = {
    {"%dueMs", Fact::kDueMs},
    {"%alive", Fact::kAlive},
    {"%type", Fact::kType},
    {"%active", Fact::kActive},
    {"%refed", Fact::kRefed},
    {"%closing", Fact::kClosing},
    {"%fd", Fact::kFd},
    {"%pid", Fact::kPid},
    {"%path", Fact::kPath},
    {"%queued", Fact::kQueued},
    {"%peer", Fact::kPeer},
    {"%peerHost", Fact::kPeerHost},
    {"%local", Fact::kLocal},
    {"%listening", Fact::kListening},
    {"%state", Fact::kState},
    {"%target", Fact::kTarget},
    {"%receivedMs", Fact::kReceivedMs},
    {"%sentMs", Fact::kSentMs},
    {"%receiveQueue", Fact::kReceiveQueue},
    {"%sendQueue", Fact::kSendQueue},
};

Fact FactOf(std::string_view name) {
  const auto* const known = std::find_if(std::begin(kFacts), std::end(kFacts),
                                         [&](const auto& fact) { return fact.first == name; });
  return known == std::end(kFacts) ? Fact::kUnknown : known->second;
}

OpenStep::Kind KindOf(std::string_view text, int32_t* index) {
  if (text == "length") return OpenStep::Kind::kLength;
  if (text == "size") return OpenStep::Kind::kSize;
  if (text == "*") return OpenStep::Kind::kEach;
  if (text.starts_with(kVariable))
    return text.ends_with(kMinusOne) ? OpenStep::Kind::kElementBefore : OpenStep::Kind::kVariable;
  if (text.starts_with('%')) return OpenStep::Kind::kFact;
  if (text.starts_with('@') || text.starts_with('#')) return OpenStep::Kind::kDescribed;
  return IsIndex(text, index) ? OpenStep::Kind::kIndex : OpenStep::Kind::kProperty;
}

}  // namespace

OpenStep OpenRows::ToStep(std::string_view text) {
  OpenStep step;
  step.kind = KindOf(text, &step.index);
  step.name = text.starts_with('@') ? text.substr(1) : text;
  if (step.kind == OpenStep::Kind::kFact) step.fact = FactOf(step.name);
  if (text.starts_with(kVariable)) step.name = text.substr(kVariable.size());
  if (step.kind == OpenStep::Kind::kElementBefore) {
    std::string_view rest = text.substr(kVariable.size(), text.size() - kVariable.size() - kMinusOne.size());
    step.name = platform::TakePart(&rest, '[');
    step.counter = rest;
  }
  const auto known = std::find(step_names_.begin(), step_names_.end(), text);
  step.number = static_cast<uint32_t>(known - step_names_.begin());
  if (known == step_names_.end()) step_names_.emplace_back(text);
  return step;
}

OpenPath OpenRows::ToPath(std::string_view text) {
  OpenPath path{std::string(text), {}};
  while (!text.empty()) {
    std::string step(platform::TakePart(&text, '.'));
    while (text.starts_with('.')) {
      text.remove_prefix(1);
      step.append(1, '.').append(platform::TakePart(&text, '.'));
    }
    path.steps.push_back(ToStep(step));
  }
  return path;
}

void OpenRows::AddPath(std::string_view text, std::vector<OpenPath>* paths) {
  OpenPath path = ToPath(text);
  const bool is_known = std::any_of(paths->begin(), paths->end(),
                                    [&](const OpenPath& other) { return other.text == path.text; });
  const bool fits = !path.steps.empty() && path.steps.size() <= kMaxSteps && paths->size() < kMaxWords;
  if (fits && !is_known) paths->push_back(std::move(path));
}

void OpenRows::AddCondition(std::string_view text, bool is_negated, OpenRow* row) {
  OpenCondition condition;
  const size_t equals = text.find('=');
  condition.is_negated = is_negated;
  condition.has_value = equals != text.npos;
  condition.path = ToPath(text.substr(0, equals));
  if (condition.has_value) condition.value = text.substr(equals + 1);
  const bool fits = !condition.path.steps.empty() && condition.path.steps.size() <= kMaxSteps;
  if (fits && row->conditions.size() < kMaxWords) row->conditions.push_back(std::move(condition));
}

void OpenRows::AddWord(std::string_view word, OpenRow* row) {
  if (word.empty()) return;
  const std::string_view rest = word.substr(1);
  switch (word.front()) {
    case '~':
      return AddPath(rest, &row->numbers);
    case '&':
      return AddPath(rest, &row->functions);
    case '^':
      return AddPath(rest, &row->callbacks);
    case '?':
      return AddCondition(rest, false, row);
    case '!':
      return AddCondition(rest, true, row);
    case '=':
      row->is_native = row->is_native || rest == kNative;
      row->is_script = row->is_script || rest == kScript;
      if (rest.starts_with(kFile)) row->file = rest.substr(kFile.size());
      return;
    default:
      return AddPath(word, &row->keys);
  }
}

OpenRows OpenRows::Parse(std::string_view text) {
  OpenRows open;
  while (!text.empty() && open.rows_.size() < kMaxRows) {
    std::string_view line = platform::TakePart(&text, '\n');
    OpenRow row;
    row.name = platform::TakePart(&line, '\t');
    row.class_name = row.name.substr(0, row.name.find(kLabel));
    if (row.class_name.empty()) continue;
    while (!line.empty()) open.AddWord(platform::TakePart(&line, '\t'), &row);
    open.rows_.push_back(std::move(row));
  }
  return open;
}

OpenRows OpenRows::FromBundle(std::string_view source) { return Parse(BundleTable(source, "open")); }

}  // namespace gmr::vm
