#include "stream_writer.h"

#include <limits.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "../base/clock.h"
#include "../base/monitor.h"
#include "../base/own_calls.h"
#include "../base/sleep.h"
#include "poll_fd.h"

namespace gmr::platform {

namespace {

constexpr int64_t kAskStopEveryNs = 20 * kNsPerMs;
// How long to pause when poll(2) reports room but the write finds none: a terminal with one free byte cannot
// take a line break, which needs two.
constexpr int64_t kPauseNs = 2 * kNsPerMs;
constexpr size_t kFilePiece = size_t{1} << 20;
// Size of one write on a thread that may be abandoned, and thus the most that a stopped terminal shows later.
constexpr size_t kTerminalPiece = 512;

size_t PieceSize(const OutputFd& output) {
  if (S_ISREG(output.facts().st_mode)) return kFilePiece;
  const bool may_hang = output.is_terminal() && output.kind() == OutputFd::Kind::kMayBlock;
  return may_hang ? kTerminalPiece : size_t{PIPE_BUF};
}

ssize_t WritePiece(const OutputFd& output, std::string_view text) {
  if (output.kind() == OutputFd::Kind::kSocket && MayCall(OwnCall::kSendto)) {
#if defined(MSG_NOSIGNAL)
    return send(output.get(), text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
#else
    return send(output.get(), text.data(), text.size(), MSG_DONTWAIT);
#endif
  }
  return write(output.get(), text.data(), text.size());
}

// Returns 0 when `fd` accepts bytes, EAGAIN at the deadline, otherwise an errno.
int WaitWritable(int fd, int64_t deadline_ns) {
  const int64_t left_ns = std::max<int64_t>(deadline_ns - MonotonicNs(), 0);
  pollfd waiting{fd, POLLOUT, 0};
  const int ready = PollFd(&waiting, static_cast<int>(left_ns / kNsPerMs) + 1);
  if (ready < 0) return errno == EINTR ? EAGAIN : errno;
  if (ready == 0) return EAGAIN;
  if ((waiting.revents & POLLOUT) != 0) return 0;
  if ((waiting.revents & POLLNVAL) != 0) return EBADF;
  return EPIPE;  // POLLERR or POLLHUP without POLLOUT: no reader is left
}

}  // namespace

struct StreamWriter::State {
  std::unique_ptr<OutputFd> output;
  Monitor monitor;
  // Guarded by monitor:
  std::string text;
  size_t written = 0;
  int error = 0;
  bool abandoned = false;

  // Returns the next piece; empty when nothing is left.
  std::string NextPiece() {
    const Monitor::Lock lock(monitor);
    return error != 0 || abandoned ? "" : text.substr(written, PieceSize(*output));
  }

  // Returns true when something was written.
  bool Note(ssize_t length) {
    const int code = errno;
    const Monitor::Lock lock(monitor);
    if (length > 0) written += static_cast<size_t>(length);
    if (length < 0 && code != EINTR && code != EAGAIN) error = code;
    return length > 0;
  }

  // Returns 0, an error, or ETIMEDOUT when something is still to be written.
  int Result() {
    const Monitor::Lock lock(monitor);
    if (error != 0) return error;
    return written == text.size() ? 0 : ETIMEDOUT;
  }

  void Pump() {
    for (;;) {
      const std::string piece = NextPiece();
      if (piece.empty()) return;
      // EAGAIN means that the application made the descriptor non-blocking.
      if (!Note(WritePiece(*output, piece))) SleepNs(kPauseNs);
    }
  }
};

StreamWriter::StreamWriter(std::unique_ptr<OutputFd> output, BoundedLane* lane)
    : state_(std::make_shared<State>()), lane_(lane) {
  state_->error = output->error();
  state_->output = std::move(output);
}

StreamWriter::~StreamWriter() {
  const Monitor::Lock lock(state_->monitor);
  state_->abandoned = true;
}

const OutputFd& StreamWriter::output() const { return *state_->output; }

void StreamWriter::Append(std::string_view text) {
  const Monitor::Lock lock(state_->monitor);
  state_->text += text;
}

size_t StreamWriter::written() const {
  const Monitor::Lock lock(state_->monitor);
  return state_->written;
}

int StreamWriter::Flush(int64_t deadline_ns, const StopCondition& stop) {
  const int result = state_->Result();
  if (result != ETIMEDOUT) return result;
  const bool may_block = output().kind() == OutputFd::Kind::kMayBlock;
  return may_block ? FlushOnLane(deadline_ns, stop) : FlushNow(deadline_ns, stop);
}

int StreamWriter::FlushNow(int64_t deadline_ns, const StopCondition& stop) {
  int64_t ask_at_ns = MonotonicNs() + kAskStopEveryNs;
  while (state_->Result() == ETIMEDOUT) {
    const int64_t now_ns = MonotonicNs();
    if (now_ns >= ask_at_ns) {
      if (now_ns >= deadline_ns || stop()) return ETIMEDOUT;
      ask_at_ns = now_ns + kAskStopEveryNs;
    }
    const int error = WaitWritable(output().get(), std::min(deadline_ns, ask_at_ns));
    if (error == EAGAIN) {
      if (MonotonicNs() >= deadline_ns) return ETIMEDOUT;
      continue;
    }
    if (error != 0) return error;
    if (!state_->Note(WritePiece(output(), state_->NextPiece()))) SleepNs(kPauseNs);
  }
  return state_->Result();
}

int StreamWriter::FlushOnLane(int64_t deadline_ns, const StopCondition& stop) {
  // A call of an earlier Flush() or of an earlier report may still occupy the lane.
  while (lane_->Wait(deadline_ns, stop)) {
    if (const int result = state_->Result(); result != ETIMEDOUT) return result;
    const auto started = lane_->Start([state = state_] { state->Pump(); });
    if (started == BoundedLane::Started::kNoThread) return FlushWithoutThread(deadline_ns);
  }
  return state_->Result();
}

// No thread could be started. A regular file does not wait for a reader, and after poll(2) a pipe has room
// unless another writer takes it at the same moment. A terminal is not written to, because it could block
// this thread forever.
int StreamWriter::FlushWithoutThread(int64_t deadline_ns) {
  if (!S_ISREG(output().facts().st_mode) && !S_ISFIFO(output().facts().st_mode)) return EAGAIN;
  return FlushNow(deadline_ns, [] { return true; });
}

}  // namespace gmr::platform
