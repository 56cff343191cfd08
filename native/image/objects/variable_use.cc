#include "variable_use.h"

#include <algorithm>
#include <iterator>
#include <string_view>

#include "../text/giving_back.h"
#include "../text/source_use.h"
#include "shared_function.h"
#include "source_window.h"

namespace gmr::vm {

namespace {

constexpr size_t kMaxNameUnits = 128;

// From UTF-8. 0: it is none, or too long.
size_t Widen(const char* name, char16_t* units) {
  size_t count = 0;
  while (*name != 0) {
    const auto first = static_cast<uint8_t>(*name++);
    const int more = first < 0x80 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
    uint32_t point = more == 0 ? first : first & (0x3fu >> more);
    for (int i = 0; i < more; ++i, ++name) {
      const auto next = static_cast<uint8_t>(*name);
      if ((next & 0xc0) != 0x80) return 0;
      point = point << 6 | (next & 0x3f);
    }
    if (count + 2 > kMaxNameUnits) return 0;
    if (point > 0xffff) {
      units[count++] = static_cast<char16_t>(0xd7c0 + (point >> 10));
      point = 0xdc00 | (point & 0x3ff);
    }
    units[count++] = static_cast<char16_t>(point);
  }
  return count;
}

uint64_t HashOf(std::u16string_view name, Tagged shared) {
  uint64_t hash = 0xcbf29ce484222325 ^ shared.bits();
  for (const char16_t unit : name) hash = (hash ^ unit) * 0x100000001b3;
  return hash == 0 ? 1 : hash;
}

// Without these, no use of the name can be in a source: most functions have none of them.
bool MayUse(std::u16string_view source, std::u16string_view name) {
  constexpr std::u16string_view kAlways[] = {u"\\u", u"eval", u"with"};
  for (const std::u16string_view part : kAlways) {
    if (source.find(part) != source.npos) return true;
  }
  return source.find(name) != source.npos || (name == u"this" && source.find(u"super") != source.npos);
}

}  // namespace

struct VariableUse::State {
  static constexpr size_t kAnswers = 8192;

  struct Answer {
    uint64_t key = 0;  // of function and name
    SourceUse use;
  };

  Answer answers[kAnswers];
  char16_t units[kMaxUnits];
  // What `units` holds.
  Tagged shared;
  std::u16string_view source;
  uint64_t bytes = 0;  // that were read or searched
  SourceSearch search;

  bool Spend(uint64_t more) {
    if (more > kMaxBytes - bytes) return false;
    bytes += more;
    return true;
  }
  bool ReadSource(const HeapReader& heap, const RawStrings& strings, const FunctionText& text);
  SourceUse Find(const HeapReader& heap, const RawStrings& strings, const FunctionText& text,
                 std::u16string_view name);
};

VariableUse::VariableUse(const HeapReader* heap, const RawStrings* strings)
    : heap_(heap), strings_(strings), state_(std::make_unique<State>()) {}

VariableUse::~VariableUse() = default;

void VariableUse::Reset() {
  std::fill(std::begin(state_->answers), std::end(state_->answers), State::Answer());
  state_->shared = Tagged();
  state_->bytes = 0;
}

bool VariableUse::State::ReadSource(const HeapReader& heap, const RawStrings& strings,
                                    const FunctionText& text) {
  if (shared == text.shared) return true;
  shared = Tagged();
  Tagged string;
  FlatString flat;
  uint64_t map = 0;
  uint64_t map_now = 0;
  const auto begin = static_cast<uint32_t>(text.start);
  const auto count = static_cast<uint32_t>(text.end - text.start);
  if (count > kMaxUnits) return false;
  if (!heap.Load(text.script, heap.layout().script_source, &string) || !string.IsObject()) return false;
  if (!strings.Flatten(string, &flat) || static_cast<uint32_t>(text.end) > flat.length) return false;
  if (!Spend(size_t{count} * (flat.one_byte ? 1 : 2))) return false;
  if (!LoadUnits(&heap.memory(), flat, begin, count, units)) return false;
  // While the isolate runs, the string may have been moved meanwhile.
  const platform::Address header = string.Slot(0);
  if (!heap.memory().Load(header, &map)) return false;
  heap.memory().LoadEach(&header, 1, &map_now);
  if (map != map_now) return false;
  shared = text.shared;
  source = {units, count};
  return true;
}

SourceUse VariableUse::State::Find(const HeapReader& heap, const RawStrings& strings,
                                   const FunctionText& text, std::u16string_view name) {
  const uint64_t key = HashOf(name, text.shared);
  Answer& answer = answers[key % kAnswers];
  if (answer.key == key) return answer.use;
  if (!ReadSource(heap, strings, text)) return {};
  SourceUse use;
  use.is_known = true;
  if (MayUse(source, name)) use = Spend(source.size()) ? search.Find(source, name) : SourceUse();
  answer = {key, use};
  return use;
}

SourceUse VariableUse::Find(Tagged function, const char* name) {
  FunctionText text;
  char16_t units[kMaxNameUnits];
  const size_t count = Widen(name, units);
  // Variables of V8's own have a dot in front, and no function names them.
  if (count == 0 || units[0] == u'.' || !FindFunctionText(*heap_, function, &text)) return {};
  return state_->Find(*heap_, *strings_, text, {units, count});
}

Mention VariableUse::Mentions(Tagged function, const char* name) {
  const SourceUse use = Find(function, name);
  if (!use.is_known || use.is_dynamic) return Mention::kUnknown;
  return use.variable ? Mention::kYes : Mention::kNo;
}

Mention VariableUse::MentionsProperty(Tagged function, const char* name) {
  const SourceUse use = Find(function, name);
  if (!use.is_known || use.is_dynamic) return Mention::kUnknown;
  return use.property ? Mention::kYes : Mention::kNo;
}

bool VariableUse::ReadAround(Tagged function, int32_t offset, size_t* at) {
  FunctionText text;
  if (!FindFunctionText(*heap_, function, &text) || offset < text.start || offset > text.end) return false;
  *at = static_cast<size_t>(offset - text.start);
  return state_->ReadSource(*heap_, *strings_, text) && state_->Spend(state_->source.size());
}

bool VariableUse::ReadWhole(Tagged function) {
  FunctionText text;
  return FindFunctionText(*heap_, function, &text) && state_->ReadSource(*heap_, *strings_, text) &&
         state_->Spend(state_->source.size());
}

std::vector<LockCall> VariableUse::FindLockCalls(Tagged function, int32_t offset) {
  size_t at = 0;
  return ReadAround(function, offset, &at) ? vm::FindLockCalls(state_->source, at) : std::vector<LockCall>();
}

std::string VariableUse::FindAwaitedMethod(Tagged function, int32_t offset) {
  size_t at = 0;
  return ReadAround(function, offset, &at) ? vm::FindAwaitedMethod(state_->source, at) : std::string();
}

TurnCalls VariableUse::FindTurnCalls(Tagged function, int32_t offset) {
  size_t at = 0;
  const bool is_read = offset < 0 ? ReadWhole(function) : ReadAround(function, offset, &at);
  return is_read ? vm::FindTurnCalls(state_->source, at) : TurnCalls();
}

GivingBack VariableUse::FindGivingBack(Tagged function, int32_t offset) {
  size_t at = 0;
  return ReadAround(function, offset, &at) ? vm::FindGivingBack(state_->source, at) : GivingBack();
}

}  // namespace gmr::vm
