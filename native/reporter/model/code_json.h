// CodeJson: the source text of frames, and the scripts of a photograph, each once.
//
// Owns:        the scripts.
// Threads:     one at a time.
// Signal-safe: no.
// Lifetime:    one per photograph that is written.
#ifndef GMR_NATIVE_REPORTER_MODEL_CODE_JSON_H_
#define GMR_NATIVE_REPORTER_MODEL_CODE_JSON_H_

#include <cstddef>
#include <map>
#include <utility>
#include <vector>

#include "../../image/text/code_text.h"
#include "json_writer.h"

namespace gmr::reporter {

class CodeJson {
 public:
  // From now on, frames are those of a capture that has these scripts. Captures of one isolate have the same
  // `isolate`, which is a number that the caller chooses.
  void Enter(int isolate, const std::vector<vm::ScriptInfo>& scripts);

  // `source`, `script` and `functionStart` of a frame, in an object that is open.
  void WriteCode(JsonWriter& json, const vm::CodeText& code);
  // The array of scripts.
  void WriteScripts(JsonWriter& json) const;

  std::vector<vm::ScriptInfo> TakeScripts() { return std::move(scripts_); }

 private:
  // A photograph with more text would be too large for the formatter.
  static constexpr size_t kMaxTextBytes = size_t{3} << 20;

  void WriteSource(JsonWriter& json, const vm::SourceExcerpt& source);
  void WriteFunctionStart(JsonWriter& json, const vm::FunctionStart& start);
  bool HasRoomFor(const std::string& text);

  std::vector<vm::ScriptInfo> scripts_;
  std::map<std::pair<int, int>, int> by_id_;
  std::vector<int> of_capture_;
  size_t text_bytes_ = 0;
};

}  // namespace gmr::reporter

#endif  // GMR_NATIVE_REPORTER_MODEL_CODE_JSON_H_
