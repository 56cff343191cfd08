#include "printable.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <iterator>

namespace gmr::platform {

namespace {

struct Character {
  char32_t code = 0;
  size_t length = 1;  // in bytes; 1 for an invalid byte
  bool valid = false;
};

bool IsContinuation(char byte) { return (static_cast<unsigned char>(byte) & 0xc0) == 0x80; }

// Decodes the first character of a non-empty text.
Character Decode(std::string_view text) {
  const auto first = static_cast<unsigned char>(text[0]);
  if (first < 0x80) return {first, 1, true};
  const size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < length) return {};
  char32_t code = first & (0xffU >> (length + 1));
  for (size_t i = 1; i < length; ++i) {
    if (!IsContinuation(text[i])) return {};
    code = (code << 6) | (static_cast<unsigned char>(text[i]) & 0x3fU);
  }
  const bool overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
  const bool surrogate = code >= 0xd800 && code <= 0xdfff;
  if (overlong || surrogate || code > 0x10ffff) return {};
  return {code, length, true};
}

struct Range {
  char32_t first;
  char32_t last;
};

// In ascending order, without the surrogates, which are not valid in UTF-8.
constexpr Range kUnsafe[] = {
    {0x00, 0x1f},     {0x7f, 0x9f},     {0xad, 0xad},       {0x34f, 0x34f},     {0x61c, 0x61c},
    {0x115f, 0x1160}, {0x17b4, 0x17b5}, {0x180b, 0x180f},   {0x200b, 0x200b},   {0x200e, 0x200f},
    {0x2028, 0x202e}, {0x2060, 0x206f}, {0x3164, 0x3164},   {0xfeff, 0xfeff},   {0xffa0, 0xffa0},
    {0xfff0, 0xfffb}, {0xfffe, 0xffff}, {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff},
};

bool IsUnsafe(char32_t code) {
  if (code >= 0x20 && code < 0x7f) return false;
  const auto* range = std::lower_bound(std::begin(kUnsafe), std::end(kUnsafe), code,
                                       [](const Range& each, char32_t value) { return each.last < value; });
  return range != std::end(kUnsafe) && range->first <= code;
}

void AppendEscape(char32_t code, std::string* text) {
  char escape[16];
  const auto number = static_cast<unsigned>(code);
  if (code == '\n' || code == '\t' || code == '\r') {
    std::snprintf(escape, sizeof escape, "\\%c", code == '\n' ? 'n' : code == '\t' ? 't' : 'r');
  } else if (code <= 0xff) {
    std::snprintf(escape, sizeof escape, "\\x%02x", number);
  } else {
    std::snprintf(escape, sizeof escape, code <= 0xffff ? "\\u%04x" : "\\u{%x}", number);
  }
  *text += escape;
}

void AppendJsonEscape(char32_t code, std::string* json) {
  char escape[16];
  if (code <= 0xffff) {
    std::snprintf(escape, sizeof escape, "\\u%04x", static_cast<unsigned>(code));
  } else {
    const auto rest = static_cast<unsigned>(code - 0x10000);
    std::snprintf(escape, sizeof escape, "\\u%04x\\u%04x", 0xd800 + (rest >> 10), 0xdc00 + (rest & 0x3ff));
  }
  *json += escape;
}

}  // namespace

std::string Printable(std::string_view text) {
  std::string printable;
  printable.reserve(text.size());
  for (size_t at = 0; at < text.size();) {
    const Character character = Decode(text.substr(at));
    if (!character.valid) {
      AppendEscape(static_cast<unsigned char>(text[at]), &printable);
    } else if (IsUnsafe(character.code)) {
      AppendEscape(character.code, &printable);
    } else {
      printable.append(text, at, character.length);
    }
    at += character.length;
  }
  return printable;
}

std::string PrintableUpTo(std::string_view text, size_t max_bytes) {
  const std::string_view kept = CutUtf8(text, max_bytes);
  if (kept.size() == text.size()) return Printable(text);
  return Printable(kept) + "...(" + std::to_string(text.size() - kept.size()) + " more bytes)";
}

std::string_view CutUtf8(std::string_view text, size_t max_bytes) {
  if (text.size() <= max_bytes) return text;
  size_t end = max_bytes;
  // A character has at most four bytes, so in text that is not UTF-8, at most three more bytes are cut off.
  for (int step = 0; step < 3 && end > 0 && IsContinuation(text[end]); ++step) --end;
  return text.substr(0, end);
}

void AppendJsonString(std::string_view text, std::string* json) {
  *json += '"';
  for (size_t at = 0; at < text.size();) {
    const Character character = Decode(text.substr(at));
    if (!character.valid) {
      *json += "\\ufffd";
    } else if (character.code == '"' || character.code == '\\') {
      *json += '\\';
      *json += text[at];
    } else if (IsUnsafe(character.code)) {
      AppendJsonEscape(character.code, json);
    } else {
      json->append(text, at, character.length);
    }
    at += character.length;
  }
  *json += '"';
}

}  // namespace gmr::platform
