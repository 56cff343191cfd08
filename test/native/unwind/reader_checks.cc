#include "reader_checks.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "../../../native/process/safe_read.h"
#include "../../../native/process/self_memory.h"

namespace gmr::test {

using platform::Address;
using platform::MemoryReader;
using platform::ReadBackend;
using platform::SelfMemory;

namespace {

constexpr size_t kPage = 4096;
constexpr size_t kLarge = 64 * kPage;

// Three areas in a row: readable, PROT_NONE, unmapped.
struct Areas {
  char* readable;
  char* forbidden;
  char* unmapped;
};

Areas MakeAreas() {
  auto* start = static_cast<char*>(
      mmap(nullptr, kLarge + 2 * kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  for (size_t i = 0; i < kLarge; ++i) start[i] = static_cast<char>(i * 31 + i / kPage);
  const Areas areas{start, start + kLarge, start + kLarge + kPage};
  mprotect(areas.forbidden, kPage, PROT_NONE);
  munmap(areas.unmapped, kPage);
  return areas;
}

bool ReadsEqual(MemoryReader* reader, const char* at, size_t bytes) {
  std::vector<char> copy(bytes);
  return reader->Read(platform::OwnAddress(at), copy.data(), bytes) &&
         std::memcmp(copy.data(), at, bytes) == 0;
}

bool Refuses(MemoryReader* reader, Address address, size_t bytes = 8) {
  std::vector<char> copy(bytes);
  return !reader->Read(address, copy.data(), bytes);
}

bool RemembersUntilForget(MemoryReader* reader) {
  alignas(8) static volatile uint64_t word = 1;
  const Address address(reinterpret_cast<uintptr_t>(&word));
  uint64_t first = 0;
  uint64_t second = 0;
  uint64_t third = 0;
  reader->Forget();
  reader->Load(address, &first);
  word = 2;
  reader->Load(address, &second);
  reader->Forget();
  reader->Load(address, &third);
  word = 1;
  return first == 1 && second == 1 && third == 2;
}

}  // namespace

const char* BackendName(ReadBackend backend) {
  switch (backend) {
    case ReadBackend::kProcessVmReadv:
      return "process_vm_readv";
    case ReadBackend::kProcMem:
      return "/proc/self/mem";
    case ReadBackend::kPipe:
      return "pipe";
    case ReadBackend::kNone:
      return "none";
  }
  return "?";
}

std::vector<std::pair<std::string, bool>> CheckReader(ReadBackend first) {
  SelfMemory self(first);
  MemoryReader reader(&self);
  const Areas areas = MakeAreas();
  // The kernel lets a debugger's file read what the page protection forbids.
  const bool sees_forbidden = self.backend() == ReadBackend::kProcMem;
  const Address end_of_mapping = platform::OwnAddress(areas.unmapped);
  std::vector<std::pair<std::string, bool>> claims;
  claims.emplace_back("uses the backend it was told to use", self.backend() == first);
  claims.emplace_back("reads a word", ReadsEqual(&reader, areas.readable + 8, 8));
  claims.emplace_back("reads nothing", reader.Read(end_of_mapping, nullptr, 0));
  claims.emplace_back("reads across a page border", ReadsEqual(&reader, areas.readable + kPage - 3, 8));
  claims.emplace_back("reads two pages", ReadsEqual(&reader, areas.readable + 100, 2 * kPage));
  claims.emplace_back("reads the last bytes before a hole", ReadsEqual(&reader, areas.forbidden - 8, 8));
  claims.emplace_back("reads a large block", ReadsEqual(&reader, areas.readable + 5, kLarge - 5));
  claims.emplace_back("refuses PROT_NONE",
                      sees_forbidden || Refuses(&reader, platform::OwnAddress(areas.forbidden)));
  claims.emplace_back("refuses to cross into PROT_NONE",
                      sees_forbidden || Refuses(&reader, platform::OwnAddress(areas.forbidden) - 4));
  claims.emplace_back("refuses unmapped memory", Refuses(&reader, end_of_mapping));
  claims.emplace_back("refuses to cross into unmapped memory", Refuses(&reader, end_of_mapping - 4));
  claims.emplace_back("refuses a large block with a hole",
                      Refuses(&reader, end_of_mapping - kLarge, 2 * kLarge));
  claims.emplace_back("refuses null", Refuses(&reader, Address()));
  claims.emplace_back("refuses the kernel's addresses", Refuses(&reader, Address(0xffff'8000'0000'0000)));
  claims.emplace_back("refuses addresses that no processor has",
                      Refuses(&reader, Address(0x8000'0000'0000'0000)));
  claims.emplace_back("refuses the last page", Refuses(&reader, Address(UINTPTR_MAX - 7)));
  claims.emplace_back("refuses a range that wraps round", Refuses(&reader, Address(UINTPTR_MAX - 3)));
  claims.emplace_back("reads again after a refusal", ReadsEqual(&reader, areas.readable, 16));
  claims.emplace_back("remembers until it is told to forget", RemembersUntilForget(&reader));
  claims.emplace_back("keeps its backend", self.backend() == first);
  munmap(areas.readable, kLarge + kPage);
  return claims;
}

bool DenyProcessVmReadv(int error, bool and_no_proc_mem) {
  const uint32_t answer = SECCOMP_RET_ERRNO | (static_cast<uint32_t>(error) & SECCOMP_RET_DATA);
  sock_filter filter[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_process_vm_readv, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, answer),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog program{sizeof filter / sizeof filter[0], filter};
  // An undumpable process of a plain user may not open its own files of /proc.
  if (and_no_proc_mem &&
      (syscall(SYS_setresuid, 65534, 65534, 65534) != 0 || prctl(PR_SET_DUMPABLE, 0) != 0)) {
    return false;
  }
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return false;
  return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

}  // namespace gmr::test
