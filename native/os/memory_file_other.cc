#include <utility>

#include "memory_file.h"

namespace gmr::platform {

MemoryFile& MemoryFile::operator=(MemoryFile&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

MemoryFile::~MemoryFile() = default;

bool MemoryFile::IsOurs() const { return false; }

Result<MemoryFile> MemoryFile::MakeSealed(const std::string& /*name*/, std::string_view /*content*/) {
  return SysError{ENOTSUP, "creating a file in memory"};
}

Result<MemoryFile> MemoryFile::MakeMapped(const std::string& /*name*/, size_t /*size*/) {
  return SysError{ENOTSUP, "creating a file in memory"};
}

}  // namespace gmr::platform
