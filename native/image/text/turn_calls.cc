#include "turn_calls.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "code_blocks.h"
#include "code_calls.h"
#include "code_conditions.h"
#include "loops_around.h"

namespace gmr::vm {

namespace {

using Kind = ScriptToken::Kind;
using Condition = CodeConditions::Condition;

constexpr size_t kNone = CodeBlocks::kNone;
// Neither `delete` nor `splice` at an index that was looked up: they also remove a waiter that gave up.
constexpr std::string_view kTaking[] = {"shift", "pop",    "forEach",     "dequeue",
                                        "poll",  "values", "removeFirst", "popFront"};
constexpr std::u16string_view kLiterals[] = {u"false", u"true", u"null", u"undefined", u"0"};

// A condition with more names is taken to mention none.
constexpr size_t kMaxNames = 32;

class Turns {
 public:
  Turns(const LoopsAround& loops, const char16_t* place)
      : loops_(loops),
        tokens_(loops.tokens()),
        blocks_(loops.tokens()),
        conditions_(loops.tokens(), blocks_),
        calls_(loops.tokens()) {
    while (place_ < tokens_.size() && tokens_[place_].text.data() < place) ++place_;
  }

  TurnCalls Find() const {
    TurnCalls found;
    found.has_parameters = !Is(0, Kind::kOpenParen) || !Is(1, Kind::kCloseParen);
    found.is_arrow = IsArrow();
    found.frees = Frees();
    found.waits_by_parameter = WaitsByParameter();
    for (const CodeCall& call : calls_.all()) {
      if (call.first < place_ && IsTaking(call) && IsHandled(call))
        Add(call.object, call.first, &found.handled);
      if (!IsReached(call.first)) continue;
      if (IsTaking(call)) Add(call.object, call.first, &found.lists);
      const bool is_on_this = call.object.size() == 1 && call.object.front() == "this";
      if (is_on_this) Add({"this", call.method}, call.first, &found.calls);
      if (call.object.empty()) Add({call.method}, call.first, &found.calls);
    }
    for (size_t i = 0; i < tokens_.size(); ++i) {
      size_t end = 0;
      if (!IsWord(i, u"of") || !IsReached(i)) continue;
      const std::vector<std::string> names = calls_.NamesAt(i + 1, &end);
      if (!names.empty() && Is(end, Kind::kCloseParen) && CallsEach(i, end)) Add(names, i, &found.lists);
    }
    return found;
  }

 private:
  bool Is(size_t at, Kind kind) const { return at < tokens_.size() && tokens_[at].Is(kind); }
  bool IsWord(size_t at, std::u16string_view word) const {
    return Is(at, Kind::kName) && tokens_[at].text == word;
  }

  bool IsArrow() const {
    if (IsWord(0, u"async") && Is(1, Kind::kOpenParen)) return true;
    if (!Is(0, Kind::kOpenParen)) return Is(0, Kind::kName);
    return blocks_.PartnerOf(0) != kNone && Is(blocks_.PartnerOf(0) + 1, Kind::kArrow);
  }

  bool Frees() const {
    for (size_t i = 0; i < tokens_.size(); ++i) {
      const bool is_changed =
          Is(i, Kind::kIncrement) ||
          (Is(i, Kind::kOperator) && (tokens_[i].text == u"-=" || tokens_[i].text == u"+="));
      const bool is_literal =
          Is(i, Kind::kAssign) && i + 1 < tokens_.size() &&
          std::find(std::begin(kLiterals), std::end(kLiterals), tokens_[i + 1].text) != std::end(kLiterals);
      const bool is_deleted = Is(i, Kind::kDot) && IsWord(i + 1, u"delete");
      if (is_changed || is_literal || is_deleted) return true;
    }
    return false;
  }

  bool WaitsByParameter() const {
    const size_t end = Is(0, Kind::kOpenParen) ? blocks_.PartnerOf(0) : 0;
    if (place_ == 0 || end == kNone) return false;
    std::vector<std::u16string_view> parameters;
    for (size_t i = 0; i <= end; ++i) {
      if (Is(i, Kind::kName) && !IsWord(i, u"this")) parameters.push_back(tokens_[i].text);
    }
    std::sort(parameters.begin(), parameters.end());
    const std::vector<Condition> conditions = conditions_.Of(place_, kNone);
    const auto mentions_one = [&](const Condition& condition) {
      return std::any_of(tokens_.begin() + static_cast<std::ptrdiff_t>(condition.open),
                         tokens_.begin() + static_cast<std::ptrdiff_t>(condition.close),
                         [&](const ScriptToken& token) {
                           return token.Is(Kind::kName) &&
                                  std::binary_search(parameters.begin(), parameters.end(), token.text);
                         });
    };
    return conditions.size() == CodeConditions::kMost ||
           std::any_of(conditions.begin(), conditions.end(), mentions_one);
  }

