#include "bare_report.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "../../base/clock.h"
#include "../../base/own_calls.h"
#include "../../base/scoped_fd.h"
#include "../../base/utc.h"
#include "../../os/poll_fd.h"
#include "../../process/threads/syscall_names.h"

#if defined(__linux__)
#include <sys/syscall.h>
#endif

namespace gmr::reporter {

namespace {

constexpr size_t kTextBytes = size_t{32} << 10;
// Reserved for the last line, which marks the end of the report.
constexpr size_t kEndBytes = 128;
constexpr int kMaxThreads = 200;

// A text of bounded length; what does not fit is dropped.
class FixedText {
 public:
  void Clear() { size_ = 0; }

  __attribute__((format(printf, 2, 3))) void Append(const char* format, ...) {
    va_list arguments;
    va_start(arguments, format);
    Put(sizeof text_ - kEndBytes, format, arguments);
    va_end(arguments);
  }

  __attribute__((format(printf, 2, 3))) void AppendEnd(const char* format, ...) {
    va_list arguments;
    va_start(arguments, format);
    Put(sizeof text_, format, arguments);
    va_end(arguments);
  }

  std::string_view view() const { return {text_, size_}; }

 private:
  void Put(size_t limit, const char* format, va_list arguments) {
    const size_t room = limit - size_;
    const int length = std::vsnprintf(text_ + size_, room, format, arguments);
    // A line that does not fit is omitted.
    if (length > 0 && static_cast<size_t>(length) < room) size_ += static_cast<size_t>(length);
  }

