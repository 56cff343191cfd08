#include "queue_signal.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "signal_handler.h"

namespace gmr::platform {

namespace {

// These numbers are the same on all architectures. The headers of older systems lack them.
constexpr long kPidfdSendSignal = 424;
constexpr long kPidfdOpen = 434;

}  // namespace

Result<int> OpenProcess(int pid) {
  const long fd = syscall(kPidfdOpen, pid, 0);
  if (fd < 0) return SysError{errno, "pidfd_open"};
  return static_cast<int>(fd);
}

Result<bool> QueueRequest(int pid, int process_fd, int signal_number) {
  siginfo_t info{};
  info.si_signo = signal_number;
  info.si_code = SI_QUEUE;
  info.si_pid = getpid();
  info.si_uid = getuid();
  info.si_value.sival_int = kRequestValue;
  if (process_fd >= 0) {
    if (syscall(kPidfdSendSignal, process_fd, signal_number, &info, 0) == 0) return true;
    return SysError{errno, "pidfd_send_signal"};
  }
  if (syscall(SYS_rt_sigqueueinfo, pid, signal_number, &info) == 0) return true;
  return SysError{errno, "rt_sigqueueinfo"};
}

}  // namespace gmr::platform
