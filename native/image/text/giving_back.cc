#include "giving_back.h"

#include <algorithm>
#include <iterator>

#include "loops_around.h"

namespace gmr::vm {

namespace {

using Kind = ScriptToken::Kind;
using Names = std::vector<std::u16string_view>;

// Parts of words: release, releaseConnection, destroy.
constexpr std::u16string_view kGivingBack[] = {u"elease", u"estroy", u"done(", u".end("};
// connect, acquire, getConnection.
constexpr std::u16string_view kTaking[] = {u"onnect(", u"cquire(", u"onnection("};
// An expression cannot end with these, so it goes on in the next line.
constexpr std::u16string_view kUnfinished[] = {u"return", u"typeof", u"void",       u"delete", u"new",
                                               u"await",  u"yield",  u"instanceof", u"in",     u"of"};
constexpr size_t kNone = SIZE_MAX;

template <size_t kCount>
bool HasOneOf(std::u16string_view text, const std::u16string_view (&words)[kCount]) {
  return std::any_of(std::begin(words), std::end(words),
                     [&](std::u16string_view word) { return text.find(word) != text.npos; });
}

bool Has(const Names& names, std::u16string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool IsOpening(const ScriptToken& token) {
  return token.Is(Kind::kOpenParen) || token.Is(Kind::kOpenSquare) || token.Is(Kind::kOpenBrace);
}

bool IsClosing(const ScriptToken& token) {
  return token.Is(Kind::kCloseParen) || token.Is(Kind::kCloseSquare) || token.Is(Kind::kCloseBrace);
}

bool EndsOperand(const ScriptToken& token) {
  if (token.Is(Kind::kName))
    return std::find(std::begin(kUnfinished), std::end(kUnfinished), token.text) == std::end(kUnfinished);
  return token.Is(Kind::kCloseParen) || token.Is(Kind::kCloseSquare) || token.Is(Kind::kCloseBrace) ||
         token.Is(Kind::kString) || token.Is(Kind::kNumber) || token.Is(Kind::kTemplate) ||
         token.Is(Kind::kPrivate);
}

// What is assigned before the place, and what is given back behind it.
class Variables {
 public:
  Variables(const std::vector<ScriptToken>& tokens, const char16_t* place) : tokens_(tokens), place_(kNone) {
    for (size_t i = 0; i < tokens.size() && place_ == kNone; ++i) {
      if (tokens[i].text.data() >= place) place_ = i;
    }
    if (place_ == kNone) place_ = tokens.size();
  }

  GivingBack Read();

 private:
  // Variables that are assigned together.
  struct Group {
    Names names;
    bool is_taken = false;
    bool is_in_progress = false;  // the function waits for the value
  };

  bool Is(size_t at, Kind kind) const { return at < tokens_.size() && tokens_[at].Is(kind); }
  bool IsVariable(size_t at) const {
    return Is(at, Kind::kName) && (at == 0 || !Is(at - 1, Kind::kDot)) && tokens_[at].text != u"this" &&
           tokens_[at].text != u"super";
  }
  // Where the arguments of a call begin whose function ends with this name; kNone: it is not called.
  size_t ArgumentsOf(size_t name) const {
    if (Is(name + 1, Kind::kOpenParen)) return name + 2;
    return Is(name + 1, Kind::kDot) && Is(name + 2, Kind::kOpenParen) ? name + 3 : kNone;
  }
  bool IsGivingBack(size_t name) const;
  size_t OpeningOf(size_t closing) const;
  bool BeginsStatement(size_t at) const;
  void FindGroups();
  Group GroupAt(size_t assign) const;
  void ReadValue(size_t from, Group* group) const;
  bool IsGivenBack(std::u16string_view name) const { return Has(given_back_, name); }
  bool IsPassedOn(std::u16string_view name) const;
  bool IsMentioned(const Group& group, std::u16string_view name) const;
  bool IsInProgress(std::u16string_view name) const;
  bool IsTaken(std::u16string_view name) const;
  void ReadBehind(GivingBack* found);
  void ReadCall(size_t name, GivingBack* found);
  void AddMethod(std::u16string_view name, std::u16string_view variable, GivingBack* found);

  const std::vector<ScriptToken>& tokens_;
  size_t place_;
  std::vector<Group> groups_;
  bool has_taken_ = false;
  Names assigned_again_;
  Names given_back_;
};

bool Variables::IsGivingBack(size_t name) const {
  const std::u16string_view text = tokens_[name].text;
  if (text.find(u"elease") != text.npos || text.find(u"estroy") != text.npos) return true;
  return text.ends_with(u"done") || (text == u"end" && name > 0 && Is(name - 1, Kind::kDot));
}

size_t Variables::OpeningOf(size_t closing) const {
  int depth = 0;
  for (size_t i = closing + 1; i-- > 0;) {
    if (IsClosing(tokens_[i])) ++depth;
    if (IsOpening(tokens_[i]) && --depth == 0) return i;
  }
  return kNone;
}

// With or without a semicolon before it.
bool Variables::BeginsStatement(size_t at) const {
  const bool is_infix =
      tokens_[at].text == u"in" || tokens_[at].text == u"of" || tokens_[at].text == u"instanceof";
  return tokens_[at].after_newline && tokens_[at].Is(Kind::kName) && !is_infix &&
         EndsOperand(tokens_[at - 1]);
}

void Variables::FindGroups() {
  for (size_t i = 1; i < place_; ++i) {
    if (!Is(i, Kind::kAssign)) continue;
    Group group = GroupAt(i);
    if (group.names.empty()) continue;
    ReadValue(i + 1, &group);
    has_taken_ = has_taken_ || (group.is_taken && !group.is_in_progress);
    groups_.push_back(std::move(group));
  }
}

// `name =`, `[name, name] =` or `{ name, key: name } =`.
Variables::Group Variables::GroupAt(size_t assign) const {
  Group group;
  if (IsVariable(assign - 1)) group.names = {tokens_[assign - 1].text};
  if (!Is(assign - 1, Kind::kCloseSquare) && !Is(assign - 1, Kind::kCloseBrace)) return group;
  const size_t opening = OpeningOf(assign - 1);
  // An element of an object is assigned.
  if (opening == kNone || (opening > 0 && Is(assign - 1, Kind::kCloseSquare) &&
                           EndsOperand(tokens_[opening - 1]) && tokens_[opening - 1].text != u"const" &&
                           tokens_[opening - 1].text != u"let" && tokens_[opening - 1].text != u"var"))
    return group;
  for (size_t i = opening + 1; i + 1 < assign; ++i) {
    if (IsVariable(i) && !Is(i + 1, Kind::kColon)) group.names.push_back(tokens_[i].text);
  }
  return group;
}

void Variables::ReadValue(size_t from, Group* group) const {
  int depth = 0;
  for (size_t i = from; i < tokens_.size(); ++i) {
    const ScriptToken& token = tokens_[i];
    if (IsOpening(token)) ++depth;
    if (IsClosing(token) && --depth < 0) return;
    const bool is_end = token.Is(Kind::kSemicolon) || token.Is(Kind::kComma) || BeginsStatement(i);
    if (is_end && depth == 0) return;
    if (i >= place_) {
      group->is_in_progress = true;
      return;
    }
    if (!token.Is(Kind::kName) || ArgumentsOf(i) == kNone) continue;
    group->is_taken = group->is_taken || token.text.ends_with(u"onnect") || token.text.ends_with(u"cquire") ||
                      token.text.ends_with(u"onnection");
  }
}

bool Variables::IsInProgress(std::u16string_view name) const {
  return std::any_of(groups_.begin(), groups_.end(),
                     [&](const Group& group) { return group.is_in_progress && Has(group.names, name); });
}

bool Variables::IsTaken(std::u16string_view name) const {
  return std::any_of(groups_.begin(), groups_.end(),
                     [&](const Group& group) { return group.is_taken && Has(group.names, name); });
}

// Whether it is an argument of a call before the place.
bool Variables::IsPassedOn(std::u16string_view name) const {
  for (size_t i = 1; i + 1 < place_; ++i) {
    const bool is_argument = (Is(i - 1, Kind::kOpenParen) || Is(i - 1, Kind::kComma)) &&
                             (Is(i + 1, Kind::kCloseParen) || Is(i + 1, Kind::kComma));
    if (is_argument && IsVariable(i) && tokens_[i].text == name) return true;
  }
  return false;
}

// Whether it is used before the place, other than where it is assigned or declared.
bool Variables::IsMentioned(const Group& group, std::u16string_view name) const {
  for (size_t i = 1; i < place_; ++i) {
    if (!IsVariable(i) || tokens_[i].text != name || Is(i + 1, Kind::kAssign)) continue;
    const std::u16string_view before = tokens_[i - 1].text;
    if (before == u"let" || before == u"var") continue;
    const bool is_assigned =
        std::any_of(group.names.begin(), group.names.end(),
                    [&](std::u16string_view assigned) { return assigned.data() == tokens_[i].text.data(); });
    if (!is_assigned) return true;
  }
  return false;
}

void Variables::AddMethod(std::u16string_view name, std::u16string_view variable, GivingBack* found) {
  std::string text;
  for (const char16_t unit : name) {
    if (unit > 0x7f) return;
    text.push_back(static_cast<char>(unit));
  }
  if (Has(given_back_, variable)) return;
  auto method = std::find_if(found->methods.begin(), found->methods.end(),
                             [&](const GivingBack::Method& other) { return other.name == text; });
  if (method == found->methods.end()) method = found->methods.insert(method, {text, 0});
  ++method->variables;
}

// A call that gives back: what it is called on, or its first argument.
void Variables::ReadCall(size_t name, GivingBack* found) {
  const auto counts = [&](size_t at) {
    return IsVariable(at) && !IsInProgress(tokens_[at].text) && !Has(assigned_again_, tokens_[at].text);
  };
  const size_t arguments = ArgumentsOf(name);
  const bool has_argument =
      counts(arguments) && (Is(arguments + 1, Kind::kCloseParen) || Is(arguments + 1, Kind::kComma));
  const bool is_method = name >= 2 && Is(name - 1, Kind::kDot);
  if (has_argument && (!has_taken_ || IsTaken(tokens_[arguments].text))) {
    found->by_argument = true;
    given_back_.push_back(tokens_[arguments].text);
  } else if (is_method && counts(name - 2)) {
    AddMethod(tokens_[name].text, tokens_[name - 2].text, found);
    given_back_.push_back(tokens_[name - 2].text);
  } else if (!is_method && counts(name)) {
    found->by_argument = true;
    given_back_.push_back(tokens_[name].text);
  }
}

void Variables::ReadBehind(GivingBack* found) {
  for (size_t i = place_; i < tokens_.size(); ++i) {
    if (Is(i, Kind::kAssign) && i > place_ && IsVariable(i - 1))
      assigned_again_.push_back(tokens_[i - 1].text);
    if (!Is(i, Kind::kName) || ArgumentsOf(i) == kNone) continue;
    // A function that releases a lock may have any name.
    const bool is_releaser = IsVariable(i) && IsTaken(tokens_[i].text);
    if (is_releaser || IsGivingBack(i)) ReadCall(i, found);
  }
}

GivingBack Variables::Read() {
  GivingBack found;
  FindGroups();
  ReadBehind(&found);
  bool is_each_given = true;
  for (const Group& group : groups_) {
    const auto is_given = [&](std::u16string_view name) { return IsGivenBack(name); };
    const auto is_passed = [&](std::u16string_view name) { return IsPassedOn(name); };
    if (!group.is_taken || group.is_in_progress) continue;
    const bool is_any_given = std::any_of(group.names.begin(), group.names.end(), is_given);
    const auto is_shared = [&](std::u16string_view name) {
      return (!is_any_given || is_given(name)) && IsMentioned(group, name);
    };
    found.is_shared = found.is_shared || std::any_of(group.names.begin(), group.names.end(), is_shared);
    if (is_any_given) continue;
    is_each_given = false;
    found.gives_away = found.gives_away || std::any_of(group.names.begin(), group.names.end(), is_passed);
  }
  found.may_have = is_each_given && (found.by_argument || !found.methods.empty());
  return found;
}

}  // namespace

GivingBack FindGivingBack(std::u16string_view source, size_t offset) {
  if (offset > source.size()) return {};
  LoopsAround loops(source, offset);
  if (!loops.Find()) return {};
  GivingBack found = Variables(loops.tokens(), source.data() + offset).Read();
  const bool is_over = HasOneOf(source.substr(0, offset), kGivingBack) ||
                       loops.Any([](std::u16string_view before, std::u16string_view whole) {
                         return HasOneOf(whole, kGivingBack) && !HasOneOf(before, kTaking);
                       });
  if (found.may_have && !is_over) return found;
  found.may_have = found.by_argument = false;
  found.methods.clear();
  return found;
}

}  // namespace gmr::vm
