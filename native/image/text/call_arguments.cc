#include "call_arguments.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>

namespace gmr::vm {

namespace {

// A parenthesis behind these is not one of a call.
constexpr std::u16string_view kKeywords[] = {
    u"await", u"case",   u"delete",     u"else", u"extends", u"in",  u"of", u"return",
    u"throw", u"typeof", u"instanceof", u"void", u"yield",   u"new", u"do", u"default"};

bool IsSpace(char16_t unit) { return unit <= u' ' || unit == 0xa0 || unit == 0xfeff; }

bool IsNamePart(char16_t unit) {
  return (unit >= u'a' && unit <= u'z') || (unit >= u'A' && unit <= u'Z') || (unit >= u'0' && unit <= u'9') ||
         unit == u'_' || unit == u'$' || unit >= 0x80;
}

bool IsKeyword(std::u16string_view word) {
  return std::find(std::begin(kKeywords), std::end(kKeywords), word) != std::end(kKeywords);
}

// Where a comment begins that the line ends with; its length if there is none. An address, http://, is none.
size_t CommentIn(std::u16string_view line) {
  for (size_t at = line.find(u"//"); at != line.npos; at = line.find(u"//", at + 2)) {
    if (at == 0 || IsSpace(line[at - 1])) return at;
  }
  return line.size();
}

class Backwards {
 public:
  explicit Backwards(std::u16string_view text) : text_(text) {}

  bool FindCall() {
    while (!text_.empty()) {
      const char16_t unit = text_.back();
      text_.remove_suffix(1);
      const Found found = Visit(unit);
      if (found != Found::kNothing) return found == Found::kCall;
    }
    return true;
  }

 private:
  enum class Found : uint8_t { kNothing, kCall, kOther };

  Found Visit(char16_t unit) {
    switch (unit) {
      case u'\n':
        SkipLineComment();
        return Found::kNothing;
      case u'/':
        SkipBlockComment();
        return Found::kNothing;
      case u'\'':
      case u'"':
      case u'`':
        SkipString(unit);
        return Found::kNothing;
      case u')':
      case u']':
      case u'}':
        ++depth_;
        return Found::kNothing;
      case u'(':
      case u'[':
      case u'{':
        return Open(unit);
      default:
        return depth_ == 0 ? VisitOutside(unit) : Found::kNothing;
    }
  }

  Found Open(char16_t unit) {
    if (depth_ > 0) {
      --depth_;
      return Found::kNothing;
    }
    // What is in a group or in an array may be what is assigned.
    is_behind_comma_ = false;
    if (unit == u'(' && IsBehindCallee()) return Found::kCall;
    return unit == u'{' ? Found::kOther : Found::kNothing;
  }

  Found VisitOutside(char16_t unit) {
    if (unit == u';') return Found::kOther;
    if (unit == u',') is_behind_comma_ = true;
    // What is in front of a comma belongs to another function or value.
    if (is_behind_comma_) return Found::kNothing;
    // An arrow: the function is what another one returns.
    if (unit == u'>') return EndsWith(u"=") ? Found::kOther : Found::kNothing;
    if (unit != u'=') return Found::kNothing;
    // A comparison.
    if (EndsWith(u"=") || EndsWith(u"!") || EndsWith(u"<") || EndsWith(u">")) {
      const bool is_shift = EndsWith(u"<<") || EndsWith(u">>");
      if (!is_shift) {
        while (EndsWith(u"=") || EndsWith(u"!")) text_.remove_suffix(1);
        return Found::kNothing;
      }
    }
    return Found::kOther;
  }

  bool IsBehindCallee() const {
    std::u16string_view left = text_;
    while (!left.empty() && IsSpace(left.back())) left.remove_suffix(1);
    if (left.empty()) return false;
    if (left.back() == u')' || left.back() == u']') return true;
    size_t from = left.size();
    while (from > 0 && IsNamePart(left[from - 1])) --from;
    return from < left.size() && !IsKeyword(left.substr(from));
  }

  void SkipLineComment() {
    const size_t feed = text_.rfind(u'\n');
    const size_t begin = feed == text_.npos ? 0 : feed + 1;
    text_.remove_suffix(text_.size() - begin - CommentIn(text_.substr(begin)));
  }

  void SkipBlockComment() {
    if (!EndsWith(u"*")) return;
    const size_t begin = text_.substr(0, text_.size() - 1).rfind(u"/*");
    if (begin != text_.npos) text_.remove_suffix(text_.size() - begin);
  }

  // A string that does not begin where its line does is none: it was an apostrophe in a comment.
  void SkipString(char16_t quote) {
    const size_t begin = text_.rfind(quote);
    if (begin == text_.npos) return;
    if (quote != u'`' && text_.substr(begin).find(u'\n') != text_.npos) return;
    text_.remove_suffix(text_.size() - begin);
  }

  bool EndsWith(std::u16string_view end) const { return text_.ends_with(end); }

  std::u16string_view text_;
  int depth_ = 0;
  // Since the last bracket around the function.
  bool is_behind_comma_ = false;
};

}  // namespace

bool IsArgument(std::u16string_view before) { return Backwards(before).FindCall(); }

}  // namespace gmr::vm
