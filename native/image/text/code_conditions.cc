#include "code_conditions.h"

namespace gmr::vm {

namespace {

constexpr size_t kNone = CodeBlocks::kNone;

}  // namespace

size_t CodeConditions::StatementOf(size_t at) const {
  // Out of arguments and the like.
  for (size_t around = blocks_.Around(at); around != kNone && !Is(around, ScriptToken::Kind::kOpenBrace);
       around = blocks_.Around(at))
    at = around;
  while (at > 0 && !blocks_.BeginsStatement(at)) {
    const bool is_closing =
        Is(at - 1, Kind::kCloseParen) || Is(at - 1, Kind::kCloseSquare) || Is(at - 1, Kind::kCloseBrace);
    at = is_closing && blocks_.PartnerOf(at - 1) != kNone ? blocks_.PartnerOf(at - 1) : at - 1;
  }
  return at;
}

// The heads between the beginning of a statement and a token in it.
void CodeConditions::AddHeads(size_t statement, size_t at, std::vector<Condition>* found) const {
  for (size_t i = IsWord(statement, u"else") ? statement + 1 : statement; i < at && found->size() < kMost;) {
    const bool is_loop = IsWord(i, u"for");
    if (!is_loop && !IsWord(i, u"if") && !IsWord(i, u"while") && !IsWord(i, u"switch")) return;
    const size_t open = IsWord(i + 1, u"await") ? i + 2 : i + 1;
    const size_t close = Is(open, Kind::kOpenParen) ? blocks_.PartnerOf(open) : kNone;
    if (close == kNone || close >= at) return;
    if (!is_loop) found->push_back({open, close});
    i = close + 1;
  }
}

std::vector<CodeConditions::Condition> CodeConditions::Of(size_t at, size_t place) const {
  std::vector<Condition> found;
  while (found.size() < kMost) {
    size_t statement = StatementOf(at);
    AddHeads(statement, at, &found);
    // Before an `else` is the other branch, and in front of that its condition.
    for (size_t branch = at; IsWord(statement, u"else") && statement > 0 && found.size() < kMost;) {
      branch = Is(statement - 1, Kind::kCloseBrace) ? blocks_.PartnerOf(statement - 1) : statement - 1;
      if (branch == kNone || branch == 0) break;
      statement = StatementOf(branch);
      AddHeads(statement, branch, &found);
    }
    for (at = blocks_.Around(at); at != kNone && !Is(at, Kind::kOpenBrace);) at = blocks_.Around(at);
    if (at == kNone || (place != kNone && blocks_.Contains(at, place))) break;
  }
  return found;
}

bool CodeConditions::Counts(const Condition& condition) const {
  bool counts = false;
  for (size_t i = condition.open; i < condition.close; ++i) {
    const bool compares =
        Is(i, Kind::kOperator) && (tokens_[i].text.front() == u'<' || tokens_[i].text.front() == u'>');
    counts = counts || compares || Is(i, Kind::kIncrement);
    // How many there are in a list.
    if (IsWord(i, u"length") || IsWord(i, u"size")) return false;
  }
  return counts;
}

}  // namespace gmr::vm
