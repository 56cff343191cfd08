#include "program_files.h"

#include <algorithm>
#include <string_view>

#include "proc_maps.h"

namespace gmr::platform {

std::vector<std::string> ProgramFiles() {
  std::vector<std::string> files = {"/proc/self/exe"};
  const auto maps = ProcMaps::Read();
  if (!maps.ok()) return files;
  for (const Mapping& mapping : maps.value().mappings()) {
    const std::string_view name = mapping.path.substr(mapping.path.rfind('/') + 1);
    const bool known = std::find(files.begin(), files.end(), mapping.path) != files.end();
    if (name.starts_with("libnode.so") && !known) files.emplace_back(mapping.path);
  }
  return files;
}

}  // namespace gmr::platform
