// JsonWriter: appends JSON to a string.
//
// Owns:        the text so far.
// Threads:     one at a time.
// Signal-safe: no.
// Lifetime:    plain object.
//
// The JSON is always valid UTF-8: invalid bytes become U+FFFD.
#ifndef GMR_NATIVE_REPORTER_MODEL_JSON_WRITER_H_
#define GMR_NATIVE_REPORTER_MODEL_JSON_WRITER_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "../../base/unmasked.h"

namespace gmr::reporter {

class JsonWriter {
 public:
  JsonWriter& BeginObject() { return Open('{'); }
  JsonWriter& EndObject() { return Close('}'); }
  JsonWriter& BeginArray() { return Open('['); }
  JsonWriter& EndArray() { return Close(']'); }
  JsonWriter& Key(std::string_view key);

  JsonWriter& String(std::string_view text);
  // Written unchanged, because the formatter is the only reader of this JSON and masks it.
  JsonWriter& String(const platform::Unmasked& text);
  JsonWriter& Number(double value);  // not finite: null
  JsonWriter& Integer(int64_t value);
  JsonWriter& Bool(bool value);
  JsonWriter& Null();
  // JSON that somebody else wrote.
  JsonWriter& Raw(std::string_view json);

  // {"status":"unavailable","reason":...}
  JsonWriter& Unavailable(std::string_view reason);

  const std::string& text() const { return text_; }
  std::string Take() { return std::move(text_); }

 private:
  JsonWriter& Open(char bracket);
  JsonWriter& Close(char bracket);
  void Separate();

  std::string text_;
  bool needs_comma_ = false;
};

}  // namespace gmr::reporter

#endif  // GMR_NATIVE_REPORTER_MODEL_JSON_WRITER_H_
