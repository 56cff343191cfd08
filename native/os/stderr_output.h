// StderrWriter: writes to stderr without waiting for a reader that does not read.
//
// Owns:        the lane for an stderr that may block, and the time for which it has been stuck.
// Threads:     one at a time: the reporter thread, or the formatter thread while the reporter waits for it.
// Signal-safe: no.
// Lifetime:    functions; what they share is leaked on purpose.
#ifndef GMR_NATIVE_OS_STDERR_OUTPUT_H_
#define GMR_NATIVE_OS_STDERR_OUTPUT_H_

#include <cstdint>
#include <memory>
#include <string_view>

#include "../base/bounded_lane.h"
#include "../base/result.h"
#include "stream_writer.h"

namespace gmr::platform {

class StderrWriter {
 public:
  StderrWriter();

  void Append(std::string_view text) { writer_.Append(text); }
  // `code` is 0 when everything is written. Returns at `deadline_ns` at the latest, earlier when `stop`
  // returns true or stderr has been stuck for some seconds. May be called again to write the rest.
  SysError Flush(int64_t deadline_ns, const StopCondition& stop);

 private:
  StreamWriter writer_;
  bool is_stderr_;
};

// Writes a short text, such as one line.
SysError WriteToStderr(std::string_view text, int64_t deadline_ns);

}  // namespace gmr::platform

#endif  // GMR_NATIVE_OS_STDERR_OUTPUT_H_
