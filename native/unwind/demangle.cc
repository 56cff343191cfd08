#include "demangle.h"

#include <cxxabi.h>

#include <cstdlib>
#include <memory>

namespace gmr::platform {

namespace {

constexpr size_t kMaxNameBytes = 160;
constexpr std::string_view kAnonymous = "(anonymous namespace)";
constexpr std::string_view kOperator = "operator";

bool StartsAt(std::string_view text, size_t at, std::string_view what) {
  return text.substr(at, what.size()) == what;
}

bool IsIdentifier(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$';
}

// Behind the bracket that closes the one at `open`. "->" and "operator<" hold
// brackets that are none, so templates of such names may be cut too far: only a name is lost.
size_t SkipBrackets(std::string_view text, size_t open) {
  size_t depth = 0;
  for (size_t at = open; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '(' || c == '<' || c == '{' || c == '[') ++depth;
    if (c == '>' && at > 0 && text[at - 1] == '-') continue;
    if (c == ')' || c == '>' || c == '}' || c == ']') --depth;
    if (depth == 0) return at + 1;
  }
  return text.size();
}

// Behind "operator" and the sign that it defines; `at` when there is no operator.
size_t SkipOperator(std::string_view text, size_t at) {
  const bool is_operator = StartsAt(text, at, kOperator) && (at == 0 || !IsIdentifier(text[at - 1])) &&
                           at + kOperator.size() < text.size() && !IsIdentifier(text[at + kOperator.size()]);
  if (!is_operator) return at;
  const size_t sign = at + kOperator.size();
  if (StartsAt(text, sign, "()") || StartsAt(text, sign, "[]")) return sign + 2;
  // A sign, or for conversions and new a blank and words: up to the arguments.
  const size_t end = text.find('(', sign);
  return end == text.npos ? text.size() : end;
}

// What is left of a name after its argument lists are dropped, while it is built.
struct Shortening {
  std::string name;
  size_t word_start = 0;  // behind the last blank outside of brackets: there ends the return type
};

// Handles the brackets at `at`. Returns behind them, or npos when the name is complete.
size_t TakeBrackets(std::string_view text, size_t at, Shortening* out) {
  const size_t end = SkipBrackets(text, at);
  if (text[at] != '(') {  // template arguments, "{lambda(int)#1}"
    out->name += text.substr(at, end - at);
    return end;
  }
  if (StartsAt(text, at, kAnonymous)) {
    out->name += kAnonymous;
    return end;
  }
  if (out->name.ends_with("decltype") || out->name.ends_with("decltype ")) return end;
  // Between "f(int)" and "::" a local function's name follows; else all is said.
  const size_t next = text.find("::", end);
  const std::string_view between = text.substr(end, next == text.npos ? next : next - end);
  const bool goes_on = next != text.npos && (between.empty() || between == " const");
  return goes_on ? next : text.npos;
}

std::string Cut(std::string name) {
  if (name.size() <= kMaxNameBytes) return name;
  // Template arguments are the longest and the least telling part.
  const size_t open = name.find('<');
  if (open != name.npos && open > 0) {
    const size_t end = SkipBrackets(name, open);
    std::string shorter = name.substr(0, open) + "<...>" + name.substr(end);
    if (shorter.size() < name.size()) name = std::move(shorter);
  }
  if (name.size() > kMaxNameBytes) name = name.substr(0, kMaxNameBytes - 3) + "...";
  return name;
}

}  // namespace

std::string ShortenDemangled(std::string_view text) {
  Shortening out;
  // "non-virtual thunk to X": the words are no return type.
  const size_t thunk = text.find(" thunk to ");
  size_t at = thunk == text.npos ? 0 : thunk + 10;
  while (at < text.size()) {
    const size_t behind_operator = SkipOperator(text, at);
    if (behind_operator != at) {
      out.name += text.substr(at, behind_operator - at);
      at = behind_operator;
      continue;
    }
    const char c = text[at];
    if (c == '(' || c == '<' || c == '{' || c == '[') {
      at = TakeBrackets(text, at, &out);
      if (at == text.npos) break;
      continue;
    }
    out.name += c;
    if (c == ' ') out.word_start = out.name.size();
    ++at;
  }
  // "[clone .cold]" and " const" without arguments would leave nothing.
  const bool has_word = out.word_start < out.name.size();
  return has_word ? out.name.substr(out.word_start) : out.name;
}

std::string ReadableName(const std::string& mangled) {
  // Cold parts and clones are the same function to a reader.
  std::string base = mangled.substr(0, mangled.find(".cold"));
  if (!base.starts_with("_Z")) return Cut(std::move(base));
  int status = 0;
  const std::unique_ptr<char, void (*)(void*)> demangled(
      abi::__cxa_demangle(base.c_str(), nullptr, nullptr, &status), std::free);
  if (demangled == nullptr) return Cut(std::move(base));
  return Cut(ShortenDemangled(demangled.get()));
}

}  // namespace gmr::platform
