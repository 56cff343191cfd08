// StreamWriter: writes text to an output without ever waiting for its reader beyond a deadline.
//
// Owns:        the text that is not written yet, and the output.
// Threads:     one at a time, with SIGPIPE blocked; where a write may block, it is made on a lane's thread.
// Signal-safe: no.
// Lifetime:    one report or line. The destructor drops what is not written; a write(2) that hangs
//              at that moment may still complete, with at most one piece.
#ifndef GMR_NATIVE_OS_STREAM_WRITER_H_
#define GMR_NATIVE_OS_STREAM_WRITER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "../base/bounded_lane.h"
#include "output_fd.h"

namespace gmr::platform {

class StreamWriter {
 public:
  // `lane` is for writes that may block.
  StreamWriter(std::unique_ptr<OutputFd> output, BoundedLane* lane);
  StreamWriter(const StreamWriter&) = delete;
  StreamWriter& operator=(const StreamWriter&) = delete;
  ~StreamWriter();

  const OutputFd& output() const;
  void Append(std::string_view text);
  // Returns 0 when everything is written. ETIMEDOUT means that `deadline_ns` passed or `stop` returned true;
  // Flush() may be called again.
  int Flush(int64_t deadline_ns, const StopCondition& stop);
  // Bytes of the text that the output has accepted so far.
  size_t written() const;

 private:
  struct State;

  int FlushNow(int64_t deadline_ns, const StopCondition& stop);
  int FlushOnLane(int64_t deadline_ns, const StopCondition& stop);
  int FlushWithoutThread(int64_t deadline_ns);

  const std::shared_ptr<State> state_;
  BoundedLane* const lane_;
};

}  // namespace gmr::platform

#endif  // GMR_NATIVE_OS_STREAM_WRITER_H_
