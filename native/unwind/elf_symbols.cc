#include "elf_symbols.h"

#include <algorithm>

#include "elf_file.h"

namespace gmr::platform {

#if defined(__linux__)

namespace {

constexpr size_t kChunkSymbols = 8192;
// Ten times what the largest Node binary has.
constexpr uint64_t kMaxSymbols = 2'000'000;
constexpr uint64_t kMaxCodeBytes = uint64_t{4} << 30;
// Longer names are of deeply nested templates; the demangler takes its time over them.
constexpr size_t kMaxMangledBytes = 2048;
// Hand-written assembly often states no size: such a symbol reaches to the next, but not far.
constexpr uint64_t kMaxUnsizedBytes = uint64_t{64} << 10;

// How far a symbol reaches that states no size. Among exported symbols only, the next function may be
// missing: in musl, which is stripped, all that follows memset would bear its name.
uint64_t UnsizedReach(const Elf64_Shdr& table) { return table.sh_type == SHT_SYMTAB ? kMaxUnsizedBytes : 0; }

// One address on its way through the symbol table.
struct Search {
  uint64_t address = 0;
  size_t index = 0;  // in the caller's list
  uint64_t best_start = 0;
  uint32_t best_name = 0;
  bool found = false;
  bool found_sized = false;  // the symbol's size covers the address: certain

  // Of a symbol that reaches to the address.
  void Consider(const Elf64_Sym& symbol) {
    const bool sized = symbol.st_size != 0;
    const bool better =
        !found || sized > found_sized || (sized == found_sized && symbol.st_value > best_start);
    if (!better) return;
    found = true;
    found_sized = sized;
    best_start = symbol.st_value;
    best_name = symbol.st_name;
  }
};

bool NamesCode(const Elf64_Sym& symbol) {
  const auto type = ELF64_ST_TYPE(symbol.st_info);
  const bool is_code = type == STT_FUNC || type == STT_GNU_IFUNC || type == STT_NOTYPE;
  return is_code && symbol.st_shndx != SHN_UNDEF && symbol.st_value != 0 && symbol.st_name != 0;
}

// .symtab has what .dynsym has, and local functions too.
const Elf64_Shdr* FindSymbolTable(const std::vector<Elf64_Shdr>& sections) {
  const Elf64_Shdr* found = nullptr;
  for (const Elf64_Shdr& section : sections) {
    if (section.sh_type == SHT_SYMTAB) return &section;
    if (section.sh_type == SHT_DYNSYM) found = &section;
  }
  return found;
}

// The blocks of the file in which addresses are looked for. Of a hundred thousand
// symbols all but some hundred are elsewhere, and are left out at the cost of one look.
class WantedBlocks {
 public:
  // `searches` ascend by address.
  explicit WantedBlocks(const std::vector<Search>& searches) {
    if (searches.empty()) return;
    first_ = searches.front().address / kBlockBytes;
    wanted_.resize(searches.back().address / kBlockBytes - first_ + 1);
    for (const Search& search : searches) wanted_[search.address / kBlockBytes - first_] = 1;
  }

  bool MayReach(uint64_t start, uint64_t bytes) const {
    if (wanted_.empty()) return false;
    const uint64_t end = first_ + wanted_.size();
    const uint64_t last = std::min((start + bytes - 1) / kBlockBytes, end - 1);
    for (uint64_t block = std::max(start / kBlockBytes, first_); block <= last; ++block) {
      if (wanted_[block - first_] != 0) return true;
    }
    return false;
  }

 private:
  static constexpr uint64_t kBlockBytes = 4096;

