// Lists of mappings, and system calls in words. And the memory of this process itself.

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <time.h>

#include <concepts>
#include <cstring>

#include "../../native/process/proc_maps.h"
#include "../../native/process/self_memory.h"
#include "../../native/process/threads/syscall_describe.h"
#include "harness.h"
#include "recorded_memory.h"

namespace gmr::test {

namespace {

using platform::Address;
using platform::DescribeSyscall;
using platform::MemoryReader;
using platform::PlaceState;
using platform::ProcMaps;
using platform::ReadBackend;
using platform::SelfMemory;
using platform::ThreadPlace;

ProcMaps Parse(std::string_view text) { return ProcMaps::Parse(std::vector<char>(text.begin(), text.end())); }

constexpr std::string_view kMaps =
    "00400000-00401000 r--p 00000000 08:01 131 /usr/bin/node\n"
    "00401000-04000000 r-xp 00001000 08:01 131 /usr/bin/node\n"
    "05000000-05021000 rw-p 00000000 00:00 0                                  [heap]\n"
    "7f0000000000-7f0000040000 rw-p 00000000 00:00 0 \n"
    "7f0000100000-7f0000101000 r-xp 00000000 08:01 99 /a b/x.so (deleted)\n"
    "7ffc00000000-7ffc00021000 rw-p 00000000 00:00 0                          [stack]\n";

TEST("ProcMaps reads ranges, permissions, offsets and paths") {
  const ProcMaps maps = Parse(kMaps);
  CHECK_EQ(maps.mappings().size(), 6);
  const platform::Mapping& code = maps.mappings()[1];
  CHECK_EQ(code.range.start, 0x401000);
  CHECK_EQ(code.range.end, 0x4000000);
  CHECK(code.readable && code.executable && !code.writable);
  CHECK_EQ(code.file_offset, 0x1000);
  CHECK_EQ(code.inode, 131);
  CHECK_EQ(code.path, "/usr/bin/node");
}

TEST("ProcMaps keeps the names that the kernel gives, and blanks in paths") {
  const ProcMaps maps = Parse(kMaps);
  CHECK_EQ(maps.mappings()[2].path, "[heap]");
  CHECK_EQ(maps.mappings()[3].path, "");
  CHECK_EQ(maps.mappings()[4].path, "/a b/x.so (deleted)");
}

TEST("ProcMaps finds the mapping of an address, whose end is outside") {
  const ProcMaps maps = Parse(kMaps);
  CHECK(maps.Find(Address(0x3fffff)) == nullptr);
  CHECK(maps.Find(Address(0x400000)) == &maps.mappings()[0]);
  CHECK(maps.Find(Address(0x401000)) == &maps.mappings()[1]);
  CHECK(maps.Find(Address(0x3ffffff)) == &maps.mappings()[1]);
  CHECK(maps.Find(Address(0x4000000)) == nullptr);
  CHECK(maps.Find(Address(UINTPTR_MAX)) == nullptr);
}

TEST("ProcMaps knows what is executable") {
  const ProcMaps maps = Parse(kMaps);
  CHECK(maps.IsExecutable(Address(0x401000)));
  CHECK(!maps.IsExecutable(Address(0x400000)));
  CHECK(!maps.IsExecutable(Address(0x1)));
}

TEST("ProcMaps takes only readable and writable memory for a stack") {
  const ProcMaps maps = Parse(kMaps);
  CHECK_EQ(maps.StackAt(Address(0x7ffc00001000))->end, 0x7ffc00021000);
  CHECK(!maps.StackAt(Address(0x401000)).has_value());
  CHECK(!maps.StackAt(Address(0x10)).has_value());
}

TEST("ProcMaps omits lines that it does not understand") {
  const ProcMaps maps = Parse(
      "garbage\n\n1000-2000 r--p 00000000 08:01 x /a\n1000-2000 r- 00000000 08:01 1 /a\n"
      "2000-1000 r--p 00000000 08:01 1 /a\ng000-h000 r--p 00000000 08:01 1 /a\n3000-4000 ---p 00000000 00:00 "
      "0");
  CHECK_EQ(maps.mappings().size(), 1);
  CHECK_EQ(maps.mappings()[0].range.start, 0x3000);
  CHECK(!maps.mappings()[0].readable);
}

TEST("ProcMaps omits a line that comes again between two reads") {
  const ProcMaps maps = Parse(
      "1000-3000 r--p 00000000 00:00 0\n2000-4000 rw-p 00000000 00:00 0\n1000-3000 r--p 00000000 00:00 0\n"
      "3000-4000 rw-p 00000000 00:00 0\n");
  CHECK_EQ(maps.mappings().size(), 2);
  CHECK_EQ(maps.mappings()[1].range.start, 0x3000);
}

TEST("ProcMaps keeps its texts when it is moved") {
  ProcMaps maps = Parse("1000-2000 r--p 00000000 08:01 1 /a\n");
  const ProcMaps moved = std::move(maps);
  CHECK_EQ(moved.mappings()[0].path, "/a");
}

constexpr Address kArguments(0x5000'0000);

// A number or a place, as a register holds both.
struct Argument {
  uint64_t word = 0;

  Argument() = default;
  template <std::integral T>
  Argument(T number) : word(static_cast<uint64_t>(number)) {}
  Argument(Address place) : word(place.number()) {}
};

struct Call {
  RecordedMemory source;
  MemoryReader reader{&source};
  ThreadPlace place;

  explicit Call(int64_t number, Argument a = {}, Argument b = {}, Argument c = {}) {
    source.Map(kArguments, RecordedMemory::kPage);
    place.state = PlaceState::kBlocked;
    place.syscall = number;
    place.arguments[0] = a.word;
    place.arguments[1] = b.word;
    place.arguments[2] = c.word;
  }
  std::string InWords() {
    reader.Forget();
    return std::string(DescribeSyscall(place, &reader).view());
  }
};

TEST("DescribeSyscall says nothing of a thread that is not blocked") {
  Call call(SYS_read);
  call.place.state = PlaceState::kRunning;
  CHECK_EQ(call.InWords(), "");
}

TEST("DescribeSyscall names a page fault, and calls that it does not know") {
  CHECK_EQ(Call(-1).InWords(), "a page fault");
  CHECK_EQ(Call(100'000).InWords(), "system call 100000");
}

TEST("DescribeSyscall shows a descriptor that is none") {
  CHECK_EQ(Call(SYS_read, static_cast<uint32_t>(-1)).InWords(), "read(fd -1)");
}

TEST("DescribeSyscall tells the operations of a futex apart") {
  CHECK_EQ(Call(SYS_futex, 1, 128).InWords(), "futex(wait)");
  CHECK_EQ(Call(SYS_futex, 1, 0x189).InWords(), "futex(wait)");
  CHECK_EQ(Call(SYS_futex, 1, 6).InWords(), "futex(lock_pi)");
  CHECK_EQ(Call(SYS_futex, 1, 11).InWords(), "futex(wait_requeue_pi)");
  CHECK_EQ(Call(SYS_futex, 1, 5).InWords(), "futex(5)");
}

TEST("DescribeSyscall reads a path from the memory of the thread") {
  Call call(SYS_openat, 0, kArguments + 10);
  call.source.WriteText(kArguments + 10, "/srv/a.txt");
  CHECK_EQ(call.InWords(), "openat(/srv/a.txt)");
}

TEST("DescribeSyscall reads a path at the end of a mapping") {
  Call call(SYS_openat, 0, kArguments + 4096 - 3);
  call.source.WriteText(kArguments + 4096 - 3, "ab");
  CHECK_EQ(call.InWords(), "openat(ab)");
  call.source.WriteText(kArguments + 4096 - 3, "abc");
  CHECK_EQ(call.InWords(), "openat(abc?)");
}

TEST("DescribeSyscall cuts a long path, and shows one that it cannot read") {
  Call call(SYS_openat, 0, kArguments);
  call.source.WriteText(kArguments, std::string(1000, 'p'));
  CHECK_EQ(call.InWords(), "openat(" + std::string(256, 'p') + "...)");
  CHECK_EQ(Call(SYS_openat, 0, 8).InWords(), "openat(?)");
}

TEST("DescribeSyscall reads for how long a thread sleeps") {
  Call call(SYS_nanosleep, kArguments);
  call.source.Put(kArguments, timespec{2, 500'000'000});
  CHECK_EQ(call.InWords(), "nanosleep(2500 ms)");
  call.source.Put(kArguments, timespec{-1, 0});
  CHECK_EQ(call.InWords(), "nanosleep(?)");
}

TEST("DescribeSyscall tells a time from a point in time") {
  Call call(SYS_clock_nanosleep, 1, 0, kArguments);
  call.source.Put(kArguments, timespec{1, 0});
  CHECK_EQ(call.InWords(), "clock_nanosleep(1000 ms)");
  call.place.arguments[1] = TIMER_ABSTIME;
  CHECK_EQ(call.InWords(), "clock_nanosleep(until a point in time)");
}

TEST("DescribeSyscall counts what is polled") {
  Call call(SYS_ppoll, kArguments, 3, 0);
  call.source.Put(kArguments, pollfd{-1, 0, 0});
  CHECK_EQ(call.InWords(), "ppoll(fd -1 and 2 more)");
  call.place.arguments[1] = 0;
  CHECK_EQ(call.InWords(), "ppoll(no descriptor)");
  call.place.arguments[2] = (kArguments + 64).number();
  call.source.Put(kArguments + 64, timespec{0, 30'000'000});
  CHECK_EQ(call.InWords(), "ppoll(no descriptor, at most 30 ms)");
}

TEST("DescribeSyscall names what is waited for") {
  CHECK_EQ(Call(SYS_wait4, static_cast<uint32_t>(-1)).InWords(), "wait4(any child)");
  CHECK_EQ(Call(SYS_wait4, static_cast<uint32_t>(-77)).InWords(), "wait4(process group 77)");
  CHECK_EQ(Call(SYS_wait4, 0x8000'0000).InWords(), "wait4(process group 2147483648)");
  CHECK_EQ(Call(SYS_waitid, 0).InWords(), "waitid(any child)");
}

TEST("DescribeSyscall tells a wait for a lock") {
  CHECK_EQ(Call(SYS_fcntl, static_cast<uint32_t>(-1), 7).InWords(), "fcntl(fd -1, waiting for a lock)");
  CHECK_EQ(Call(SYS_fcntl, static_cast<uint32_t>(-1), 1).InWords(), "fcntl(fd -1)");
}

TEST("DescribeSyscall reads the address that a thread connects to") {
  Call call(SYS_connect, static_cast<uint32_t>(-1), kArguments, sizeof(sockaddr_un));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strcpy(address.sun_path, "/run/db.sock");
  call.source.Put(kArguments, address);
  CHECK_EQ(call.InWords(), "connect(fd -1 -> /run/db.sock)");
  std::memcpy(address.sun_path, "\0name", 6);
  call.source.Put(kArguments, address);
  CHECK_EQ(call.InWords(), "connect(fd -1 -> @name)");
  call.place.arguments[1] = 8;
  CHECK_EQ(call.InWords(), "connect(fd -1)");
}

void CheckSelf(ReadBackend backend) {
  SelfMemory self(backend);
  uint64_t word = 0x1234;
  uint64_t copy = 0;
  CHECK(self.backend() == backend);
  CHECK(self.Fetch(platform::OwnAddress(&word), &copy, sizeof copy));
  CHECK_EQ(copy, 0x1234);
  CHECK(!self.Fetch(Address(8), &copy, sizeof copy));
  CHECK(!self.Fetch(Address(0x8000'0000'0000'0000), &copy, sizeof copy));
  const auto clone = self.Clone();
  word = 0x5678;
  CHECK(clone->Fetch(platform::OwnAddress(&word), &copy, sizeof copy));
  CHECK_EQ(copy, 0x5678);
}

TEST("SelfMemory reads this process by process_vm_readv") { CheckSelf(ReadBackend::kProcessVmReadv); }
TEST("SelfMemory reads this process by its file in /proc") { CheckSelf(ReadBackend::kProcMem); }
TEST("SelfMemory reads this process by a pipe") { CheckSelf(ReadBackend::kPipe); }

TEST("SelfMemory fetches words until one is not readable, by process_vm_readv only") {
  const uint64_t words[] = {1, 2, 3};
  const auto at = platform::OwnAddress(words);
  const Address addresses[] = {at, at + 16, Address(8), at + 8};
  uint64_t copies[4] = {};
  CHECK_EQ(SelfMemory().FetchWords(addresses, 4, copies), 2);
  CHECK_EQ(copies[1], 3);
  CHECK_EQ(SelfMemory(ReadBackend::kPipe).FetchWords(addresses, 4, copies), 0);
}

TEST("SelfMemory fetches blocks until one is not readable, by process_vm_readv only") {
  const uint64_t words[] = {1, 2, 3, 4};
  const auto at = platform::OwnAddress(words);
  const Address addresses[] = {at + 16, at, Address(8)};
  uint64_t copies[4] = {};
  void* const to[] = {copies, copies + 2, copies};
  CHECK_EQ(SelfMemory().FetchBlocks(addresses, to, 3, 16), 2);
  CHECK_EQ(copies[0], 3);
  CHECK_EQ(copies[3], 2);
  CHECK_EQ(SelfMemory(ReadBackend::kProcMem).FetchBlocks(addresses, to, 3, 16), 0);
}

TEST("SelfMemory without a way to read counts as blind") {
  const uint32_t before = platform::BlindReaders();
  SelfMemory self(ReadBackend::kNone);
  uint64_t word = 0;
  CHECK(!self.Fetch(platform::OwnAddress(&before), &word, 4));
  CHECK_EQ(platform::BlindReaders(), before);
}

}  // namespace

}  // namespace gmr::test
