// FormatterCode: what V8 compiled of the formatter for the first report, for the next ones.
//
// Owns:        a copy of V8's code cache, some 150 KB from the first report on.
// Threads:     the reporter thread, in the formatter's isolate.
// Signal-safe: no.
// Lifetime:    one per reporter.
//
// Compiling is a quarter of the time that a report takes. V8 checks its own
// version, its flags and the length of the source, and refuses what does not
// match; then it is compiled anew.
#ifndef GMR_NATIVE_REPORTER_FORMATTER_FORMATTER_CODE_H_
#define GMR_NATIVE_REPORTER_FORMATTER_FORMATTER_CODE_H_

#include <v8.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace gmr::reporter {

class FormatterCode {
 public:
  // Empty: an exception is pending.
  v8::MaybeLocal<v8::UnboundScript> Compile(v8::Isolate* isolate, const std::string& source);
  // After the script ran, so that the functions that it called are in it. Takes one to two milliseconds at
  // the first call, and nothing later.
  void Keep(v8::Isolate* isolate, const v8::Global<v8::UnboundScript>& script);

 private:
  std::vector<uint8_t> cached_;  // empty: nothing yet
  size_t source_hash_ = 0;
};

}  // namespace gmr::reporter

#endif  // GMR_NATIVE_REPORTER_FORMATTER_FORMATTER_CODE_H_
