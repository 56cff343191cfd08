#include "code_calls.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

namespace gmr::vm {

namespace {

constexpr size_t kMaxCalls = 64;
constexpr size_t kMaxNameUnits = 64;
// A bracket behind these begins no arguments.
constexpr std::string_view kKeywords[] = {"if",     "for",   "while", "switch", "catch", "function",
                                          "return", "await", "yield", "typeof", "super", "with"};

}  // namespace

CodeCalls::CodeCalls(const std::vector<ScriptToken>& tokens) : tokens_(tokens) {
  size_t of_methods = 0;
  size_t of_variables = 0;
  for (size_t i = 0; i < tokens.size() && of_methods < kMaxCalls; ++i) {
    if (!Is(i, Kind::kName) || (i > 0 && Is(i - 1, Kind::kDot))) continue;
    CodeCall call;
    call.object = NamesAt(i, &call.arguments);
    if (call.object.empty() || !Is(call.arguments, Kind::kOpenParen)) continue;
    call.first = i;
    call.method = std::move(call.object.back());
    call.object.pop_back();
    const bool is_variable = call.object.empty();
    if (is_variable &&
        std::find(std::begin(kKeywords), std::end(kKeywords), call.method) != std::end(kKeywords))
      continue;
    size_t& count = is_variable ? of_variables : of_methods;
    if (++count <= kMaxCalls) all_.push_back(std::move(call));
  }
}

bool CodeCalls::ToText(size_t at, std::string* text) const {
  if (!Is(at, Kind::kName) && !Is(at, Kind::kPrivate)) return false;
  const ScriptToken& token = tokens_[at];
  if (token.text.size() > kMaxNameUnits || token.is_escaped) return false;
  for (const char16_t unit : token.text) {
    if (unit > 0x7f) return false;
    text->push_back(static_cast<char>(unit));
  }
  return true;
}

std::vector<std::string> CodeCalls::NamesAt(size_t at, size_t* end) const {
  std::vector<std::string> names;
  std::string name;
  while (names.size() <= kMaxSteps && ToText(at, &name)) {
    names.push_back(std::move(name));
    name.clear();
    // `lock?.()` has a dot too.
    const bool has_dot = Is(at + 1, Kind::kDot);
    *end = has_dot && Is(at + 2, Kind::kOpenParen) ? at + 2 : at + 1;
    if (!has_dot || *end != at + 1) return names;
    at += 2;
  }
  return {};
}

}  // namespace gmr::vm
