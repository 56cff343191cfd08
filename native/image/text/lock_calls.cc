#include "lock_calls.h"

#include <algorithm>
#include <iterator>
#include <span>
#include <utility>

#include "code_blocks.h"
#include "code_calls.h"
#include "loops_around.h"

namespace gmr::vm {

namespace {

using Kind = ScriptToken::Kind;
using Names = std::vector<std::u16string_view>;

constexpr size_t kNone = CodeBlocks::kNone;

// How names begin, in lower case.
constexpr std::string_view kGivingBack[] = {"release",  "unlock",  "leave",   "exit",
                                            "giveback", "checkin", "putback", "relinquish"};
// Names that mean it only as a whole, and those that may mean anything outside of a `finally`.
constexpr std::string_view kShort[] = {"give", "free", "up", "v"};
constexpr std::string_view kInFinally[] = {"next", "done"};
// They call the functions that they are given, later.
constexpr std::string_view kCallers[] = {"finally", "then",     "setTimeout", "setImmediate",
                                         "once",    "nextTick", "on",         "queueMicrotask"};

bool IsOneOf(std::string_view text, std::span<const std::string_view> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

// Without what distinguishes private methods, case and style: `#release_now` is `releasenow`.
std::string PlainName(const std::string& name) {
  std::string plain;
  for (const char unit : name) {
    if (unit == '_' || unit == '#' || unit == '$') continue;
    plain.push_back(unit >= 'A' && unit <= 'Z' ? static_cast<char>(unit - 'A' + 'a') : unit);
  }
  return plain;
}

class Calls {
 public:
  Calls(const LoopsAround& loops, const char16_t* place)
      : loops_(loops), tokens_(loops.tokens()), blocks_(loops.tokens()), calls_(loops.tokens()) {
    for (; place_ < tokens_.size() && tokens_[place_].text.data() < place; ++place_) continue;
    for (const CodeCall& call : calls_.all()) (call.object.empty() ? bare_ : all_).push_back(call);
  }

  std::vector<LockCall> Find();
  std::string Awaited();

 private:
  bool Is(size_t at, Kind kind) const { return at < tokens_.size() && tokens_[at].Is(kind); }
  bool IsWord(size_t at, std::u16string_view word) const {
    return Is(at, Kind::kName) && tokens_[at].text == word;
  }
  // Of one character, other than brackets and those that are told apart by their kind.
  bool IsOperator(size_t at, std::u16string_view text) const {
    return Is(at, Kind::kOperator) && tokens_[at].text == text;
  }
  bool IsAwait(size_t at) const { return IsWord(at, u"await") || IsWord(at, u"yield"); }
  bool IsBefore(const CodeCall& call) const { return call.first < place_; }
  bool IsBehind(const CodeCall& call) const {
    return !IsBefore(call) && blocks_.IsReached(call.first, place_);
  }
  bool GivesBack(const CodeCall& call) const;
  bool Takes(const CodeCall& call, const CodeCall& giving) const;
  bool IsWhole(const CodeCall& call) const;
  bool IsInSameLoops(const CodeCall& taking, const CodeCall& giving) const;
  size_t ReadTarget(size_t await, Names* names) const;
  bool IsGiven(const Names& names, const CodeCall& giving) const;
  bool IsAskedFor(const Names& names) const;
  bool IsPassedOn(const std::string& name) const;
  bool IsCalledOrPassed(size_t at) const;
  bool IsOneGivenBack() const;
  bool IsReleaser(const CodeCall& call) const;
  void FindReleasers(std::vector<LockCall>* found) const;
  void FindPairs(std::vector<LockCall>* found) const;

  const LoopsAround& loops_;
  const std::vector<ScriptToken>& tokens_;
  CodeBlocks blocks_;
  CodeCalls calls_;
  size_t place_ = 0;
  std::vector<CodeCall> all_;
  std::vector<CodeCall> bare_;  // of a variable
};

bool Calls::GivesBack(const CodeCall& call) const {
  const std::string name = PlainName(call.method);
  if (std::any_of(std::begin(kGivingBack), std::end(kGivingBack),
                  [&](std::string_view word) { return name.starts_with(word); }))
    return true;
  return IsOneOf(name, kShort) || (IsOneOf(name, kInFinally) && blocks_.IsInFinally(call.first, place_));
}

// Where a statement begins that assigns what is awaited at `await`, and to which variables: that of `await`
// if it assigns nothing. kNone: it is no such statement.
size_t Calls::ReadTarget(size_t await, Names* names) const {
  size_t at = await;
  if (at > 1 && Is(at - 1, Kind::kAssign)) {
    const size_t end = at - 2;
    const bool is_pattern = Is(end, Kind::kCloseSquare) || Is(end, Kind::kCloseBrace);
    at = is_pattern ? blocks_.PartnerOf(end) : end;
    if (at == kNone || (!is_pattern && !Is(at, Kind::kName))) return kNone;
    for (size_t i = at; i <= end; ++i) {
      if (Is(i, Kind::kName) && !Is(i + 1, Kind::kColon)) names->push_back(tokens_[i].text);
    }
    const bool is_declared =
        at > 0 && (IsWord(at - 1, u"const") || IsWord(at - 1, u"let") || IsWord(at - 1, u"var"));
    if (is_declared) --at;
    if (is_pattern && !is_declared) return kNone;
  }
  return blocks_.BeginsStatement(at) ? at : kNone;
}

// Whether nothing else is done with its result: not `lock.enter().catch(...)`, nor `await lock.enter() && x`.
bool Calls::IsWhole(const CodeCall& call) const {
  const size_t end = blocks_.PartnerOf(call.arguments);
  if (end == kNone) return false;
  return Is(end + 1, Kind::kSemicolon) || Is(end + 1, Kind::kCloseBrace) || blocks_.BeginsStatement(end + 1);
}

// In a loop, what is behind the place ran before it too, so what was taken outside of the loop was given
// back.
bool Calls::IsInSameLoops(const CodeCall& taking, const CodeCall& giving) const {
  return !loops_.Any([&](std::u16string_view before, std::u16string_view whole) {
    const bool has_taking = tokens_[taking.first].text.data() >= before.data();
    const bool has_giving = tokens_[giving.first].text.data() < whole.data() + whole.size();
    return has_taking != has_giving;
  });
}

// Whether what is given back, if anything is named, is what was taken.
bool Calls::IsGiven(const Names& names, const CodeCall& giving) const {
  const size_t argument = giving.arguments + 1;
  if (names.empty() || Is(argument, Kind::kCloseParen)) return true;
  return Is(argument, Kind::kName) &&
         std::find(names.begin(), names.end(), tokens_[argument].text) != names.end();
}

// Whether it is asked later whether there is a result: `if (hasLock) lock.leave()`.
bool Calls::IsAskedFor(const Names& names) const {
  for (size_t i = place_; i < tokens_.size(); ++i) {
    if (!Is(i, Kind::kName) || std::find(names.begin(), names.end(), tokens_[i].text) == names.end())
      continue;
    const size_t around = blocks_.Around(i);
    const bool is_in_head = around != kNone && around > place_ && IsWord(around - 1, u"if");
    const bool is_condition =
        Is(i + 1, Kind::kQuestion) || (IsOperator(i + 1, u"&") && IsOperator(i + 2, u"&"));
    if (is_in_head || is_condition) return true;
  }
  return false;
}

bool Calls::Takes(const CodeCall& call, const CodeCall& giving) const {
  const size_t argument = call.arguments + 1;
  const bool has_key = !Is(argument, Kind::kCloseParen) &&
                       !(Is(argument, Kind::kNumber) && Is(argument + 1, Kind::kCloseParen));
  if (call.first == 0 || !IsAwait(call.first - 1) || has_key || !IsWhole(call)) return false;
  Names names;
  const size_t statement = ReadTarget(call.first - 1, &names);
  if (statement == kNone || !blocks_.RunsBefore(statement, place_) || !IsInSameLoops(call, giving))
    return false;
  const bool is_named = !names.empty() && !Is(giving.arguments + 1, Kind::kCloseParen);
  return IsGiven(names, giving) && (is_named || !IsAskedFor(names));
}

std::vector<LockCall> Calls::Find() {
  std::vector<LockCall> found;
  for (const CodeCall& call : all_) {
    if (!IsBehind(call)) continue;
    const auto is_known = [&](const LockCall& other) { return other.object == call.object; };
    if (std::any_of(found.begin(), found.end(), is_known)) continue;
    // Only the first call behind the place counts, also where it says nothing.
    LockCall& lock = found.emplace_back();
    lock.object = call.object;
    if (!GivesBack(call) || IsPassedOn(call.object.back())) continue;
    bool has_given = false;
    for (const CodeCall& other : all_) {
      if (!IsBefore(other) || other.object != call.object) continue;
      has_given = has_given || other.method == call.method || GivesBack(other);
      if (Takes(other, call)) lock.taken.push_back(other.method);
    }
    if (!has_given && !lock.taken.empty()) lock.method = call.method;
  }
  std::erase_if(found, [](const LockCall& call) { return call.method.empty(); });
  FindReleasers(&found);
  FindPairs(&found);
  return found;
}

// Whether what is waited for at the place gets this as an argument, as a condition variable gets its lock,
// which it gives back meanwhile.
bool Calls::IsPassedOn(const std::string& name) const {
  for (size_t i = place_; i < tokens_.size() && (i == place_ || !blocks_.BeginsStatement(i)); ++i) {
    std::string text;
    const bool is_last = Is(i + 1, Kind::kComma) || Is(i + 1, Kind::kCloseParen);
    if (is_last && calls_.ToText(i, &text) && text == name) return true;
  }
  return false;
}

// Whether the variable that is called has what a call has taken, and is not used before or otherwise.
bool Calls::IsReleaser(const CodeCall& call) const {
  const std::u16string_view name = tokens_[call.first].text;
  const auto gives = [&](const CodeCall& taking) {
    Names names;
    return IsBefore(taking) && Takes(taking, call) && ReadTarget(taking.first - 1, &names) != kNone &&
           std::find(names.begin(), names.end(), name) != names.end();
  };
  if (!std::any_of(all_.begin(), all_.end(), gives) && !std::any_of(bare_.begin(), bare_.end(), gives))
    return false;
  size_t others = 0;
  for (size_t i = 0; i < tokens_.size(); ++i) {
    const bool is_it = Is(i, Kind::kName) && tokens_[i].text == name && (i == 0 || !Is(i - 1, Kind::kDot));
    const bool is_called = Is(i + 1, Kind::kOpenParen) && i >= place_;
    if (is_it && !is_called) ++others;
  }
  // Where it is assigned.
  return others == 1;
}

// Whether a function in a variable is called at this token before the place, or passed to what calls it
// later.
bool Calls::IsCalledOrPassed(size_t at) const {
  if (Is(at + 1, Kind::kOpenParen) && at < place_) return true;
  const bool is_argument = Is(at - 1, Kind::kOpenParen) || Is(at - 1, Kind::kComma);
  const size_t bracket = is_argument ? blocks_.Around(at) : kNone;
  std::string caller;
  return bracket != kNone && bracket > 0 && Is(bracket, Kind::kOpenParen) &&
         calls_.ToText(bracket - 1, &caller) && IsOneOf(caller, kCallers);
}

// Whether one of the functions that were handed out may have been called, or is called by something else:
// `done()` before the place, or `.finally(done)`. It may still be in a register.
bool Calls::IsOneGivenBack() const {
  Names names;
  for (const std::vector<CodeCall>* const calls : {&all_, &bare_}) {
    for (const CodeCall& taking : *calls) {
      if (IsBefore(taking) && taking.first > 0 && IsAwait(taking.first - 1))
        ReadTarget(taking.first - 1, &names);
    }
  }
  std::sort(names.begin(), names.end());
  for (size_t i = 1; i < tokens_.size(); ++i) {
    const bool is_it = Is(i, Kind::kName) && std::binary_search(names.begin(), names.end(), tokens_[i].text);
    if (is_it && IsCalledOrPassed(i)) return true;
  }
  return false;
}

void Calls::FindReleasers(std::vector<LockCall>* found) const {
  if (IsOneGivenBack()) return;
  for (const CodeCall& call : bare_) {
    const auto is_known = [&](const LockCall& other) {
      return other.object.empty() && other.method == call.method;
    };
    if (IsBehind(call) && !std::any_of(found->begin(), found->end(), is_known) && IsReleaser(call))
      found->push_back({{}, call.method, {}});
  }
}

// `await acquire()` and then `release()`: two functions in variables.
void Calls::FindPairs(std::vector<LockCall>* found) const {
  for (const CodeCall& call : bare_) {
    const auto is_known = [&](const LockCall& other) {
      return other.object.empty() && other.method == call.method;
    };
    if (!IsBehind(call) || !GivesBack(call) || IsPassedOn(call.method) ||
        std::any_of(found->begin(), found->end(), is_known))
      continue;
    LockCall lock{{}, call.method, {}};
    bool has_given = false;
    for (const CodeCall& other : bare_) {
      if (!IsBefore(other)) continue;
      has_given = has_given || GivesBack(other);
      if (Takes(other, call)) lock.taken.push_back(other.method);
    }
    if (!has_given && !lock.taken.empty()) found->push_back(std::move(lock));
  }
}

std::string Calls::Awaited() {
  if (!IsAwait(place_)) return {};
  for (const std::vector<CodeCall>* const calls : {&all_, &bare_}) {
    for (const CodeCall& call : *calls) {
      if (call.first == place_ + 1) return call.method;
    }
  }
  return {};
}

}  // namespace

std::vector<LockCall> FindLockCalls(std::u16string_view source, size_t offset) {
  if (offset > source.size()) return {};
  LoopsAround loops(source, offset);
  if (!loops.Find()) return {};
  return Calls(loops, source.data() + offset).Find();
}

std::string FindAwaitedMethod(std::u16string_view source, size_t offset) {
  if (offset > source.size()) return {};
  LoopsAround loops(source, offset);
  if (!loops.Find()) return {};
  return Calls(loops, source.data() + offset).Awaited();
}

}  // namespace gmr::vm
