// proc_tree_printer: native/process/proc_tree on a process whose children the test chooses.
//
//   tree <most> <lines> <script>   starts `sh -c <script>`, waits until it and its children have printed so
//   many
//                                  lines, prints the tree as JSON; a child that has ended is below it as
//                                  well. <most> is of processes described, or, negative, of processes looked
//                                  at
//   churn <most> <lines> <script>  looks 200 times; prints how many trees failed, the length of the last, the
//   time stat                           prints what is understood of the lines of stdin
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <string>

#include "../../native/base/clock.h"
#include "../../native/process/proc_tree.h"
#include "../../native/reporter/output/process_json.h"

namespace {

using gmr::platform::ProcessTreeLimits;
using gmr::platform::ReadProcessTree;

pid_t StartShell(int lines, const char* script) {
  int ends[2];
  if (pipe(ends) != 0) return -1;
  const pid_t shell = fork();
  if (shell == 0) {
    setpgid(0, 0);
    dup2(ends[1], STDOUT_FILENO);
    close(ends[0]);
    close(ends[1]);
    execl("/bin/sh", "sh", "-c", script, nullptr);
    _exit(127);
  }
  close(ends[1]);
  for (char c = 0; lines > 0;) {
    if (read(ends[0], &c, 1) != 1) return -1;
    if (c == '\n') --lines;
  }
  return shell;
}

// A child that has ended; nobody waits for it before this process ends.
void MakeZombie() {
  const pid_t child = fork();
  if (child == 0) _exit(0);
  siginfo_t info{};
  waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT);
}

std::string Json(const ProcessTreeLimits& limits, bool* failed) {
  gmr::reporter::JsonWriter json;
  const auto tree = ReadProcessTree(limits);
  if (!tree.ok() || tree.value().processes.empty()) *failed = true;
  gmr::reporter::WriteProcesses(json, tree);
  return json.Take();
}

int PrintTrees(int count, char** arguments) {
  const char* const most = arguments[0];
  const pid_t shell = StartShell(std::atoi(arguments[1]), arguments[2]);
  if (shell <= 0) return 2;
  MakeZombie();
  int failures = 0;
  std::string json;
  const int64_t begin_ns = gmr::platform::MonotonicNs();
  for (int i = 0; i < count; ++i) {
    bool failed = false;
    ProcessTreeLimits limits;
    const int limit = std::atoi(most);
    (limit < 0 ? limits.max_looked_at : limits.max_processes) = static_cast<size_t>(std::abs(limit));
    json = Json(limits, &failed);
    if (failed) ++failures;
  }
  const double ms = gmr::platform::MsBetween(begin_ns, gmr::platform::MonotonicNs()) / count;
  if (count == 1) {
    std::printf("%s\n", json.c_str());
  } else {
    std::printf("{\"failures\":%d,\"bytes\":%zu,\"ms\":%.3f}\n", failures, json.size(), ms);
  }
  kill(-shell, SIGKILL);
  waitpid(shell, nullptr, 0);
  return 0;
}

int PrintStats() {
  for (std::string line; std::getline(std::cin, line);) {
    const auto stat = gmr::platform::ParseProcessStat(line);
    if (!stat.ok()) {
      std::printf("malformed\n");
      continue;
    }
    const auto& value = stat.value();
    std::printf("%s|%c|%d|%llu|%llu|%llu|%lld\n", value.name.c_str(), value.state, value.ppid,
                static_cast<unsigned long long>(value.user_ticks),
                static_cast<unsigned long long>(value.system_ticks),
                static_cast<unsigned long long>(value.start_ticks),
                static_cast<long long>(value.resident_pages));
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string mode = argc > 1 ? argv[1] : "";
  if (mode == "tree" && argc == 5) return PrintTrees(1, argv + 2);
  if (mode == "churn" && argc == 5) return PrintTrees(200, argv + 2);
  if (mode == "stat") return PrintStats();
  return 64;
}
