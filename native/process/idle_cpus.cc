#include "idle_cpus.h"

#include <fcntl.h>

#include <algorithm>
#include <charconv>
#include <string>
#include <system_error>
#include <thread>

#include "text_file.h"

namespace gmr::platform {

// "0.20 0.18 0.12 1/80 11206", proc_loadavg(5).
int ParseRunningThreads(std::string_view text) {
  for (int field = 0; field < 3; ++field) {
    const size_t space = text.find(' ');
    if (space == text.npos) return -1;
    text.remove_prefix(space + 1);
  }
  int running = -1;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), running);
  const bool is_whole =
      parsed.ec == std::errc() && parsed.ptr != text.data() + text.size() && *parsed.ptr == '/';
  return is_whole && running >= 0 ? running : -1;
}

int IdleCpus() {
  const auto cpus = static_cast<int>(std::thread::hardware_concurrency());
  const auto text = ReadProcFile(AT_FDCWD, "/proc/loadavg");
  const int running = text.ok() ? ParseRunningThreads(text.value()) : -1;
  return running < 0 ? 0 : std::max(0, cpus - running);
}

}  // namespace gmr::platform
