#include "cgroup.h"

#include <fcntl.h>

#include <algorithm>
#include <string_view>

#include "text_file.h"

namespace gmr::platform {

namespace {

using Visit = std::function<void(const std::string& folder)>;

void WalkUp(const std::string& mount, std::string group, const Visit& visit) {
  for (;;) {
    if (group == "/") group.clear();
    visit(mount + group + "/");
    if (group.empty()) return;
    const size_t slash = group.rfind('/');
    group.resize(slash == std::string::npos ? 0 : slash);
  }
}

void WalkUpFrom(const std::string& mount, const std::string& controller, const Visit& visit) {
  const auto text = ReadProcFile(AT_FDCWD, "/proc/self/cgroup");
  const std::string group = text.ok() ? ParseCgroup(text.value(), controller) : "";
  if (!group.empty()) WalkUp(mount, group, visit);
}

// "cpu,cpuacct" has "cpu". v2 has an empty list.
bool Has(std::string_view controllers, std::string_view wanted) {
  if (wanted.empty()) return controllers.empty();
  while (!controllers.empty()) {
    const size_t end = std::min(controllers.find(','), controllers.size());
    if (controllers.substr(0, end) == wanted) return true;
    controllers.remove_prefix(std::min(end + 1, controllers.size()));
  }
  return false;
}

}  // namespace

// Lines of "<number>:<controllers>:<path>", cgroups(7).
std::string ParseCgroup(const std::string& text, const std::string& controller) {
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view line(text.data() + begin, end - begin);
    begin = end + 1;
    const size_t first = line.find(':');
    const size_t second = first == line.npos ? line.npos : line.find(':', first + 1);
    if (second == line.npos) continue;
    if (Has(line.substr(first + 1, second - first - 1), controller))
      return std::string(line.substr(second + 1));
  }
  return "";
}

void ForEachCgroup(const Visit& visit) { WalkUpFrom("/sys/fs/cgroup", "", visit); }

void ForEachCgroup(const std::string& controller, const Visit& visit) {
  WalkUpFrom("/sys/fs/cgroup/" + controller, controller, visit);
}

}  // namespace gmr::platform
