#include "stderr_output.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>

#include "../base/clock.h"
#include "stderr_identity.h"

namespace gmr::platform {

namespace {

// After this much waiting in vain, stderr counts as stuck, for example a terminal that was stopped with
// Ctrl-S.
constexpr int64_t kStuckAfterNs = 2000 * kNsPerMs;
// While stderr is stuck, each report waits only this long to find out whether it still is, so that report
// files, calls and later signals are not delayed each time.
constexpr int64_t kStuckPatienceNs = 200 * kNsPerMs;

// How long writers have waited since stderr last accepted anything.
std::atomic<int64_t> fruitless_ns{0};

BoundedLane& StderrLane() {
  static auto* lane = new BoundedLane("gmr-stderr");  // NOLINT(cppcoreguidelines-owning-memory): leaked
  return *lane;
}

}  // namespace

StderrWriter::StderrWriter()
    : writer_(std::make_unique<OutputFd>(STDERR_FILENO), &StderrLane()),
      is_stderr_(IsStderr(writer_.output())) {}

SysError StderrWriter::Flush(int64_t deadline_ns, const StopCondition& stop) {
  if (writer_.output().error() != 0) return {writer_.output().error(), "writing to stderr"};
  if (!is_stderr_) return {EBADF, "writing to stderr, whose number 2 now belongs to another file"};
  const size_t before = writer_.written();
  bool stopped = false;
  const auto note_stop = [&] { return stopped = stop(); };
  const int64_t began_ns = MonotonicNs();
  if (fruitless_ns.load() >= kStuckAfterNs) deadline_ns = std::min(deadline_ns, began_ns + kStuckPatienceNs);
  const int error = writer_.Flush(deadline_ns, note_stop);
  if (writer_.written() > before) {
    fruitless_ns.store(0);
  } else if (error == ETIMEDOUT && !stopped) {
    fruitless_ns.fetch_add(MonotonicNs() - began_ns);
  }
  return {error, error == ETIMEDOUT ? "waiting for stderr to take it" : "writing to stderr"};
}

SysError WriteToStderr(std::string_view text, int64_t deadline_ns) {
  StderrWriter writer;
  writer.Append(text);
  return writer.Flush(deadline_ns, [] { return false; });
}

}  // namespace gmr::platform
