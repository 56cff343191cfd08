#include "elf_numbers.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>

#include "elf_file.h"

namespace gmr::platform {

#if defined(__linux__)

namespace {

constexpr size_t kChunkSymbols = 8192;
// Ten times what the largest Node binary exports.
constexpr uint64_t kMaxSymbols = 1'000'000;
// The longest name that V8 gives a number has 120.
constexpr size_t kMaxNameBytes = 256;
constexpr size_t kMaxNumbers = 8192;

bool IsNumber(const Elf64_Sym& symbol) {
  return ELF64_ST_TYPE(symbol.st_info) == STT_OBJECT && symbol.st_size == sizeof(int32_t) &&
         symbol.st_shndx != SHN_UNDEF && symbol.st_name != 0;
}

// Part of a segment that is not in the file is zero in memory.
bool ReadValue(const ElfFile& file, uint64_t address, int32_t* value) {
  for (const Elf64_Phdr& segment : file.segments()) {
    if (segment.p_type != PT_LOAD || address < segment.p_vaddr) continue;
    const uint64_t offset = address - segment.p_vaddr;
    if (segment.p_memsz < sizeof *value || offset > segment.p_memsz - sizeof *value) continue;
    *value = 0;
    if (offset >= segment.p_filesz) return true;
    return file.Read(segment.p_offset + offset, value, sizeof *value);
  }
  return false;
}

const Elf64_Shdr* FindExports(const ElfFile& file) {
  for (const Elf64_Shdr& section : file.sections()) {
    const bool usable = section.sh_type == SHT_DYNSYM && section.sh_entsize == sizeof(Elf64_Sym) &&
                        section.sh_link < file.sections().size();
    if (usable) return &section;
  }
  return nullptr;
}

// Calls `use` for the symbols of a table. False: a part of it cannot be read.
template <typename Use>
bool ForEachSymbol(const ElfFile& file, const Elf64_Shdr& table, Use use) {
  uint64_t left = std::min(table.sh_size / sizeof(Elf64_Sym), kMaxSymbols);
  uint64_t offset = table.sh_offset;
  std::vector<Elf64_Sym> symbols;
  while (left > 0) {
    symbols.resize(std::min<uint64_t>(left, kChunkSymbols));
    const size_t bytes = symbols.size() * sizeof(Elf64_Sym);
    if (!file.Read(offset, symbols.data(), bytes)) return false;
    std::for_each(symbols.begin(), symbols.end(), use);
    left -= symbols.size();
    offset += bytes;
  }
  return true;
}

}  // namespace

FileNumbers FileNumbers::Read(const std::string& path, std::string_view prefix) {
  const auto opened = ElfFile::Open(path);
  if (!opened.ok()) return {};
  const ElfFile& file = opened.value();
  const Elf64_Shdr* exports = FindExports(file);
  if (exports == nullptr) return {};
  const Elf64_Shdr& names = file.sections()[exports->sh_link];
  FileNumbers found;
  const auto add = [&](const Elf64_Sym& symbol) {
    if (!IsNumber(symbol) || symbol.st_name >= names.sh_size || found.numbers_.size() >= kMaxNumbers) return;
    const std::string name = file.ReadString(names.sh_offset + symbol.st_name, kMaxNameBytes);
    int32_t value = 0;
    if (!name.starts_with(prefix) || !ReadValue(file, symbol.st_value, &value)) return;
    found.numbers_.push_back({name.substr(prefix.size()), value});
  };
  if (!ForEachSymbol(file, *exports, add)) return {};
  std::sort(found.numbers_.begin(), found.numbers_.end(),
            [](const Number& a, const Number& b) { return a.name < b.name; });
  return found;
}

#else

FileNumbers FileNumbers::Read(const std::string&, std::string_view) { return {}; }

#endif

bool FileNumbers::Find(std::string_view name, int32_t* value) const {
  const auto found =
      std::lower_bound(numbers_.begin(), numbers_.end(), name,
                       [](const Number& number, std::string_view to) { return number.name < to; });
  if (found == numbers_.end() || found->name != name) return false;
  *value = found->value;
  return true;
}

}  // namespace gmr::platform
