// Parsers of the files of /proc, with texts as the kernel writes them.

#include "../../native/process/cgroup.h"
#include "../../native/process/elf_notes.h"
#include "../../native/process/proc_parse.h"
#include "../../native/process/proc_tree.h"
#include "../../native/process/threads/idle_cpus.h"
#include "../../native/process/threads/passive_probe.h"
#include "../../native/process/threads/syscall_names.h"
#include "harness.h"

namespace gmr::test {

namespace {

using platform::FindBuildId;
using platform::FindUserName;
using platform::ParseCgroup;
using platform::ParseCpuLimit;
using platform::ParseProcessStat;
using platform::ParseRunningThreads;
using platform::ParseSchedstat;
using platform::ParseStatusSwitches;
using platform::ParseSyscallText;
using platform::ParseThreadStat;
using platform::ParseThreadSyscall;
using platform::PlaceState;
using platform::SplitCommand;
using platform::ThreadPlace;

constexpr std::string_view kStat =
    "812 (node) S 1 812 812 0 -1 4194304 12743 0 6 0 153 27 0 0 20 0 11 0 4711 1274269696 15872 "
    "18446744073709551615 4194304 67174021 140732 0 0 0 0 4096 134300162 0 0 0 17 3 0 0 0 0 0 71 0 0 0 0 0 0 "
    "0\n";

TEST("ParseRunningThreads reads the fourth field") {
  CHECK_EQ(ParseRunningThreads("0.20 0.18 0.12 3/80 11206\n"), 3);
  CHECK_EQ(ParseRunningThreads("0.20 0.18 0.12 3\n"), -1);
  CHECK_EQ(ParseRunningThreads(""), -1);
}

TEST("ParseCpuLimit divides what each period allows by the period") {
  CHECK_EQ(ParseCpuLimit("150000 100000\n"), 1.5);
  CHECK_EQ(ParseCpuLimit("max 100000\n"), platform::kNoCpuLimit);
  CHECK_EQ(ParseCpuLimit("-1\n 100000\n"), platform::kNoCpuLimit);
  CHECK_EQ(ParseCpuLimit("50000\n 0\n"), platform::kNoCpuLimit);
  CHECK_EQ(ParseCpuLimit(" "), platform::kNoCpuLimit);
}

TEST("ParseCgroup finds the group of a controller, and that of v2") {
  const std::string text = "9:name=systemd:/\n4:cpu,cpuacct:/a/b\n3:memory:/m:1\n0::/unified\n";
  CHECK_EQ(ParseCgroup(text, "cpu"), "/a/b");
  CHECK_EQ(ParseCgroup(text, "cpuacct"), "/a/b");
  CHECK_EQ(ParseCgroup(text, "memory"), "/m:1");
  CHECK_EQ(ParseCgroup(text, ""), "/unified");
  CHECK_EQ(ParseCgroup(text, "pids"), "");
  CHECK_EQ(ParseCgroup("no table", ""), "");
}

TEST("ParseThreadStat reads name, state and times") {
  const auto stat = ParseThreadStat(kStat);
  CHECK(stat.ok());
  CHECK_EQ(stat.value().name, "node");
  CHECK_EQ(stat.value().state, 'S');
  CHECK_EQ(stat.value().user_ticks, 153);
  CHECK_EQ(stat.value().system_ticks, 27);
  CHECK_EQ(stat.value().start_ticks, 4711);
}

TEST("ParseThreadStat takes brackets and blanks in a name") {
  const auto stat = ParseThreadStat("9 (a) R (b) R 1 1 1 0 -1 0 0 0 0 0 5 6 0 0 20 0 1 0 77\n");
  CHECK(stat.ok());
  CHECK_EQ(stat.value().name, "a) R (b");
  CHECK_EQ(stat.value().system_ticks, 6);
}

TEST("ParseThreadStat refuses what is cut off") {
  CHECK(!ParseThreadStat("").ok());
  CHECK(!ParseThreadStat("9 (node").ok());
  CHECK(!ParseThreadStat("9 (node)").ok());
  CHECK(!ParseThreadStat("9 (node) S 1 1 1 0 -1 0 0 0 0 0 5\n").ok());
}

TEST("ParseThreadStat refuses times that are no numbers") {
  CHECK(!ParseThreadStat("9 (node) S 1 1 1 0 -1 0 0 0 0 0 x 6 0 0\n").ok());
  CHECK(!ParseThreadStat("9 (node) S 1 1 1 0 -1 0 0 0 0 0 5 6y 0 0\n").ok());
}

TEST("ParseThreadStat refuses a name that ends before it begins") {
  CHECK(!ParseThreadStat("9 )node( S 1").ok());
}

TEST("ParseThreadSyscall reads number, stack pointer and program counter") {
  const auto call = ParseThreadSyscall("232 0xd 0x7ffe1000 0x400 0xffffffff 0x0 0x8 0x7ffe0ff8 0x7f01a2b3\n");
  CHECK(call.ok() && call.value().has_value());
  CHECK_EQ(call.value()->number, 232);
  CHECK_EQ(call.value()->stack_pointer, 0x7ffe0ff8);
  CHECK_EQ(call.value()->program_counter, 0x7f01a2b3);
}

TEST("ParseThreadSyscall tells a thread that runs") {
  const auto call = ParseThreadSyscall("running\n");
  CHECK(call.ok());
  CHECK(!call.value().has_value());
}

TEST("ParseThreadSyscall reads a thread that waits outside of a call") {
  const auto call = ParseThreadSyscall("-1 0x7ffe0ff8 0x7f01a2b3\n");
  CHECK(call.ok() && call.value().has_value());
  CHECK_EQ(call.value()->number, -1);
}

TEST("ParseThreadSyscall refuses other texts") {
  CHECK(!ParseThreadSyscall("").ok());
  CHECK(!ParseThreadSyscall("0 0x1\n").ok());
  CHECK(!ParseThreadSyscall("read 0x1 0x2 0x3\n").ok());
  CHECK(!ParseThreadSyscall("0 0x1 0xg\n").ok());
}

TEST("ParseProcessStat reads what a report shows") {
  const auto stat = ParseProcessStat(kStat);
  CHECK(stat.ok());
  CHECK_EQ(stat.value().ppid, 1);
  CHECK_EQ(stat.value().start_ticks, 4711);
  CHECK_EQ(stat.value().resident_pages, 15872);
}

TEST("ParseProcessStat takes no negative memory") {
  const auto stat = ParseProcessStat("8 (z) Z 1 8 8 0 -1 0 0 0 0 0 1 2 0 0 20 0 1 0 99 0 -5 0\n");
  CHECK(stat.ok());
  CHECK_EQ(stat.value().resident_pages, 0);
}

TEST("ParseProcessStat refuses what is cut off") {
  CHECK(!ParseProcessStat("8 (node) S 1 8 8 0 -1 0 0 0 0 0 1 2 0 0 20 0 1 0 99 0\n").ok());
  CHECK(!ParseProcessStat("8 node S 1").ok());
}

TEST("SplitCommand splits at zero bytes") {
  CHECK_EQ(SplitCommand(std::string_view("node\0--a b\0\0x\0", 14)),
           std::vector<std::string>({"node", "--a b", "", "x"}));
}

TEST("SplitCommand drops what a title left behind") {
  CHECK_EQ(SplitCommand(std::string_view("my title   \0\0\0", 14)), std::vector<std::string>({"my title"}));
  CHECK(SplitCommand("").empty());
}

TEST("FindUserName finds a user by its number") {
  constexpr std::string_view kPasswd = "root:x:0:0:root:/r:/bin/sh\nbroken\nnode:x:1000:1000::/h:/bin/sh\n";
  CHECK_EQ(FindUserName(kPasswd, 1000), "node");
  CHECK_EQ(FindUserName(kPasswd, 0), "root");
  CHECK_EQ(FindUserName(kPasswd, 100), "");
  CHECK_EQ(FindUserName("a:b", 0), "");
}

TEST("ParseSyscallText reads all arguments of a call") {
  ThreadPlace place;
  CHECK(ParseSyscallText("202 0x7f01 0x189 0x0 0x7ffe 0x5 0xffffffff 0x7ffe0ff8 0x7f01a2b3\n", &place));
  CHECK(place.state == PlaceState::kBlocked);
  CHECK_EQ(place.syscall, 202);
  CHECK_EQ(place.arguments[1], 0x189);
  CHECK_EQ(place.arguments[5], 0xffffffff);
  CHECK_EQ(place.stack_pointer, 0x7ffe0ff8);
  CHECK_EQ(place.program_counter, 0x7f01a2b3);
}

TEST("ParseSyscallText reads a page fault and a running thread") {
  ThreadPlace place;
  CHECK(ParseSyscallText("-1 0x10 0x20\n", &place));
  CHECK_EQ(place.syscall, -1);
  CHECK_EQ(place.stack_pointer, 0x10);
  CHECK(ParseSyscallText("running\n", &place));
  CHECK(place.state == PlaceState::kRunning);
}

TEST("ParseSyscallText refuses what is cut off") {
  ThreadPlace place;
  CHECK(!ParseSyscallText("", &place));
  CHECK(!ParseSyscallText("202 0x1 0x2 0x3 0x4 0x5 0x6 0x7\n", &place));
  CHECK(!ParseSyscallText("-1 0x10\n", &place));
  CHECK(!ParseSyscallText("-1 0x10 0x\n", &place));
  CHECK(place.state == PlaceState::kUnreadable);
}

TEST("ParseSchedstat reads time and turns") {
  ThreadPlace place;
  CHECK(ParseSchedstat("123456789 555 42\n", &place));
  CHECK_EQ(place.cpu_ns, 123456789);
  CHECK_EQ(place.times_scheduled, 42);
  CHECK(!ParseSchedstat("123456789 555\n", &place));
  CHECK(!ParseSchedstat("0 0 -1\n", &place));
}

TEST("ParseStatusSwitches adds both kinds of switches") {
  ThreadPlace place;
  CHECK(ParseStatusSwitches("Name:\tnode\nvoluntary_ctxt_switches:\t150\nnonvoluntary_ctxt_switches:\t7\n",
                            &place));
  CHECK_EQ(place.times_scheduled, 157);
}

TEST("ParseStatusSwitches refuses a text without one of them") {
  ThreadPlace place;
  CHECK(!ParseStatusSwitches("Name:\tnode\nnonvoluntary_ctxt_switches:\t7\n", &place));
  CHECK(!ParseStatusSwitches("Name:\tnode\nvoluntary_ctxt_switches:\t7\n", &place));
}

TEST("Unmoved believes only the same blocked place") {
  ThreadPlace before;
  CHECK(!Unmoved(before, before));
  before.state = PlaceState::kBlocked;
  ThreadPlace after = before;
  CHECK(Unmoved(before, after));
  after.times_scheduled = 1;
  CHECK(!Unmoved(before, after));
}

TEST("ThreadPlace gives the two registers that the kernel shows") {
  ThreadPlace place;
  place.stack_pointer = 5;
  place.program_counter = 6;
  const platform::Registers registers = place.ToRegisters();
  CHECK_EQ(registers.sp(), 5);
  CHECK_EQ(registers.pc(), 6);
  CHECK(!registers.Has(platform::kFramePointer));
}

std::string Note(uint32_t type, std::string_view name, std::string_view content) {
  std::string note;
  const auto add = [&note](uint32_t number) { note.append(reinterpret_cast<const char*>(&number), 4); };
  add(static_cast<uint32_t>(name.size()));
  add(static_cast<uint32_t>(content.size()));
  add(type);
  note.append(name).resize((note.size() + 3) / 4 * 4);
  note.append(content).resize((note.size() + 3) / 4 * 4);
  return note;
}

constexpr std::string_view kGnu("GNU\0", 4);

TEST("FindBuildId finds the note behind others") {
  const std::string notes =
      Note(1, kGnu, "abcde") + Note(3, std::string_view("Go\0", 3), "no") + Note(3, kGnu, "id!");
  CHECK_EQ(FindBuildId(notes), "id!");
}

TEST("FindBuildId finds nothing in notes that are cut off or of others") {
  const std::string note = Note(3, kGnu, "0123456789");
  CHECK_EQ(FindBuildId(note.substr(0, note.size() - 4)), "");
  CHECK_EQ(FindBuildId(note.substr(0, 11)), "");
  CHECK_EQ(FindBuildId(Note(1, kGnu, "x")), "");
  CHECK_EQ(FindBuildId(Note(3, kGnu, std::string(65, 'x'))), "");
}

TEST("SyscallName knows calls by their number") {
  CHECK(platform::SyscallName(100'000) == nullptr);
  CHECK(platform::SyscallName(-1) == nullptr);
#if defined(__x86_64__)
  CHECK_EQ(platform::SyscallName(0), "read");
  CHECK_EQ(platform::SyscallName(202), "futex");
#endif
}

}  // namespace

}  // namespace gmr::test
