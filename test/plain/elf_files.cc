// ELF files that were made here, also truncated ones, and the names in them.

#include <elf.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "../../native/process/readable_file.h"
#include "../../native/unwind/demangle.h"
#include "../../native/unwind/elf_file.h"
#include "../../native/unwind/elf_symbols.h"
#include "harness.h"

namespace gmr::test {

namespace {

using platform::ElfAddressKind;
using platform::ElfFile;
using platform::FindElfSymbols;
using platform::ReadableFile;
using platform::ReadableName;
using platform::ShortenDemangled;

// A folder that is gone at the end of the test.
class Folder {
 public:
  Folder() {
    const char* parent = std::getenv("TMPDIR");
    path_ = std::string(parent == nullptr ? P_tmpdir : parent) + "/gmr-plain-XXXXXX";
    CHECK(mkdtemp(path_.data()) != nullptr);
  }
  ~Folder() {
    unlink(file().c_str());
    rmdir(path_.c_str());
  }
  const std::string& path() const { return path_; }
  std::string file() const { return path_ + "/file"; }

  std::string Write(std::string_view content) const {
    FILE* file_stream = std::fopen(file().c_str(), "wb");
    CHECK(file_stream != nullptr);
    std::fwrite(content.data(), 1, content.size(), file_stream);
    std::fclose(file_stream);
    return file();
  }

 private:
  std::string path_;
};

struct Symbol {
  const char* name;
  uint64_t value;
  uint64_t size;
  uint8_t type = STT_FUNC;
};

constexpr uint64_t kCode = 0x400000;
constexpr uint64_t kCodeAt = 0x1000;
constexpr size_t kSegmentsAt = sizeof(Elf64_Ehdr);
constexpr size_t kSectionsAt = 0x200;
constexpr size_t kNotesAt = 0x400;
constexpr size_t kSymbolsAt = 0x500;
constexpr size_t kNamesAt = 0x800;

class Image {
 public:
  explicit Image(const std::vector<Symbol>& symbols = {}, uint32_t table_type = SHT_SYMTAB) {
    bytes_.resize(0x1100);
    Elf64_Ehdr header{};
    std::memcpy(header.e_ident, ELFMAG, SELFMAG);
    header.e_ident[EI_CLASS] = ELFCLASS64;
    header.e_ident[EI_DATA] = ELFDATA2LSB;
    header.e_phoff = kSegmentsAt;
    header.e_phnum = 2;
    header.e_phentsize = sizeof(Elf64_Phdr);
    header.e_shoff = kSectionsAt;
    header.e_shnum = 3;
    header.e_shentsize = sizeof(Elf64_Shdr);
    Put(0, header);
    PutSegment(0, PT_LOAD, kCodeAt, kCode, 0x100);
    PutSegment(1, PT_NOTE, kNotesAt, 0, 24);
    PutNote();
    PutSymbols(symbols, table_type);
  }

  template <typename T>
  void Put(size_t at, const T& value) {
    std::memcpy(bytes_.data() + at, &value, sizeof value);
  }
  const std::string& bytes() const { return bytes_; }

 private:
  void PutSegment(size_t index, uint32_t type, uint64_t offset, uint64_t address, uint64_t bytes) {
    Elf64_Phdr segment{};
    segment.p_type = type;
    segment.p_offset = offset;
    segment.p_vaddr = address;
    segment.p_filesz = bytes;
    Put(kSegmentsAt + index * sizeof segment, segment);
  }
  void PutNote() {
    const uint32_t note[] = {4, 8, NT_GNU_BUILD_ID};
    Put(kNotesAt, note);
    std::memcpy(bytes_.data() + kNotesAt + sizeof note, "GNU\0build-id", 12);
  }
  void PutSymbols(const std::vector<Symbol>& symbols, uint32_t table_type) {
    std::string names(1, '\0');
    size_t at = kSymbolsAt;
    for (const Symbol& symbol : symbols) {
      Elf64_Sym entry{};
      entry.st_name = static_cast<uint32_t>(names.size());
      entry.st_value = symbol.value;
      entry.st_size = symbol.size;
      entry.st_info = ELF64_ST_INFO(STB_GLOBAL, symbol.type);
      entry.st_shndx = 1;
      Put(at, entry);
      at += sizeof entry;
      names.append(symbol.name).push_back('\0');
    }
    std::memcpy(bytes_.data() + kNamesAt, names.data(), names.size());
    Elf64_Shdr table{};
    table.sh_type = table_type;
    table.sh_offset = kSymbolsAt;
    table.sh_size = at - kSymbolsAt;
    table.sh_entsize = sizeof(Elf64_Sym);
    table.sh_link = 2;
    Put(kSectionsAt + sizeof table, table);
    Elf64_Shdr strings{};
    strings.sh_type = SHT_STRTAB;
    strings.sh_offset = kNamesAt;
    strings.sh_size = names.size();
    Put(kSectionsAt + 2 * sizeof strings, strings);
  }

