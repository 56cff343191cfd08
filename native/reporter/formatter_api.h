// FormatterApi: what the formatter may ask of its host; FormatterHost in
// src/formatter/host.ts.
//
// Owns:        nothing.
// Threads:     the thread that has entered the isolate.
// Signal-safe: no.
// Lifetime:    the object belongs to the isolate.
#ifndef GMR_NATIVE_REPORTER_FORMATTER_API_H_
#define GMR_NATIVE_REPORTER_FORMATTER_API_H_

#include <v8.h>

namespace gmr::reporter {

// { readTextFile(path, maxBytes), modifiedAtMs(path), nowMs() }. None of them throws.
v8::Local<v8::Object> MakeFormatterApi(v8::Isolate* isolate, v8::Local<v8::Context> context);

}  // namespace gmr::reporter

#endif  // GMR_NATIVE_REPORTER_FORMATTER_API_H_
