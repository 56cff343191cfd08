// FormatterApi: what the formatter may ask of its host; BundleHost in
// src/formatter/host.ts.
//
// Owns:        nothing.
// Threads:     the thread that has entered the isolate.
// Signal-safe: no.
// Lifetime:    the object belongs to the isolate.
#ifndef GMR_NATIVE_REPORTER_FORMATTER_FORMATTER_API_H_
#define GMR_NATIVE_REPORTER_FORMATTER_FORMATTER_API_H_

#include <v8.h>

#include <string>

#include "../model/inline_maps.h"

namespace gmr::reporter {

// { readTextFile(path, maxBytes), readBytes(path, maxBytes), fileSize(path), modifiedAtMs(path), nowMs(),
// cpuMs(), noMaps, inlineMap(script) }. None of them throws. `no_maps`: why source maps may not be read;
// empty when they may. `inline_maps` must live as long as the isolate.
v8::Local<v8::Object> MakeFormatterApi(v8::Isolate* isolate, v8::Local<v8::Context> context,
                                       const std::string& no_maps, InlineMaps* inline_maps);

}  // namespace gmr::reporter

#endif  // GMR_NATIVE_REPORTER_FORMATTER_FORMATTER_API_H_