  std::string bytes_;
};

TEST("ReadableFile reads exactly, or not at all") {
  const Folder folder;
  const auto file = ReadableFile::Open(folder.Write("0123456789"));
  char bytes[4] = {};
  CHECK(file.ok());
  CHECK(file.value().Read(6, bytes, 4));
  CHECK_EQ(std::string_view(bytes, 4), "6789");
  CHECK(!file.value().Read(7, bytes, 4));
  CHECK(!file.value().Read(UINT64_MAX, bytes, 1));
}

TEST("ReadableFile reads strings up to their end") {
  const Folder folder;
  const auto file = ReadableFile::Open(folder.Write(std::string_view("ab\0cdef", 7)));
  CHECK_EQ(file.value().ReadString(0, 10), "ab");
  CHECK_EQ(file.value().ReadString(1, 2), "b");
  CHECK_EQ(file.value().ReadString(0, 2), "");
  CHECK_EQ(file.value().ReadString(3, 10), "");
  CHECK_EQ(file.value().ReadString(100, 10), "");
}

TEST("ReadableFile opens regular files only") {
  const Folder folder;
  CHECK_EQ(ReadableFile::Open(folder.file()).error().code, ENOENT);
  CHECK_EQ(ReadableFile::Open(folder.path()).error().code, EINVAL);
  CHECK_EQ(mkfifo(folder.file().c_str(), 0600), 0);
  CHECK_EQ(ReadableFile::Open(folder.file()).error().code, EINVAL);
}

TEST("ElfFile reads the tables of a file") {
  const Folder folder;
  const auto file = ElfFile::Open(folder.Write(Image({{"f", kCode, 16}}).bytes()));
  CHECK(file.ok());
  CHECK_EQ(file.value().segments().size(), 2);
  CHECK_EQ(file.value().segments()[0].p_vaddr, kCode);
  CHECK_EQ(file.value().sections().size(), 3);
  CHECK_EQ(file.value().BuildId(), "build-id");
}

TEST("ElfFile knows the address of what is in a segment") {
  const Folder folder;
  const auto file = ElfFile::Open(folder.Write(Image().bytes()));
  CHECK_EQ(file.value().ToVirtualAddress(kCodeAt).value(), kCode);
  CHECK_EQ(file.value().ToVirtualAddress(kCodeAt + 0xff).value(), kCode + 0xff);
  CHECK(!file.value().ToVirtualAddress(kCodeAt + 0x100).has_value());
  CHECK(!file.value().ToVirtualAddress(kCodeAt - 1).has_value());
}

TEST("ElfFile refuses what is no ELF file of this machine") {
  const Folder folder;
  for (const size_t at : {size_t{0}, size_t{EI_CLASS}, size_t{EI_DATA}}) {
    Image image;
    image.Put(at, uint8_t{9});
    CHECK_EQ(ElfFile::Open(folder.Write(image.bytes())).error().code, ENOEXEC);
  }
  CHECK_EQ(ElfFile::Open(folder.Write("")).error().code, ENOEXEC);
}

TEST("ElfFile refuses a file that ends in its headers") {
  const Folder folder;
  const std::string bytes = Image().bytes();
  CHECK(!ElfFile::Open(folder.Write(bytes.substr(0, sizeof(Elf64_Ehdr) - 1))).ok());
  CHECK(!ElfFile::Open(folder.Write(bytes.substr(0, kSegmentsAt + 2 * sizeof(Elf64_Phdr) - 1))).ok());
}

TEST("ElfFile has no sections where they were cut off") {
  const Folder folder;
  const auto file = ElfFile::Open(folder.Write(Image().bytes().substr(0, kSectionsAt + 10)));
  CHECK(file.ok());
  CHECK(file.value().sections().empty());
  CHECK_EQ(file.value().BuildId(), "");
}

TEST("ElfFile refuses headers of another size") {
  const Folder folder;
  Image image;
  image.Put(offsetof(Elf64_Ehdr, e_phentsize), uint16_t{32});
  CHECK(!ElfFile::Open(folder.Write(image.bytes())).ok());
}

std::vector<std::string> NamesOf(const Image& image, const std::vector<uint64_t>& addresses,
                                 ElfAddressKind kind = ElfAddressKind::kVirtual) {
  const Folder folder;
  const auto found = FindElfSymbols(folder.Write(image.bytes()), "", kind, addresses);
  if (!found.ok()) return {found.error().ToString()};
  std::vector<std::string> names;
  for (const platform::ElfSymbol& symbol : found.value()) {
    names.push_back(symbol.mangled.empty() ? "" : symbol.mangled + "+" + std::to_string(symbol.offset));
  }
  return names;
}

using Names = std::vector<std::string>;

TEST("FindElfSymbols names addresses in any order") {
  const Image image({{"first", kCode, 16}, {"second", kCode + 32, 16}});
  CHECK_EQ(NamesOf(image, {kCode + 40, kCode, kCode + 20, kCode + 15}),
           Names({"second+8", "first+0", "", "first+15"}));
}

TEST("FindElfSymbols takes offsets in the file") {
  const Image image({{"first", kCode, 16}});
  CHECK_EQ(NamesOf(image, {kCodeAt + 4, 0}, ElfAddressKind::kFileOffset), Names({"first+4", ""}));
}

TEST("FindElfSymbols prefers a symbol that states its size") {
  const Image image({{"label", kCode + 8, 0, STT_NOTYPE}, {"sized", kCode, 64}});
  CHECK_EQ(NamesOf(image, {kCode + 10, kCode + 70}), Names({"sized+10", "label+62"}));
}

TEST("FindElfSymbols takes no symbol of exported ones that states no size") {
  const Image image({{"label", kCode, 0}, {"sized", kCode + 8, 8}}, SHT_DYNSYM);
  CHECK_EQ(NamesOf(image, {kCode + 4, kCode + 12}), Names({"", "sized+4"}));
}

TEST("FindElfSymbols ignores data and what is defined elsewhere") {
  const Image image({{"data", kCode, 16, STT_OBJECT}});
  CHECK_EQ(NamesOf(image, {kCode}), Names({""}));
}

TEST("FindElfSymbols refuses the file of another build") {
  const Folder folder;
  const std::string path = folder.Write(Image({{"f", kCode, 16}}).bytes());
  CHECK(FindElfSymbols(path, "build-id", ElfAddressKind::kVirtual, {kCode}).ok());
  CHECK_EQ(FindElfSymbols(path, "another", ElfAddressKind::kVirtual, {kCode}).error().code, ESTALE);
}

TEST("FindElfSymbols refuses a stripped file, and tables that make no sense") {
  const Folder folder;
  const auto code_of = [&](const Image& image, uint64_t address = kCode) {
    const auto found =
        FindElfSymbols(folder.Write(image.bytes()), "", ElfAddressKind::kVirtual, {kCode, address});
    return found.ok() ? 0 : found.error().code;
  };
  CHECK_EQ(code_of(Image({{"f", kCode, 16}}, SHT_PROGBITS)), ENODATA);
  Image entries({{"f", kCode, 16}});
  entries.Put(kSectionsAt + sizeof(Elf64_Shdr) + offsetof(Elf64_Shdr, sh_entsize), uint64_t{8});
  CHECK_EQ(code_of(entries), EIO);
  Image link({{"f", kCode, 16}});
  link.Put(kSectionsAt + sizeof(Elf64_Shdr) + offsetof(Elf64_Shdr, sh_link), uint32_t{3});
  CHECK_EQ(code_of(link), ENODATA);
  CHECK_EQ(code_of(Image({{"f", kCode, 16}}), kCode + (uint64_t{5} << 30)), EINVAL);
}

TEST("ReadableName makes a name of C++ readable") {
  CHECK_EQ(ReadableName("_ZN4node2fs4ReadERKN2v820FunctionCallbackInfoINS1_5ValueEEE"), "node::fs::Read");
  CHECK_EQ(ReadableName("uv__fs_work"), "uv__fs_work");
  CHECK_EQ(ReadableName("_ZNot mangled"), "_ZNot mangled");
  CHECK_EQ(ReadableName("uv_run.cold.7"), "uv_run");
}

TEST("ReadableName cuts long names, template arguments first") {
  const std::string name = ReadableName("_ZN1aI" + std::string(100, 'i') + "E1bEv");
  CHECK_EQ(name, "a<...>::b");
  CHECK_EQ(ReadableName(std::string(200, 'x')), std::string(157, 'x') + "...");
}

TEST("ShortenDemangled drops arguments and return types") {
  CHECK_EQ(ShortenDemangled("void f<int>(int, char)"), "f<int>");
  CHECK_EQ(ShortenDemangled("a::b(std::function<void (int)>) const"), "a::b");
  CHECK_EQ(ShortenDemangled("f(int)::{lambda(char)#1}::operator()(char) const"),
           "f::{lambda(char)#1}::operator()");
}

TEST("ShortenDemangled keeps operators and anonymous namespaces") {
  CHECK_EQ(ShortenDemangled("(anonymous namespace)::Run(void*)"), "(anonymous namespace)::Run");
  CHECK_EQ(ShortenDemangled("a::operator<<(int)"), "a::operator<<");
  CHECK_EQ(ShortenDemangled("a::operator[](int)"), "a::operator[]");
  CHECK_EQ(ShortenDemangled("non-virtual thunk to a::B::Run()"), "a::B::Run");
}

}  // namespace

}  // namespace gmr::test
