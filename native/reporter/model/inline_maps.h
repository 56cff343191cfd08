// InlineMaps: source maps that scripts have in themselves, as `data:` URLs.
//
// Owns:        what is known of the photograph's scripts.
// Threads:     one at a time. Threads whose memory is read run meanwhile.
// Signal-safe: no: allocates.
// Lifetime:    of a photograph.
//
// A bundle's map may take many megabytes, so it is read from V8's heap only when the formatter requests it.
#ifndef GMR_NATIVE_REPORTER_MODEL_INLINE_MAPS_H_
#define GMR_NATIVE_REPORTER_MODEL_INLINE_MAPS_H_

#include <string>
#include <utility>
#include <vector>

#include "../../image/text/code_text.h"

namespace gmr::reporter {

class InlineMaps {
 public:
  // In the order of the photograph.
  void Take(std::vector<vm::ScriptInfo> scripts) { scripts_ = std::move(scripts); }

  // The bytes of a script's map. False: it has none, the map is too large, or V8 has freed it.
  bool Read(size_t script, std::string* bytes) const;

 private:
  std::vector<vm::ScriptInfo> scripts_;
};

}  // namespace gmr::reporter

#endif  // GMR_NATIVE_REPORTER_MODEL_INLINE_MAPS_H_
