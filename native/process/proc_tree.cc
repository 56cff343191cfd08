#include "proc_tree.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>

namespace gmr::platform {

Result<ProcessStat> ParseProcessStat(std::string_view text) {
  const SysError malformed{EINVAL, "parsing /proc/<pid>/stat"};
  // A process may name itself "a) R (b", so its name ends at the last ')'.
  const size_t open = text.find('(');
  const size_t close = text.rfind(')');
  if (open == text.npos || close == text.npos || close < open) return malformed;
  const std::string rest(text.substr(close + 1));

  ProcessStat stat;
  unsigned long long user_ticks = 0;
  unsigned long long system_ticks = 0;
  unsigned long long start_ticks = 0;
  long long resident_pages = 0;
  // Fields 3 state, 4 ppid, 14 utime, 15 stime, 22 starttime, 24 rss of the manual page.
  const int found =
      std::sscanf(rest.c_str(),
                  " %c %d %*s %*s %*s %*s %*s %*s %*s %*s %*s %llu %llu"
                  " %*s %*s %*s %*s %*s %*s %llu %*s %lld",
                  &stat.state, &stat.ppid, &user_ticks, &system_ticks, &start_ticks, &resident_pages);
  if (found != 6) return malformed;
  stat.name = text.substr(open + 1, close - open - 1);
  stat.user_ticks = user_ticks;
  stat.system_ticks = system_ticks;
  stat.start_ticks = start_ticks;
  stat.resident_pages = std::max(0LL, resident_pages);
  return stat;
}

std::vector<std::string> SplitCommand(std::string_view text) {
  std::vector<std::string> arguments;
  while (!text.empty() && (text.back() == '\0' || text.back() == ' ')) text.remove_suffix(1);
  while (!text.empty()) {
    const size_t end = std::min(text.find('\0'), text.size());
    arguments.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return arguments;
}

std::string_view FindUserName(std::string_view passwd, unsigned uid) {
  while (!passwd.empty()) {
    const std::string_view line = passwd.substr(0, passwd.find('\n'));
    passwd.remove_prefix(std::min(line.size() + 1, passwd.size()));
    // name:password:uid:...
    const size_t name_end = line.find(':');
    const size_t uid_begin = name_end == line.npos ? line.npos : line.find(':', name_end + 1);
    if (uid_begin == line.npos) continue;
    unsigned value = 0;
    const char* const begin = line.data() + uid_begin + 1;
    const auto [end, error] = std::from_chars(begin, line.data() + line.size(), value);
    if (error == std::errc() && end != begin && value == uid) return line.substr(0, name_end);
  }
  return {};
}

}  // namespace gmr::platform
