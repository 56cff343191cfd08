#include "turn_calls.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "code_blocks.h"
#include "code_calls.h"
#include "loops_around.h"

namespace gmr::vm {

namespace {

using Kind = ScriptToken::Kind;

constexpr size_t kNone = CodeBlocks::kNone;
// `delete`, and `splice` at a place that was searched for, also remove somebody who gave up.
constexpr std::string_view kTaking[] = {"shift", "pop",    "forEach",     "dequeue",
                                        "poll",  "values", "removeFirst", "popFront"};
constexpr std::u16string_view kExits[] = {u"return", u"throw", u"break", u"continue"};

class Turns {
 public:
  Turns(const LoopsAround& loops, const char16_t* place)
      : loops_(loops), tokens_(loops.tokens()), blocks_(loops.tokens()), calls_(loops.tokens()) {
    while (place_ < tokens_.size() && tokens_[place_].text.data() < place) ++place_;
  }

  TurnCalls Find() const {
    TurnCalls found;
    found.has_parameters = !Is(0, Kind::kOpenParen) || !Is(1, Kind::kCloseParen);
    for (const CodeCall& call : calls_.all()) {
      if (call.first < place_ && IsTaking(call) && IsHandled(call)) AddList(call.object, &found.handled);
      if (!IsReached(call.first)) continue;
      if (IsTaking(call)) AddList(call.object, &found.lists);
      const bool is_on_this = call.object.size() == 1 && call.object.front() == "this";
      if (call.object.empty() || is_on_this) found.calls.push_back({call.method, is_on_this});
    }
    for (size_t i = 0; i < tokens_.size(); ++i) {
      size_t end = 0;
      if (!IsWord(i, u"of") || !IsReached(i)) continue;
      const std::vector<std::string> names = calls_.NamesAt(i + 1, &end);
      if (!names.empty() && Is(end, Kind::kCloseParen)) AddList(names, &found.lists);
    }
    return found;
  }

 private:
  bool Is(size_t at, Kind kind) const { return at < tokens_.size() && tokens_[at].Is(kind); }
  bool IsWord(size_t at, std::u16string_view word) const {
    return Is(at, Kind::kName) && tokens_[at].text == word;
  }

  bool IsTaking(const CodeCall& call) const {
    if (call.object.empty() || call.object.back() == "this") return false;
    if (call.method == "splice")
      return Is(call.arguments + 1, Kind::kNumber) && tokens_[call.arguments + 1].text == u"0";
    return std::find(std::begin(kTaking), std::end(kTaking), call.method) != std::end(kTaking);
  }

  static void AddList(const std::vector<std::string>& names, std::vector<TurnName>* lists) {
    lists->push_back({names.back(), names.size() > 1});
  }

  // Whether the block that begins at `brace` contains the place.
  bool IsAround(size_t brace) const {
    return brace == kNone || (brace < place_ && blocks_.PartnerOf(brace) >= place_);
  }

  // Whether a block behind the place is another branch of one that contains the place, or runs only if that
  // fails.
  bool IsOtherBranch(size_t brace) const {
    size_t word = brace;
    if (word > 0 && Is(word - 1, Kind::kCloseParen)) word = blocks_.PartnerOf(word - 1);
    if (word == kNone || word == 0) return false;
    --word;
    if (IsWord(word, u"if") && word > 0) --word;
    if (word == 0 || !(IsWord(word, u"else") || IsWord(word, u"catch")) || !Is(word - 1, Kind::kCloseBrace))
      return false;
    const size_t before = blocks_.PartnerOf(word - 1);
    return before != kNone && IsAround(before);
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
    if (at < place_) return IsInLoop(at);
    for (size_t brace = blocks_.Around(at); brace != kNone && brace > place_; brace = blocks_.Around(brace)) {
      if (Is(brace, Kind::kOpenBrace) && IsOtherBranch(brace)) return false;
    }
    if (blocks_.IsInFinally(at, place_)) return true;
    size_t from = place_;
    while (from > 0 && !blocks_.BeginsStatement(from)) --from;
    for (size_t i = from; i < at; ++i) {
      const bool is_exit = Is(i, Kind::kName) && std::find(std::begin(kExits), std::end(kExits),
                                                           tokens_[i].text) != std::end(kExits);
      if (is_exit && IsAround(blocks_.Around(i))) return false;
    }
    return true;
  }

  const LoopsAround& loops_;
  const std::vector<ScriptToken>& tokens_;
  CodeBlocks blocks_;
  CodeCalls calls_;
  size_t place_ = 0;
};

}  // namespace

TurnCalls FindTurnCalls(std::u16string_view source, size_t offset) {
  if (offset > source.size()) return {};
  LoopsAround loops(source, offset);
  if (!loops.Find()) return {};
  return Turns(loops, source.data() + offset).Find();
}

}  // namespace gmr::vm
