#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>

#include "../../base/text_buffer.h"
#include "../text_file.h"
#include "fd_describe.h"
#include "passive_probe.h"
#include "process_syscall.h"
#include "syscall_describe.h"
#include "syscall_names.h"

namespace gmr::platform {

namespace {

std::string PathOf(int pid, const char* name) { return "/proc/" + std::to_string(pid) + "/" + name; }

// What its descriptor is. It may have been closed and used anew meanwhile.
void AppendFdOf(int pid, int fd, TextBuffer* to) {
  to->Append("fd ");
  to->AppendNumber(fd);
  char target[256];
  const std::string link = PathOf(pid, "fd/") + std::to_string(fd);
  const ssize_t length = readlink(link.c_str(), target, sizeof target);
  if (length <= 0) return;
  to->Append(" -> ");
  to->Append(std::string_view(target, static_cast<size_t>(length)));
}

// A program for another word size has other numbers for the same calls. Its stack is below 4 GiB.
bool HasOurNumbers(const ThreadPlace& place) {
  return sizeof(void*) == 4 || (place.stack_pointer >> 32) != 0;
}

std::string DescribePlace(int pid, const ThreadPlace& place) {
  const char* name = SyscallName(place.syscall);
  if (name == nullptr) return {};
  TextBuffer text;
  text.Append(name);
  const int first = static_cast<int>(static_cast<uint32_t>(place.arguments[0]));
  if (BeginsWithDescriptor(place.syscall)) {
    text.Append("(");
    AppendFdOf(pid, first, &text);
    text.Append(")");
  } else if (place.syscall == SYS_wait4 && first > 0) {
    text.Append("(");
    AppendProcess(first, &text);
    text.Append(")");
  }
  return std::string(text.view());
}

// The name of the function in which the kernel put the thread to sleep. "0" when it runs or may not be seen.
std::string KernelFunction(int pid) {
  const auto text = ReadProcFile(AT_FDCWD, PathOf(pid, "wchan").c_str());
  if (!text.ok() || text.value().empty() || text.value() == "0") return {};
  return text.value();
}

}  // namespace

std::string DescribeProcessSyscall(int pid) {
  const auto text = ReadProcFile(AT_FDCWD, PathOf(pid, "syscall").c_str());
  if (!text.ok()) return KernelFunction(pid);
  ThreadPlace place;
  if (!KernelTellsOurPlaces() || !ParseSyscallText(text.value(), &place)) return {};
  if (place.state != PlaceState::kBlocked || place.syscall < 0 || !HasOurNumbers(place)) return {};
  return DescribePlace(pid, place);
}

}  // namespace gmr::platform
