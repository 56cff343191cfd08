#include "proc_tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <ctime>

#include "../base/clock.h"
#include "../base/own_calls.h"
#include "text_file.h"

namespace gmr::platform {

namespace {

constexpr size_t kMaxPasswdBytes = size_t{1} << 20;
// What ReadProcFile() reads at most.
constexpr size_t kProcFileBytes = 4096;

struct Kinship {
  int pid = 0;
  int ppid = 0;
};

std::string PathOf(int pid, const char* name) { return "/proc/" + std::to_string(pid) + "/" + name; }

// The pid that /proc knows this process by. It is another one than getpid()'s
// where /proc belongs to an outer pid namespace.
Result<int> OwnPid() {
  char text[16] = {};
  if (readlink("/proc/self", text, sizeof text - 1) < 0) return SysError{errno, "reading /proc/self"};
  const int pid = std::atoi(text);
  if (pid <= 0) return SysError{EINVAL, "reading /proc/self"};
  return pid;
}

Result<std::vector<int>> ListPids() {
  if (IsForbidden(OwnCall::kGetdents64)) return SysError{errno, "listing /proc"};
  DIR* directory = opendir("/proc");
  if (directory == nullptr) return SysError{errno, "opening /proc"};
  std::vector<int> pids;
  // NOLINTNEXTLINE(concurrency-mt-unsafe): no other thread has this directory stream
  while (const dirent* entry = readdir(directory)) {
    if (const int pid = std::atoi(entry->d_name); pid > 0) pids.push_back(pid);
  }
  closedir(directory);
  return pids;
}

// Who is whose child, of all processes: /proc/<pid>/task/<tid>/children would be
// shorter, but not every kernel has it, and a fork may make it skip a child.
std::vector<Kinship> ReadKinships(std::vector<int> pids, int own_pid, const ProcessTreeLimits& limits,
                                  bool* incomplete) {
  // Those that are younger than this process come first, as all of its children
  // are until pids wrap around: a limit then costs strangers.
  std::sort(pids.begin(), pids.end());
  std::rotate(pids.begin(), std::lower_bound(pids.begin(), pids.end(), own_pid), pids.end());
  std::vector<Kinship> kinships;
  for (const int pid : pids) {
    const bool late = limits.deadline_ns != 0 && MonotonicNs() >= limits.deadline_ns;
    if (late || kinships.size() >= limits.max_looked_at) {
      *incomplete = true;
      break;
    }
    if (const auto stat = ReadProcessStat(pid); stat.ok()) kinships.push_back({pid, stat.value().ppid});
  }
  return kinships;
}

// The descendants of `root` behind it, level by level.
std::vector<int> Descendants(int root, std::vector<Kinship> kinships) {
  std::sort(kinships.begin(), kinships.end(), [](const Kinship& a, const Kinship& b) {
    return a.ppid != b.ppid ? a.ppid < b.ppid : a.pid < b.pid;
  });
  std::vector<int> found{root};
  for (size_t at = 0; at < found.size(); ++at) {
    const int parent = found[at];
    auto child = std::lower_bound(kinships.begin(), kinships.end(), parent,
                                  [](const Kinship& kinship, int ppid) { return kinship.ppid < ppid; });
    for (; child != kinships.end() && child->ppid == parent; ++child) {
      // Every process has one parent, so none is found twice. Only if pids were reused
      // while the list was made could `root` seem to be below itself.
      if (child->pid != root) found.push_back(child->pid);
    }
  }
  return found;
}

double TicksToMs(uint64_t ticks) {
  static const auto kTicksPerSecond = static_cast<double>(sysconf(_SC_CLK_TCK));
  return static_cast<double>(ticks) * 1e3 / kTicksPerSecond;
}

double SinceBootMs() {
  timespec now{};
  clock_gettime(CLOCK_BOOTTIME, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

// The kernel copies the arguments out of the memory of the process, for which it
// takes a lock of that memory. A process in uninterruptible sleep may hold it for
// as long as a dead file server does not answer, and the reader would wait too.
// It may fall asleep between the look at its state and this one; that is rare.
void ReadCommand(ProcessInfo* process) {
  if (process->state == 'D') {
    process->command_missing = "not read, because the process is in uninterruptible sleep";
    return;
  }
  const auto text = ReadProcFile(AT_FDCWD, PathOf(process->pid, "cmdline").c_str());
  if (!text.ok()) {
    process->command_missing = text.error().ToString();
    return;
  }
  for (std::string& argument : SplitCommand(text.value())) process->command.emplace_back(std::move(argument));
  process->command_cut = text.value().size() >= kProcFileBytes;
  if (process->command.empty()) {
    process->command_missing = process->state == 'Z' ? "it has ended and was not waited for" : "it has none";
  }
}

void ReadUser(const std::string& passwd, ProcessInfo* process) {
  const auto status = ReadProcFile(AT_FDCWD, PathOf(process->pid, "status").c_str());
  if (!status.ok()) return;
  const size_t line = status.value().find("\nUid:");
  unsigned uid = 0;
  if (line == std::string::npos || std::sscanf(status.value().c_str() + line, "\nUid: %u", &uid) != 1) return;
  process->uid = uid;
  process->user = FindUserName(passwd, uid);
}

Result<ProcessInfo> Describe(int pid, double since_boot_ms, const std::string& passwd) {
  const auto stat = ReadProcessStat(pid);
  if (!stat.ok()) return stat.error();
  ProcessInfo process;
  process.pid = pid;
  process.ppid = stat.value().ppid;
  process.name = stat.value().name;
  process.state = stat.value().state;
  process.age_ms = std::max(0.0, since_boot_ms - TicksToMs(stat.value().start_ticks));
  process.cpu_user_ms = TicksToMs(stat.value().user_ticks);
  process.cpu_system_ms = TicksToMs(stat.value().system_ticks);
  process.resident_bytes =
      static_cast<double>(stat.value().resident_pages) * static_cast<double>(sysconf(_SC_PAGESIZE));
  ReadUser(passwd, &process);
  ReadCommand(&process);
  return process;
}

bool Has(const ProcessTree& tree, int pid) {
  return std::any_of(tree.processes.begin(), tree.processes.end(),
                     [pid](const ProcessInfo& process) { return process.pid == pid; });
}

}  // namespace

Result<ProcessStat> ReadProcessStat(int pid) {
  const auto text = ReadProcFile(AT_FDCWD, PathOf(pid, "stat").c_str());
  if (!text.ok()) return text.error();
  return ParseProcessStat(text.value());
}

Result<std::vector<std::string>> ReadCommandLine(int pid) {
  const auto text = ReadProcFile(AT_FDCWD, PathOf(pid, "cmdline").c_str());
  if (!text.ok()) return text.error();
  return SplitCommand(text.value());
}

Result<ProcessTree> ReadProcessTree(const ProcessTreeLimits& limits) {
  const auto own_pid = OwnPid();
  if (!own_pid.ok()) return own_pid.error();
  ProcessTree tree;
  const auto all_pids = ListPids();
  if (!all_pids.ok()) return all_pids.error();
  const std::vector<int> pids =
      Descendants(own_pid.value(), ReadKinships(all_pids.value(), own_pid.value(), limits, &tree.incomplete));
  // Not getpwuid(): it may load libraries and ask servers.
  const auto passwd = ReadRegularFile("/etc/passwd", kMaxPasswdBytes);
  const double since_boot_ms = SinceBootMs();
  for (const int pid : pids) {
    const bool late = limits.deadline_ns != 0 && MonotonicNs() >= limits.deadline_ns;
    // This process is always described, however late it is.
    if (pid != own_pid.value() && (late || tree.processes.size() >= limits.max_processes)) {
      ++tree.left_out;
      continue;
    }
    auto process = Describe(pid, since_boot_ms, passwd.ok() ? passwd.value() : std::string());
    if (!process.ok()) continue;
    if (pid != own_pid.value() && !Has(tree, process.value().ppid)) continue;
    tree.processes.push_back(std::move(process.value()));
  }
  return tree;
}

double OwnAgeMs() {
  const auto stat = ReadProcessStat(getpid());
  return stat.ok() ? std::max(0.0, SinceBootMs() - TicksToMs(stat.value().start_ticks)) : -1;
}

}  // namespace gmr::platform
