#include "proc_tree.h"

#include <cerrno>

namespace gmr::platform {

double OwnAgeMs() { return -1; }

Result<ProcessStat> ReadProcessStat(int) { return SysError{ENOTSUP, "reading a process"}; }

Result<std::vector<std::string>> ReadCommandLine(int) { return SysError{ENOTSUP, "reading a process"}; }

Result<ProcessTree> ReadProcessTree(const ProcessTreeLimits&) {
  return SysError{ENOTSUP, "reading the tree of processes"};
}

}  // namespace gmr::platform
