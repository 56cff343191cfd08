#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "../base/own_calls.h"
#include "memory_file.h"

namespace gmr::platform {

namespace {

// <linux/memfd.h> and <fcntl.h> of older C libraries lack some of these.
constexpr unsigned kCloseOnExec = 1;
constexpr unsigned kAllowSealing = 2;
constexpr unsigned kNoExecution = 8;  // from Linux 6.3; sysctl vm.memfd_noexec may require it
constexpr int kAddSeals = 1024 + 9;
constexpr unsigned kSealSeal = 1;
constexpr unsigned kSealShrink = 2;
constexpr unsigned kSealGrow = 4;
constexpr unsigned kSealWrite = 8;
constexpr unsigned kSealFutureWrite = 16;  // from Linux 5.1

constexpr mode_t kReadByOwner = 0400;
constexpr size_t kPieceBytes = size_t{1} << 20;
// The application gets the numbers that it would get without us.
constexpr int kFirstFd = 200;

int CreateFile(const char* name) {
  if (IsForbidden(OwnCall::kMemfdCreate)) return -1;
  const unsigned flags = kCloseOnExec | kAllowSealing;
  const auto fd = static_cast<int>(syscall(SYS_memfd_create, name, flags | kNoExecution));
  if (fd >= 0 || errno != EINVAL) return fd;
  return static_cast<int>(syscall(SYS_memfd_create, name, flags));
}

// The same file under a high number, or under the next one if the process may have few files.
int MoveUp(int fd) {
  int high = fcntl(fd, F_DUPFD_CLOEXEC, kFirstFd);
  if (high < 0) high = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  const int error = errno;
  close(fd);
  errno = error;
  return high;
}

// Writing beyond this limit would not fail, but end the process with SIGXFSZ.
bool FitsFileLimit(size_t size) {
  rlimit limit{};
  return getrlimit(RLIMIT_FSIZE, &limit) == 0 && (limit.rlim_cur == RLIM_INFINITY || size <= limit.rlim_cur);
}

}  // namespace

MemoryFile& MemoryFile::operator=(MemoryFile&& other) noexcept {
  std::swap(fd_, other.fd_);  // `other` closes what this one had
  std::swap(device_, other.device_);
  std::swap(inode_, other.inode_);
  std::swap(mapping_, other.mapping_);
  return *this;
}

MemoryFile::~MemoryFile() {
  if (IsOurs()) close(fd_);
}

bool MemoryFile::IsOurs() const {
  struct stat facts {};
  return fd_ >= 0 && fstat(fd_, &facts) == 0 && facts.st_dev == device_ && facts.st_ino == inode_;
}

Result<MemoryFile> MemoryFile::Make(const std::string& name) {
  const int fd = CreateFile(name.c_str());
  if (fd < 0) return SysError{errno, "creating a file in memory"};
  MemoryFile file;
  file.fd_ = MoveUp(fd);
  if (file.fd_ < 0) return SysError{errno, "creating a file in memory"};
  struct stat facts {};
  if (fstat(file.fd_, &facts) != 0) return SysError{errno, "examining a file in memory"};
  file.device_ = facts.st_dev;
  file.inode_ = facts.st_ino;
  return file;
}

SysError MemoryFile::Write(std::string_view content) const {
  if (!FitsFileLimit(content.size())) return {EFBIG, "writing a file in memory"};
  while (!content.empty()) {
    const ssize_t length = write(fd_, content.data(), std::min(content.size(), kPieceBytes));
    if (length < 0 && errno == EINTR) continue;
    if (length < 0) return {errno, "writing a file in memory"};
    content.remove_prefix(static_cast<size_t>(length));
  }
  return {};
}

SysError MemoryFile::Restrict(unsigned seals) const {
  if (IsForbidden(OwnCall::kFchmod) || fchmod(fd_, kReadByOwner) != 0)
    return {errno, "setting the mode of a file in memory"};
  if (IsForbidden(OwnCall::kAddSeals)) return {errno, "sealing a file in memory"};
  if (fcntl(fd_, kAddSeals, seals) == 0) return {};
  // Older kernels do not know the last one. The file still belongs to its owner only.
  if (fcntl(fd_, kAddSeals, seals & ~kSealFutureWrite) == 0) return {};
  return {errno, "sealing a file in memory"};
}

Result<MemoryFile> MemoryFile::MakeSealed(const std::string& name, std::string_view content) {
  auto file = Make(name);
  if (!file.ok()) return file;
  for (const auto& step : {file.value().Write(content),
                           file.value().Restrict(kSealSeal | kSealShrink | kSealGrow | kSealWrite)}) {
    if (step.code != 0) return step;
  }
  return file;
}

Result<MemoryFile> MemoryFile::MakeMapped(const std::string& name, size_t size) {
  auto file = Make(name);
  if (!file.ok()) return file;
  // ftruncate(2) would do, but Node does not need that call, and a filter might end the process for it.
  if (SysError error = file.value().Write(std::string(size, '\0')); error.code != 0) return error;
  void* const mapping = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, file.value().fd_, 0);
  if (mapping == MAP_FAILED) return SysError{errno, "mapping a file in memory"};
  file.value().mapping_ = mapping;
  const auto restricted = file.value().Restrict(kSealSeal | kSealShrink | kSealGrow | kSealFutureWrite);
  if (restricted.code != 0) return restricted;
  return file;
}

}  // namespace gmr::platform
