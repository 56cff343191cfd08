#include "elf_file.h"

#if defined(__linux__)

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <string_view>

#include "../process/elf_notes.h"

namespace gmr::platform {

namespace {

// Both counts are 16 bits wide; larger ones hide elsewhere, which no module does.
constexpr size_t kMaxHeaders = 65535;
constexpr size_t kMaxNoteBytes = 4096;

bool IsSupported(const Elf64_Ehdr& header) {
  constexpr uint8_t kOwnOrder = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? ELFDATA2LSB : ELFDATA2MSB;
  return std::memcmp(header.e_ident, ELFMAG, SELFMAG) == 0 && header.e_ident[EI_CLASS] == ELFCLASS64 &&
         header.e_ident[EI_DATA] == kOwnOrder;
}

}  // namespace

Result<ElfFile> ElfFile::Open(const std::string& path) {
  // Nonblocking: a FIFO with a module's name must not hold the reporter.
  ScopedFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd.ok()) return SysError{errno, "opening a module's file"};
  struct stat facts {};
  if (fstat(fd.get(), &facts) != 0) return SysError{errno, "examining a module's file"};
  if (!S_ISREG(facts.st_mode)) return SysError{EINVAL, "reading a module's file"};
  ElfFile file(std::move(fd));
  if (!file.ReadHeaders()) return SysError{ENOEXEC, "reading a module's headers"};
  return file;
}

bool ElfFile::Read(uint64_t offset, void* to, size_t bytes) const {
  auto* out = static_cast<char*>(to);
  while (bytes > 0) {
    if (offset > static_cast<uint64_t>(LLONG_MAX)) return false;
    const ssize_t length = pread(fd_.get(), out, bytes, static_cast<off_t>(offset));
    if (length < 0 && errno == EINTR) continue;
    if (length <= 0) return false;
    out += length;
    offset += static_cast<uint64_t>(length);
    bytes -= static_cast<size_t>(length);
  }
  return true;
}

std::string ElfFile::ReadString(uint64_t offset, size_t max_bytes) const {
  if (offset > static_cast<uint64_t>(LLONG_MAX)) return std::string();
  std::string text(max_bytes, '\0');
  const ssize_t length = pread(fd_.get(), text.data(), text.size(), static_cast<off_t>(offset));
  const size_t end = text.substr(0, length > 0 ? static_cast<size_t>(length) : 0).find('\0');
  text.resize(end == text.npos ? 0 : end);
  return text;
}

template <typename T>
bool ElfFile::ReadTable(uint64_t offset, size_t count, size_t entry_bytes, std::vector<T>* table) const {
  if (count == 0) return true;
  if (entry_bytes != sizeof(T) || count > kMaxHeaders) return false;
  table->resize(count);
  if (Read(offset, table->data(), count * sizeof(T))) return true;
  table->clear();
  return false;
}

bool ElfFile::ReadHeaders() {
  Elf64_Ehdr header;
  if (!Read(0, &header, sizeof header) || !IsSupported(header)) return false;
  if (!ReadTable(header.e_phoff, header.e_phnum, header.e_phentsize, &segments_)) return false;
  // Sections may be stripped off the end of the file: then there are no symbols.
  ReadTable(header.e_shoff, header.e_shnum, header.e_shentsize, &sections_);
  return true;
}

std::optional<uint64_t> ElfFile::ToVirtualAddress(uint64_t file_offset) const {
  for (const Elf64_Phdr& segment : segments_) {
    if (segment.p_type != PT_LOAD || file_offset < segment.p_offset) continue;
    const uint64_t into_segment = file_offset - segment.p_offset;
    if (into_segment < segment.p_filesz) return segment.p_vaddr + into_segment;
  }
  return std::nullopt;
}

std::string ElfFile::BuildId() const {
  for (const Elf64_Phdr& segment : segments_) {
    if (segment.p_type != PT_NOTE) continue;
    char notes[kMaxNoteBytes];
    const size_t bytes = std::min<uint64_t>(segment.p_filesz, sizeof notes);
    if (!Read(segment.p_offset, notes, bytes)) continue;
    std::string build_id = FindBuildId(std::string_view(notes, bytes));
    if (!build_id.empty()) return build_id;
  }
  return std::string();
}

}  // namespace gmr::platform

#endif  // defined(__linux__)
