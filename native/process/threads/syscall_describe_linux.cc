#include "syscall_describe.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#include <algorithm>
#include <cstring>

#include "fd_describe.h"
#include "syscall_names.h"

namespace gmr::platform {

namespace {

// What of the arguments is worth saying.
enum class Shape : uint8_t {
  kFd,         // the first is a descriptor
  kPath,       // the first is a path
  kPathAt,     // the second is a path, the first the directory
  kConnect,    // descriptor, address, its length
  kFutex,      // word, operation
  kPid,        // wait4: the first is a process
  kPidOfType,  // waitid: what kind of number, the number
  kSleep,      // the first points to a time
  kSleepAt,    // clock_nanosleep: clock, flags, time
  kPoll,       // array, count, milliseconds
  kPollUntil,  // array, count, time
  kFcntl,      // descriptor, command
};

struct SyscallShape {
  int64_t number;
  Shape shape;
};

constexpr SyscallShape kShapes[] = {
    {SYS_read, Shape::kFd},
    {SYS_write, Shape::kFd},
    {SYS_readv, Shape::kFd},
    {SYS_writev, Shape::kFd},
    {SYS_pread64, Shape::kFd},
    {SYS_pwrite64, Shape::kFd},
    {SYS_preadv, Shape::kFd},
    {SYS_pwritev, Shape::kFd},
    {SYS_close, Shape::kFd},
    {SYS_fstat, Shape::kFd},
    {SYS_lseek, Shape::kFd},
    {SYS_fsync, Shape::kFd},
    {SYS_fdatasync, Shape::kFd},
    {SYS_ftruncate, Shape::kFd},
    {SYS_fallocate, Shape::kFd},
    {SYS_getdents64, Shape::kFd},
    {SYS_flock, Shape::kFd},
    {SYS_ioctl, Shape::kFd},
    {SYS_fcntl, Shape::kFcntl},
    {SYS_sendfile, Shape::kFd},
    {SYS_splice, Shape::kFd},
    {SYS_copy_file_range, Shape::kFd},
#if defined(SYS_io_uring_enter)
    {SYS_io_uring_enter, Shape::kFd},
#endif
    {SYS_accept, Shape::kFd},
    {SYS_accept4, Shape::kFd},
    {SYS_shutdown, Shape::kFd},
    {SYS_sendto, Shape::kFd},
    {SYS_sendmsg, Shape::kFd},
    {SYS_sendmmsg, Shape::kFd},
    {SYS_recvfrom, Shape::kFd},
    {SYS_recvmsg, Shape::kFd},
    {SYS_recvmmsg, Shape::kFd},
    {SYS_connect, Shape::kConnect},
    {SYS_openat, Shape::kPathAt},
    {SYS_newfstatat, Shape::kPathAt},
    {SYS_statx, Shape::kPathAt},
    {SYS_faccessat, Shape::kPathAt},
    {SYS_readlinkat, Shape::kPathAt},
    {SYS_mkdirat, Shape::kPathAt},
    {SYS_unlinkat, Shape::kPathAt},
    {SYS_renameat2, Shape::kPathAt},
    {SYS_fchmodat, Shape::kPathAt},
    {SYS_utimensat, Shape::kPathAt},
    {SYS_truncate, Shape::kPath},
    {SYS_execve, Shape::kPath},
#if defined(SYS_open)
    // Calls that newer architectures have in their *at form only.
    {SYS_open, Shape::kPath},
    {SYS_stat, Shape::kPath},
    {SYS_lstat, Shape::kPath},
    {SYS_access, Shape::kPath},
    {SYS_readlink, Shape::kPath},
    {SYS_mkdir, Shape::kPath},
    {SYS_rmdir, Shape::kPath},
    {SYS_unlink, Shape::kPath},
    {SYS_rename, Shape::kPath},
    {SYS_chmod, Shape::kPath},
    {SYS_poll, Shape::kPoll},
#endif
    {SYS_ppoll, Shape::kPollUntil},
    {SYS_nanosleep, Shape::kSleep},
    {SYS_clock_nanosleep, Shape::kSleepAt},
    {SYS_futex, Shape::kFutex},
    {SYS_wait4, Shape::kPid},
    {SYS_waitid, Shape::kPidOfType},
};

const SyscallShape* FindShape(int64_t number) {
  for (const SyscallShape& shape : kShapes) {
    if (shape.number == number) return &shape;
  }
  return nullptr;
}

// Registers hold 64 bits; an int among the arguments has the lower half.
int ToInt(uint64_t argument) { return static_cast<int>(static_cast<uint32_t>(argument)); }

// Page by page, so that a string at the end of a mapping is read to its end.
void AppendString(Address address, MemoryReader* reader, TextBuffer* to) {
  constexpr size_t kMaxBytes = 256;
  constexpr size_t kPageBytes = 4096;
  char text[kMaxBytes];
  for (size_t have = 0; have < kMaxBytes;) {
    const size_t part = std::min<size_t>(kMaxBytes - have, kPageBytes - address % kPageBytes);
    if (!reader->Read(address, text, part)) return to->Append("?");
    const void* end = std::memchr(text, 0, part);
    const size_t length = end == nullptr ? part : static_cast<size_t>(static_cast<const char*>(end) - text);
    to->Append(std::string_view(text, length));
    if (end != nullptr) return;
    have += part;
    address += part;
  }
  to->Append("...");
}

void AppendDuration(Address timespec_address, MemoryReader* reader, TextBuffer* to) {
  timespec time{};
  if (!reader->Load(timespec_address, &time) || time.tv_sec < 0 || time.tv_sec > INT32_MAX)
    return to->Append("?");
  to->AppendNumber(int64_t{time.tv_sec} * 1000 + time.tv_nsec / 1'000'000);
  to->Append(" ms");
}

void AppendConnect(const ThreadPlace& place, MemoryReader* reader, TextBuffer* to) {
  sockaddr_storage address{};
  const size_t bytes = std::min<size_t>(place.arguments[2], sizeof address);
  TextBuffer target;
  if (!reader->Read(Address(place.arguments[1]), &address, bytes) ||
      !AppendSocketAddress(address, bytes, &target)) {
    return AppendFd(ToInt(place.arguments[0]), to);
  }
  to->Append("fd ");
  to->AppendNumber(ToInt(place.arguments[0]));
  to->Append(" -> ");
  to->Append(target.view());
}

// <linux/futex.h> is no part of the C library, and older ones lack some of these.
enum FutexOperation : uint64_t {
  kFutexWait = 0,
  kFutexLockPi = 6,
  kFutexWaitBitset = 9,
  kFutexWaitRequeuePi = 11,
  kFutexLockPi2 = 13,
  kFutexOperationMask = 0x7f,
};

void AppendFutex(uint64_t operation, TextBuffer* to) {
  switch (operation & kFutexOperationMask) {
    case kFutexWait:
    case kFutexWaitBitset:
      return to->Append("wait");
    case kFutexLockPi:
    case kFutexLockPi2:
      return to->Append("lock_pi");
    case kFutexWaitRequeuePi:
      return to->Append("wait_requeue_pi");
    default:
      return to->AppendNumber(static_cast<int64_t>(operation));
  }
}

// As wait4(2) numbers them. Wider than an int: its least value has no opposite.
void AppendWaitedProcess(int64_t pid, TextBuffer* to) {
  if (pid > 0) return AppendProcess(static_cast<int>(pid), to);
  if (pid == -1) return to->Append("any child");
  to->Append("process group ");
  to->AppendNumber(-pid);
}

void AppendWaitid(const ThreadPlace& place, TextBuffer* to) {
  const int64_t number = ToInt(place.arguments[1]);
  switch (ToInt(place.arguments[0])) {
    case P_PID:
      return AppendWaitedProcess(number, to);
    case P_PGID:
      return AppendWaitedProcess(-number, to);
    case P_ALL:
      return to->Append("any child");
    default:
      return AppendFd(static_cast<int>(number), to);  // P_PIDFD
  }
}

void AppendPoll(const ThreadPlace& place, bool until, MemoryReader* reader, TextBuffer* to) {
  pollfd first{};
  const uint64_t count = place.arguments[1];
  if (count > 0 && reader->Load(Address(place.arguments[0]), &first)) {
    AppendFd(first.fd, to);
  } else {
    to->Append("no descriptor");
  }
  if (count > 1) {
    to->Append(" and ");
    to->AppendNumber(static_cast<int64_t>(count - 1));
    to->Append(" more");
  }
  const uint64_t timeout = place.arguments[2];
  if (until ? timeout == 0 : ToInt(timeout) < 0) return;
  to->Append(", at most ");
  if (until) return AppendDuration(Address(timeout), reader, to);
  to->AppendNumber(ToInt(timeout));
  to->Append(" ms");
}

void AppendSleepAt(const ThreadPlace& place, MemoryReader* reader, TextBuffer* to) {
  if ((place.arguments[1] & TIMER_ABSTIME) != 0) return to->Append("until a point in time");
  AppendDuration(Address(place.arguments[2]), reader, to);
}

void AppendFcntl(const ThreadPlace& place, TextBuffer* to) {
  AppendFd(ToInt(place.arguments[0]), to);
  const int command = ToInt(place.arguments[1]);
  // As the kernel numbers it, whatever the C library calls it.
  constexpr int kSetLockWait = 7;
  constexpr int kOpenFileSetLockWait = 38;
  if (command == kSetLockWait || command == kOpenFileSetLockWait) to->Append(", waiting for a lock");
}

void AppendArguments(const ThreadPlace& place, Shape shape, MemoryReader* reader, TextBuffer* to) {
  const auto& arguments = place.arguments;
  switch (shape) {
    case Shape::kFd:
      return AppendFd(ToInt(arguments[0]), to);
    case Shape::kPath:
      return AppendString(Address(arguments[0]), reader, to);
    case Shape::kPathAt:
      return AppendString(Address(arguments[1]), reader, to);
    case Shape::kConnect:
      return AppendConnect(place, reader, to);
    case Shape::kFutex:
      return AppendFutex(arguments[1], to);
    case Shape::kPid:
      return AppendWaitedProcess(ToInt(arguments[0]), to);
    case Shape::kPidOfType:
      return AppendWaitid(place, to);
    case Shape::kSleep:
      return AppendDuration(Address(arguments[0]), reader, to);
    case Shape::kSleepAt:
      return AppendSleepAt(place, reader, to);
    case Shape::kPoll:
      return AppendPoll(place, false, reader, to);
    case Shape::kPollUntil:
      return AppendPoll(place, true, reader, to);
    case Shape::kFcntl:
      return AppendFcntl(place, to);
  }
}

void AppendName(int64_t number, TextBuffer* to) {
  if (const char* name = SyscallName(number)) return to->Append(name);
  to->Append("system call ");
  to->AppendNumber(number);
}

}  // namespace

bool BeginsWithDescriptor(int64_t number) {
  const SyscallShape* const shape = FindShape(number);
  return shape != nullptr && (shape->shape == Shape::kFd || shape->shape == Shape::kFcntl);
}

TextBuffer DescribeSyscall(const ThreadPlace& place, MemoryReader* reader) {
  TextBuffer text;
  if (place.state != PlaceState::kBlocked) return text;
  if (place.syscall < 0) {
    text.Append("a page fault");
    return text;
  }
  AppendName(place.syscall, &text);
  if (const SyscallShape* shape = FindShape(place.syscall)) {
    text.Append("(");
    AppendArguments(place, shape->shape, reader, &text);
    text.Append(")");
  }
  return text;
}

}  // namespace gmr::platform
