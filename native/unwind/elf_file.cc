#include "elf_file.h"

#if defined(__linux__)

#include <algorithm>
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
  auto opened = ReadableFile::Open(path);
  if (!opened.ok()) return opened.error();
  ElfFile file(std::move(opened.value()));
  if (!file.ReadHeaders()) return SysError{ENOEXEC, "reading a module's headers"};
  return file;
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
