#include "json_writer.h"

#include <cmath>
#include <cstdio>

#include "../../base/printable.h"

namespace gmr::reporter {

void JsonWriter::Separate() {
  if (needs_comma_) text_ += ',';
  needs_comma_ = true;
}

JsonWriter& JsonWriter::Open(char bracket) {
  Separate();
  text_ += bracket;
  needs_comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::Close(char bracket) {
  text_ += bracket;
  needs_comma_ = true;
  return *this;
}

JsonWriter& JsonWriter::Key(std::string_view key) {
  Separate();
  platform::AppendJsonString(key, &text_);
  text_ += ':';
  needs_comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::String(std::string_view text) {
  Separate();
  platform::AppendJsonString(text, &text_);
  return *this;
}

JsonWriter& JsonWriter::String(const platform::Unmasked& text) {
  return String(text.For(platform::Unmasked::Reader::kFormatter));
}

JsonWriter& JsonWriter::Number(double value) {
  if (!std::isfinite(value)) return Null();
  char digits[40];
  std::snprintf(digits, sizeof digits, "%.3f", value);
  return Raw(digits);
}

JsonWriter& JsonWriter::Integer(int64_t value) { return Raw(std::to_string(value)); }

JsonWriter& JsonWriter::Bool(bool value) { return Raw(value ? "true" : "false"); }

JsonWriter& JsonWriter::Null() { return Raw("null"); }

JsonWriter& JsonWriter::Raw(std::string_view json) {
  Separate();
  text_ += json;
  return *this;
}

JsonWriter& JsonWriter::Unavailable(std::string_view reason) {
  return BeginObject().Key("status").String("unavailable").Key("reason").String(reason).EndObject();
}

}  // namespace gmr::reporter
