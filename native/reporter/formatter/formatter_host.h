// FormatterHost: runs the TypeScript formatter, or the part of it that reads source maps, in a bare V8
// isolate of its own, while every event loop of the process may be blocked.
//
// Owns:        during one Format(): a bare isolate. Nothing between calls.
// Threads:     one of ours, whose stack must be kBareIsolateStackBytes.
// Signal-safe: no.
// Lifetime:    function. Needs the platform of a Node environment, and the gate,
//              whose Close() ends it at process exit.
#ifndef GMR_NATIVE_REPORTER_FORMATTER_FORMATTER_HOST_H_
#define GMR_NATIVE_REPORTER_FORMATTER_FORMATTER_HOST_H_

#include <node.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "../model/inline_maps.h"
#include "exit_gate.h"
#include "formatter_code.h"

namespace gmr::reporter {

// One rendering of the report.
struct ReportText {
  std::string extension;  // of its file: ".json"; empty: plain text
  std::string text;
};

// The results of one job.
struct Formatted {
  std::vector<ReportText> texts;  // empty unless they were wanted
  // The photograph as JSON, with the positions in original files; empty unless it was wanted.
  std::string photograph_json;
};

struct FormatterJob {
  const std::string& source;  // the bundle; defines globalThis.gmrFormat and globalThis.gmrResolve
  bool wants_texts = true;
  bool wants_photograph = false;
  FormatterCode* code = nullptr;
  // Called when nothing is left to do without the photograph. False: there will be none.
  std::function<bool()> await_photograph = [] { return true; };
  // Called in the isolate, so that what needs one can be done before, and as late as can be.
  std::function<std::string(v8::Isolate* isolate, v8::Local<v8::Context> context)> photograph_json;
  // Filled by `photograph_json`.
  std::shared_ptr<InlineMaps> inline_maps;
  int64_t deadline_ns = 0;
  node::MultiIsolatePlatform* platform = nullptr;
  // Gets the report before the isolate is disposed, which takes 3 to 8 ms more.
  // Process exit waits for that disposal, so once the gate closes it must return within some 50 ms.
  std::function<void(Formatted formatted)> deliver = nullptr;
};

// Why there is no report; empty when it was delivered.
std::string Format(const FormatterJob& job, ExitGate* gate);

}  // namespace gmr::reporter

#endif  // GMR_NATIVE_REPORTER_FORMATTER_FORMATTER_HOST_H_