  uint64_t first_ = 0;
  std::vector<uint8_t> wanted_;
};

// `searches` ascend by address.
void ConsiderAll(const std::vector<Elf64_Sym>& symbols, const WantedBlocks& wanted, uint64_t unsized_reach,
                 std::vector<Search>* searches) {
  for (const Elf64_Sym& symbol : symbols) {
    const uint64_t reach = symbol.st_size != 0 ? symbol.st_size : unsized_reach;
    if (reach == 0 || !wanted.MayReach(symbol.st_value, reach) || !NamesCode(symbol)) continue;
    auto search = std::lower_bound(searches->begin(), searches->end(), symbol.st_value,
                                   [](const Search& s, uint64_t start) { return s.address < start; });
    for (; search != searches->end() && search->address - symbol.st_value < reach; ++search) {
      search->Consider(symbol);
    }
  }
}

bool ScanSymbols(const ElfFile& file, const Elf64_Shdr& table, std::vector<Search>* searches) {
  if (table.sh_entsize != sizeof(Elf64_Sym)) return false;
  uint64_t left = std::min(table.sh_size / sizeof(Elf64_Sym), kMaxSymbols);
  uint64_t offset = table.sh_offset;
  std::vector<Elf64_Sym> symbols;
  const WantedBlocks wanted(*searches);
  while (left > 0) {
    symbols.resize(std::min<uint64_t>(left, kChunkSymbols));
    const size_t bytes = symbols.size() * sizeof(Elf64_Sym);
    if (!file.Read(offset, symbols.data(), bytes)) return false;
    ConsiderAll(symbols, wanted, UnsizedReach(table), searches);
    left -= symbols.size();
    offset += bytes;
  }
  return true;
}

std::vector<Search> MakeSearches(const ElfFile& file, ElfAddressKind kind,
                                 const std::vector<uint64_t>& addresses) {
  std::vector<Search> searches;
  for (size_t i = 0; i < addresses.size(); ++i) {
    Search search;
    search.index = i;
    search.address = addresses[i];
    if (kind == ElfAddressKind::kFileOffset) {
      const auto address = file.ToVirtualAddress(addresses[i]);
      if (!address) continue;
      search.address = *address;
    }
    searches.push_back(search);
  }
  std::sort(searches.begin(), searches.end(),
            [](const Search& a, const Search& b) { return a.address < b.address; });
  return searches;
}

}  // namespace

Result<std::vector<ElfSymbol>> FindElfSymbols(const std::string& path, std::string_view build_id,
                                              ElfAddressKind kind, const std::vector<uint64_t>& addresses) {
  const auto opened = ElfFile::Open(path);
  if (!opened.ok()) return opened.error();
  const ElfFile& file = opened.value();
  if (!build_id.empty() && file.BuildId() != build_id) {
    return SysError{ESTALE, "reading symbols: the file on disk is another build"};
  }
  const Elf64_Shdr* table = FindSymbolTable(file.sections());
  if (table == nullptr || table->sh_link >= file.sections().size()) {
    return SysError{ENODATA, "reading symbols: the file is stripped"};
  }
  auto searches = MakeSearches(file, kind, addresses);
  // A text segment is smaller; more is a damaged file, for which no memory shall be taken.
  if (!searches.empty() && searches.back().address - searches.front().address > kMaxCodeBytes) {
    return SysError{EINVAL, "reading symbols: addresses lie too far apart"};
  }
  if (!ScanSymbols(file, *table, &searches)) return SysError{EIO, "reading symbols"};

  const Elf64_Shdr& names = file.sections()[table->sh_link];
  std::vector<ElfSymbol> symbols(addresses.size());
  for (const Search& search : searches) {
    if (!search.found || search.best_name >= names.sh_size) continue;
    symbols[search.index].mangled = file.ReadString(names.sh_offset + search.best_name, kMaxMangledBytes);
    symbols[search.index].offset = search.address - search.best_start;
  }
  return symbols;
}

#else

Result<std::vector<ElfSymbol>> FindElfSymbols(const std::string&, std::string_view, ElfAddressKind,
                                              const std::vector<uint64_t>&) {
  return SysError{ENOTSUP, "reading symbols"};
}

#endif

}  // namespace gmr::platform
