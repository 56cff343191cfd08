#include "proc_parse.h"

#include <cerrno>
#include <charconv>
#include <vector>

namespace gmr::platform {

namespace {

std::vector<std::string_view> SplitAtSpaces(std::string_view text) {
  std::vector<std::string_view> fields;
  size_t at = 0;
  while (at < text.size()) {
    const size_t end = text.find_first_of(" \n", at);
    const size_t length = (end == text.npos ? text.size() : end) - at;
    if (length > 0) fields.push_back(text.substr(at, length));
    at += length + 1;
  }
  return fields;
}

template <typename T>
bool ParseNumber(std::string_view field, T* value) {
  int base = 10;
  if (field.size() > 2 && field.substr(0, 2) == "0x") {
    field.remove_prefix(2);
    base = 16;
  }
  const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), *value, base);
  return error == std::errc() && end == field.data() + field.size();
}

}  // namespace

Result<ThreadStat> ParseThreadStat(std::string_view text) {
  const SysError malformed{EINVAL, "parsing /proc/self/task/<tid>/stat"};
  // A thread may name itself "a) R (b", so its name ends at the last ')'.
  const size_t open = text.find('(');
  const size_t close = text.rfind(')');
  if (open == text.npos || close == text.npos || close < open || close + 2 >= text.size()) return malformed;

  // After the name: state is field 3 of the manual page, utime 14, stime 15, starttime 22.
  const auto fields = SplitAtSpaces(text.substr(close + 2));
  constexpr size_t kState = 0;
  constexpr size_t kUserTicks = 11;
  constexpr size_t kSystemTicks = 12;
  constexpr size_t kStartTicks = 19;
  if (fields.size() <= kStartTicks) return malformed;

  ThreadStat stat;
  stat.name = text.substr(open + 1, close - open - 1);
  stat.state = fields[kState].front();
  if (!ParseNumber(fields[kUserTicks], &stat.user_ticks)) return malformed;
  if (!ParseNumber(fields[kSystemTicks], &stat.system_ticks)) return malformed;
  if (!ParseNumber(fields[kStartTicks], &stat.start_ticks)) return malformed;
  return stat;
}

Result<std::optional<ThreadSyscall>> ParseThreadSyscall(std::string_view text) {
  const SysError malformed{EINVAL, "parsing /proc/self/task/<tid>/syscall"};
  const auto fields = SplitAtSpaces(text);
  if (fields.empty()) return malformed;
  if (fields.front() == "running") return std::optional<ThreadSyscall>();

  ThreadSyscall call;
  if (fields.size() < 3 || !ParseNumber(fields.front(), &call.number)) return malformed;
  if (!ParseNumber(fields[fields.size() - 2], &call.stack_pointer)) return malformed;
  if (!ParseNumber(fields.back(), &call.program_counter)) return malformed;
  return std::optional<ThreadSyscall>(call);
}

}  // namespace gmr::platform