  char text_[kTextBytes];
  size_t size_ = 0;
};

FixedText g_text;

// Returns the beginning of a file in /proc; empty when it cannot be read.
const char* ReadInto(char (&to)[512], const char* format, int tid) {
  char path[64];
  std::snprintf(path, sizeof path, format, tid);
  const platform::ScopedFd fd(open(path, O_RDONLY | O_CLOEXEC));
  const ssize_t length = fd.ok() ? read(fd.get(), to, sizeof to - 1) : 0;
  to[length > 0 ? length : 0] = '\0';
  return to;
}

void AppendPrintable(const char* begin, const char* end, FixedText* text) {
  char name[32];
  size_t length = 0;
  for (; begin < end && length + 1 < sizeof name; ++begin) {
    const bool plain = *begin >= ' ' && *begin <= '~';
    name[length++] = plain ? *begin : '?';
  }
  name[length] = '\0';
  text->Append("%s", name);
}

void AppendThread(int tid, FixedText* text) {
  char stat[512];
  ReadInto(stat, "/proc/self/task/%d/stat", tid);
  // A thread may name itself "a) R (b", so the name ends at the last ')'.
  const char* const open_bracket = std::strchr(stat, '(');
  const char* const close_bracket = std::strrchr(stat, ')');
  if (open_bracket == nullptr || close_bracket == nullptr || std::strlen(close_bracket) < 3) return;
  text->Append("  thread #%d  ", tid);
  AppendPrintable(open_bracket + 1, close_bracket, text);
  text->Append("%s  state: %c", tid == getpid() ? " (main)" : "", close_bracket[2]);
  char call[512];
  ReadInto(call, "/proc/self/task/%d/syscall", tid);
  if (call[0] >= '0' && call[0] <= '9') {
    const char* const name = platform::SyscallName(std::atoll(call));
    if (name != nullptr) text->Append(" in %s", name);
  }
  text->Append("\n");
}

#if defined(__linux__)

// readdir(3) would allocate.
void AppendThreads(FixedText* text) {
  const platform::ScopedFd folder(open("/proc/self/task", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (platform::IsForbidden(platform::OwnCall::kGetdents64)) {
    text->Append("  not available: a seccomp filter forbids getdents64\n");
    return;
  }
  if (!folder.ok()) {
    text->Append("  not available: /proc/self/task cannot be opened\n");
    return;
  }
  // The layout is struct linux_dirent64 of getdents(2).
  constexpr size_t kLengthAt = 16;
  constexpr size_t kNameAt = 19;
  alignas(8) char entries[2048];
  int count = 0;
  for (;;) {
    const auto bytes = syscall(SYS_getdents64, folder.get(), entries, sizeof entries);
    if (bytes <= 0) return;
    for (long at = 0; at < bytes;) {
      unsigned short length = 0;
      std::memcpy(&length, entries + at + kLengthAt, sizeof length);
      const int tid = std::atoi(entries + at + kNameAt);
      if (tid > 0 && ++count <= kMaxThreads) AppendThread(tid, text);
      at += length;
    }
  }
}

#else

void AppendThreads(FixedText* text) { text->Append("  not available on this platform\n"); }

#endif

void AppendTrigger(const Trigger& trigger, FixedText* text) {
  switch (trigger.kind) {
    case Trigger::Kind::kSignal:
      text->Append("%s from pid %d uid %u", trigger.signal_name.c_str(), trigger.sender_pid,
                   trigger.sender_uid);
      return;
    case Trigger::Kind::kFile:
      text->Append("file");
      return;
    case Trigger::Kind::kWatchdog:
      text->Append("watchdog: the event loop of thread %d has not turned for %.1f s", trigger.thread_id,
                   trigger.blocked_ms / 1e3);
      return;
    case Trigger::Kind::kFatal:
      text->Append("fatal error");
      return;
    case Trigger::Kind::kApi:
      text->Append("api");
      return;
  }
}

// Writes only if the write cannot block this thread: poll(2) promises a pipe or socket room for PIPE_BUF
// bytes.
bool WriteAll(std::string_view text, int64_t deadline_ns) {
  struct stat facts {};
  if (fstat(STDERR_FILENO, &facts) != 0) return false;
  if (!S_ISREG(facts.st_mode) && !S_ISFIFO(facts.st_mode) && !S_ISSOCK(facts.st_mode)) return false;
  while (!text.empty()) {
    const int64_t left_ns = deadline_ns - platform::MonotonicNs();
    pollfd waiting{STDERR_FILENO, POLLOUT, 0};
    if (left_ns <= 0 || platform::PollFd(&waiting, static_cast<int>(left_ns / platform::kNsPerMs) + 1) <= 0)
      return false;
    if ((waiting.revents & POLLOUT) == 0) return false;
    const ssize_t length = write(STDERR_FILENO, text.data(), std::min(text.size(), size_t{PIPE_BUF}));
    if (length < 0 && errno != EINTR && errno != EAGAIN) return false;
    if (length > 0) text.remove_prefix(static_cast<size_t>(length));
  }
  return true;
}

void AppendBanner(const char* title, FixedText* text) {
  constexpr const char* kBar = "========================================================================";
  constexpr int kInner = 64;
  const int length = static_cast<int>(std::strlen(title));
  const int left = (kInner - length) / 2;
  text->Append("%s\n====%*s%s%*s====\n%s\n", kBar, left, "", title, kInner - length - left, "", kBar);
}

}  // namespace

bool WriteBareReport(const Trigger& trigger, uint32_t sequence, const char* why, int64_t deadline_ns) {
  const platform::UtcTime utc = platform::ToUtc(trigger.wall_clock_ms);
  char date[40];
  std::snprintf(date, sizeof date, "%04d%02d%02dT%02d%02d%02dZ", utc.year, utc.month, utc.day, utc.hour,
                utc.minute, utc.second);
  const int pid = getpid();

  FixedText& text = g_text;
  text.Clear();
  AppendBanner("Guru Meditation", &text);
  text.Append("  essential report: the formatter did not run (%s)\n", why);
  text.Append("  report %s-%d-%u, pid %d\n  trigger: ", date, pid, sequence, pid);
  AppendTrigger(trigger, &text);
  text.Append("\n");
  AppendBanner("Threads", &text);
  text.Append("  Stacks are not available: there is no memory to read them.\n\n");
  AppendThreads(&text);
  text.AppendEnd("==== End of report %s-%d-%u ====\n", date, pid, sequence);
  return WriteAll(text.view(), deadline_ns);
}

}  // namespace gmr::reporter