  bool IsTaking(const CodeCall& call) const {
    if (call.object.empty() || call.object.back() == "this") return false;
    if (call.method == "splice")
      return Is(call.arguments + 1, Kind::kNumber) && tokens_[call.arguments + 1].text == u"0";
    return std::find(std::begin(kTaking), std::end(kTaking), call.method) != std::end(kTaking);
  }

  // `for (const next of queue) next()`: whether the loop whose `of` is at `of`, and whose head ends at `end`,
  // calls what it takes, or a method of that.
  bool CallsEach(size_t of, size_t end) const {
    const bool is_pattern = Is(of - 1, Kind::kCloseBrace) || Is(of - 1, Kind::kCloseSquare);
    const size_t first = is_pattern ? blocks_.PartnerOf(of - 1) : of - 1;
    const size_t last = Is(end + 1, Kind::kOpenBrace) ? blocks_.PartnerOf(end + 1) : tokens_.size();
    if (first == kNone || last == kNone) return false;
    for (const CodeCall& call : calls_.all()) {
      if (call.first < end || call.first > last || call.object.size() > 1) continue;
      for (size_t name = first; name < of; ++name) {
        if (Is(name, Kind::kName) && tokens_[name].text == tokens_[call.first].text) return true;
      }
      // Without braces, the body is one statement.
      if (!Is(end + 1, Kind::kOpenBrace)) return false;
    }
    return false;
  }

  std::vector<std::string> NamesIn(const Condition& condition) const {
    std::vector<std::string> names;
    for (size_t i = condition.open; i < condition.close; ++i) {
      std::string text;
      if (calls_.ToText(i, &text)) names.push_back(std::move(text));
    }
    return names.size() > kMaxNames ? std::vector<std::string>() : names;
  }

  void Add(const std::vector<std::string>& names, size_t at, std::vector<TurnName>* found) const {
    TurnName name{names.back(), names.size() > 1, at < place_, false, {}};
    const std::vector<Condition> conditions = conditions_.Of(at, place_ == 0 ? kNone : place_);
    for (const Condition& condition : conditions) {
      if (conditions_.Counts(condition)) continue;
      const std::vector<std::string> asked = NamesIn(condition);
      if (!name.is_conditional) name.asked = asked;
      name.is_conditional = true;
      std::erase_if(name.asked, [&](const std::string& each) {
        return std::find(asked.begin(), asked.end(), each) == asked.end();
      });
    }
    if (conditions.size() == CodeConditions::kMost) {
      name.is_conditional = true;
      name.asked.clear();
    }
    found->push_back(std::move(name));
  }

  // Whether the function waits for something that is done with what this call took.
  bool IsHandled(const CodeCall& call) const {
    if (call.first < 2 || !Is(call.first - 1, Kind::kAssign)) return false;
    const size_t last = call.first - 2;
    const bool is_pattern = Is(last, Kind::kCloseSquare) || Is(last, Kind::kCloseBrace);
    const size_t first = is_pattern ? blocks_.PartnerOf(last) : last;
    if (first == kNone) return false;
    for (size_t i = place_; i < tokens_.size() && (i == place_ || !blocks_.BeginsStatement(i)); ++i) {
      for (size_t name = first; name <= last; ++name) {
        const bool is_name = Is(name, Kind::kName) && !Is(name + 1, Kind::kColon);
        if (is_name && Is(i, Kind::kName) && tokens_[i].text == tokens_[name].text) return true;
      }
    }
    return false;
  }

  bool IsInLoop(size_t at) const {
    return loops_.Any([&](std::u16string_view before, std::u16string_view) {
      return tokens_[at].text.data() >= before.data();
    });
  }

  bool IsReached(size_t at) const {
    if (place_ == 0) return true;
    return at < place_ ? IsInLoop(at) : blocks_.IsReached(at, place_);
  }

  const LoopsAround& loops_;
  const std::vector<ScriptToken>& tokens_;
  CodeBlocks blocks_;
  CodeConditions conditions_;
  CodeCalls calls_;
  size_t place_ = 0;
};

}  // namespace

bool TurnName::IsDoneFor(const std::string& list) const {
  return !is_conditional || std::find(asked.begin(), asked.end(), list) != asked.end();
}

TurnCalls FindTurnCalls(std::u16string_view source, size_t offset) {
  if (offset > source.size()) return {};
  LoopsAround loops(source, offset);
  if (!loops.Find()) return {};
  return Turns(loops, source.data() + offset).Find();
}

}  // namespace gmr::vm
