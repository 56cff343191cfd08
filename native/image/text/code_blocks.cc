#include "code_blocks.h"

#include <algorithm>
#include <iterator>

namespace gmr::vm {

namespace {

using Kind = ScriptToken::Kind;

// What follows their brackets may be a single statement.
constexpr std::u16string_view kHeads[] = {u"if", u"while", u"for", u"with"};
// A line cannot end with these, so the next one goes on with the expression or is the only statement.
constexpr std::u16string_view kUnfinished[] = {
    u"else", u"do", u"return",     u"typeof", u"void",  u"delete", u"new",   u"await", u"yield",
    u"in",   u"of", u"instanceof", u"case",   u"throw", u"let",    u"const", u"var"};

// Behind these, nothing of a block is reached.
constexpr std::u16string_view kExits[] = {u"return", u"throw", u"break", u"continue"};

template <size_t kCount>
bool IsOneOf(std::u16string_view text, const std::u16string_view (&words)[kCount]) {
  return std::find(std::begin(words), std::end(words), text) != std::end(words);
}

bool IsOpening(const ScriptToken& token) {
  return token.Is(Kind::kOpenParen) || token.Is(Kind::kOpenSquare) || token.Is(Kind::kOpenBrace) ||
         token.Is(Kind::kTemplateBrace);
}

bool IsClosing(const ScriptToken& token) {
  return token.Is(Kind::kCloseParen) || token.Is(Kind::kCloseSquare) || token.Is(Kind::kCloseBrace);
}

}  // namespace

CodeBlocks::CodeBlocks(const std::vector<ScriptToken>& tokens)
    : tokens_(tokens), around_(tokens.size(), kNone), partner_(tokens.size(), kNone) {
  std::vector<size_t> open;
  for (size_t i = 0; i < tokens.size(); ++i) {
    if (IsClosing(tokens[i]) && !open.empty()) {
      partner_[i] = open.back();
      partner_[open.back()] = i;
      open.pop_back();
    }
    around_[i] = open.empty() ? kNone : open.back();
    if (IsOpening(tokens[i])) open.push_back(i);
  }
}

// Whether the brackets that end here are the head of `if` or a loop.
bool CodeBlocks::EndsHead(size_t paren) const {
  const size_t open = partner_[paren];
  if (open == kNone || open == 0) return false;
  const bool is_await = IsWord(open - 1, u"await") && open > 1;
  const ScriptToken& word = tokens_[is_await ? open - 2 : open - 1];
  return word.Is(Kind::kName) && IsOneOf(word.text, kHeads);
}

bool CodeBlocks::BeginsStatement(size_t at) const {
  if (at == 0 || at >= tokens_.size()) return false;
  const ScriptToken& before = tokens_[at - 1];
  if (before.Is(Kind::kSemicolon) || before.Is(Kind::kOpenBrace) || before.Is(Kind::kCloseBrace)) return true;
  const bool is_infix = tokens_[at].text == u"in" || tokens_[at].text == u"instanceof";
  if (!tokens_[at].after_newline || !tokens_[at].Is(Kind::kName) || is_infix) return false;
  if (before.Is(Kind::kCloseParen)) return !EndsHead(at - 1);
  if (before.Is(Kind::kName)) return !IsOneOf(before.text, kUnfinished);
  return before.Is(Kind::kCloseSquare) || before.Is(Kind::kString) || before.Is(Kind::kNumber) ||
         before.Is(Kind::kTemplate) || before.Is(Kind::kPrivate) || before.Is(Kind::kIncrement);
}

bool CodeBlocks::IsHeadOf(size_t brace, std::u16string_view word) const {
  if (brace == 0 || !Is(brace - 1, Kind::kCloseParen)) return false;
  const size_t open = partner_[brace - 1];
  return open != kNone && open > 0 && IsWord(open - 1, word);
}

// The brace of the `catch` behind a block; kNone: there is none.
size_t CodeBlocks::CatchOf(size_t closing) const {
  if (!IsWord(closing + 1, u"catch")) return kNone;
  if (!Is(closing + 2, Kind::kOpenParen)) return Is(closing + 2, Kind::kOpenBrace) ? closing + 2 : kNone;
  const size_t end = partner_[closing + 2];
  return end != kNone && Is(end + 1, Kind::kOpenBrace) ? end + 1 : kNone;
}

bool CodeBlocks::RunsBefore(size_t at, size_t place) const {
  for (size_t brace = around_[at]; brace != kNone; brace = around_[brace]) {
    const size_t end = partner_[brace];
    if (!Is(brace, Kind::kOpenBrace) || end == kNone) return false;
    // The place may be in another case.
    if (end >= place) return !IsHeadOf(brace, u"switch");
    if (brace == 0 || !IsWord(brace - 1, u"try")) return false;
    // What failed may be this statement.
    const size_t failed = CatchOf(end);
    if (failed != kNone && (Contains(failed, place) || !Leaves(failed))) return false;
  }
  return false;
}

// Whether a block leaves the function, unless another block in it ends earlier.
bool CodeBlocks::Leaves(size_t brace) const {
  for (size_t i = brace + 1; i < partner_[brace]; ++i) {
    const bool is_exit = IsWord(i, u"return") || IsWord(i, u"throw");
    if (is_exit && around_[i] == brace && BeginsStatement(i)) return true;
  }
  return false;
}

// Whether a block behind the place is another branch of one that contains it, or runs only if that fails.
bool CodeBlocks::IsOtherBranch(size_t brace, size_t place) const {
  size_t word = brace;
  if (word > 0 && Is(word - 1, Kind::kCloseParen)) word = partner_[word - 1];
  if (word == kNone || word == 0) return false;
  --word;
  if (IsWord(word, u"if") && word > 0) --word;
  if (word == 0 || !(IsWord(word, u"else") || IsWord(word, u"catch")) || !Is(word - 1, Kind::kCloseBrace))
    return false;
  const size_t before = partner_[word - 1];
  return before != kNone && Contains(before, place);
}

bool CodeBlocks::IsReached(size_t at, size_t place) const {
  for (size_t brace = around_[at]; brace != kNone && brace > place; brace = around_[brace]) {
    if (Is(brace, Kind::kOpenBrace) && IsOtherBranch(brace, place)) return false;
  }
  if (IsInFinally(at, place)) return true;
  size_t from = place;
  while (from > 0 && !BeginsStatement(from)) --from;
  for (size_t i = from; i < at; ++i) {
    if (Is(i, Kind::kName) && IsOneOf(tokens_[i].text, kExits) && Contains(around_[i], place)) return false;
  }
  return true;
}

bool CodeBlocks::IsInFinally(size_t at, size_t place) const {
  for (size_t brace = around_[at]; brace != kNone && brace > place; brace = around_[brace]) {
    if (Is(brace, Kind::kOpenBrace) && IsWord(brace - 1, u"finally")) return true;
  }
  return false;
}

}  // namespace gmr::vm
