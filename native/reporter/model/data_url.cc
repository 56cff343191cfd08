#include "data_url.h"

#include <algorithm>
#include <utility>

namespace gmr::reporter {

namespace {

// Type, parameters and `base64`; what is longer is something else.
constexpr size_t kMaxHeaderBytes = 1024;
constexpr std::string_view kScheme = "data:";
constexpr std::string_view kBase64 = ";base64";

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

bool IsSame(std::string_view text, std::string_view lower) {
  return std::equal(text.begin(), text.end(), lower.begin(), lower.end(),
                    [](char a, char b) { return Lower(a) == b; });
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = Lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// -1: none. Also the two digits of the alphabet for URLs.
int Base64Digit(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+' || c == '-') return 62;
  return c == '/' || c == '_' ? 63 : -1;
}

}  // namespace

bool DataUrl::Feed(std::string_view piece) {
  return std::all_of(piece.begin(), piece.end(), [this](char c) { return FeedCharacter(c); });
}

bool DataUrl::FeedCharacter(char character) {
  if (part_ == Part::kHeader) {
    if (character == ',') return EndHeader();
    header_ += character;
    return header_.size() <= kMaxHeaderBytes;
  }
  if (escape_digits_ < 0 && character != '%') return FeedByte(character);
  if (escape_digits_ < 0) {
    escape_digits_ = 0;
    escape_ = 0;
    return true;
  }
  const int digit = HexDigit(character);
  if (digit < 0) return false;
  escape_ = escape_ << 4 | static_cast<uint32_t>(digit);
  if (++escape_digits_ < 2) return true;
  escape_digits_ = -1;
  return FeedByte(static_cast<char>(escape_));
}

bool DataUrl::EndHeader() {
  std::string_view header = header_;
  while (header.ends_with(' ')) header.remove_suffix(1);
  if (!IsSame(header.substr(0, kScheme.size()), kScheme)) return false;
  const bool is_base64 =
      header.size() >= kBase64.size() && IsSame(header.substr(header.size() - kBase64.size()), kBase64);
  part_ = is_base64 ? Part::kBase64 : Part::kText;
  return true;
}

bool DataUrl::FeedByte(char byte) { return part_ == Part::kText ? Append(byte) : FeedBase64(byte); }

bool DataUrl::FeedBase64(char digit) {
  if (digit == '=') {
    part_ = Part::kPadding;
    return true;
  }
  const int value = Base64Digit(digit);
  if (value < 0 || part_ == Part::kPadding) return false;
  bits_ = bits_ << 6 | static_cast<uint32_t>(value);
  bit_count_ += 6;
  if (bit_count_ < 8) return true;
  bit_count_ -= 8;
  return Append(static_cast<char>(bits_ >> bit_count_ & 0xff));
}

bool DataUrl::Append(char byte) {
  if (bytes_.size() >= max_bytes_) return false;
  bytes_ += byte;
  return true;
}

bool DataUrl::Finish(std::string* bytes) {
  if (part_ == Part::kHeader || escape_digits_ >= 0) return false;
  *bytes = std::move(bytes_);
  return true;
}

}  // namespace gmr::reporter
