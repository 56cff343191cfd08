#include "nodemon.h"

#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <string_view>
#include <vector>

#include "../../process/proc_tree.h"
#include "../../process/threads/proc_threads.h"

namespace gmr::reporter {

namespace {

using platform::ReadCommandLine;
using platform::ReadProcessStat;

// How far up to search: npm, npx and a shell for each may be between nodemon and this process.
constexpr int kMaxAncestors = 16;

// `nodemon`, `/usr/bin/nodemon`, `.../nodemon/bin/nodemon.js`.
bool IsNodemonPath(std::string_view path) {
  const std::string_view name = path.substr(path.rfind('/') + 1);
  return name == "nodemon" || name == "nodemon.js";
}

// The first two arguments are Node and the script, or a process title has replaced both.
bool IsNodemon(const std::vector<std::string>& command) {
  return std::any_of(command.begin(),
                     command.begin() + static_cast<ptrdiff_t>(std::min<size_t>(command.size(), 2)),
                     IsNodemonPath);
}

std::string RestartSignal(const std::vector<std::string>& command) {
  const auto option = std::find_if(command.begin(), command.end(), [](const std::string& argument) {
    return argument == "--signal" || argument == "-s";
  });
  if (option == command.end() || option + 1 == command.end()) return "SIGUSR2";
  std::string name = *(option + 1);
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::toupper(c); });
  return name.starts_with("SIG") ? name : "SIG" + name;
}

}  // namespace

void Nodemon::Find() {
  *this = Nodemon();
  int pid = platform::ParentPid();
  for (int level = 0; level < kMaxAncestors && pid > 1; ++level) {
    const auto stat = ReadProcessStat(pid);
    if (!stat.ok()) return;
    if (stat.value().state != 'D') {
      const auto command = ReadCommandLine(pid);
      if (command.ok() && IsNodemon(command.value())) {
        pid_ = pid;
        start_ticks_ = stat.value().start_ticks;
        parent_pid_ = platform::ParentPid();
        signal_name_ = RestartSignal(command.value());
        return;
      }
    }
    pid = stat.value().ppid;
  }
}

bool Nodemon::IsAlive() const {
  const auto stat = ReadProcessStat(pid_);
  return stat.ok() && stat.value().start_ticks == start_ticks_ && stat.value().state != 'Z';
}

bool Nodemon::IsSender(int sender_pid) const {
  if (!found() || sender_pid <= 0) return false;
  // The sender is read first, because the shell that nodemon runs for a `kill` ends almost immediately.
  const auto sender = ReadProcessStat(sender_pid);
  if (!IsAlive()) return false;
  if (sender_pid == pid_) return true;
  if (sender.ok()) return sender.value().ppid == pid_;
  // The sender has already ended. If nodemon sent the signal, it has also just ended the processes between
  // itself and this one.
  return platform::ParentPid() != parent_pid_;
}

}  // namespace gmr::reporter
