#include <algorithm>
#include <cstring>

#include "elf_numbers.h"
#if defined(__linux__)
#include <elf.h>
#endif

namespace gmr::platform {

#if defined(__linux__)

namespace {

constexpr size_t kMaxHeaders = 64;
constexpr size_t kMaxEntries = 256;
// More symbols than that have a hash in common in no program.
constexpr int kMaxChain = 4096;
// The longest name that V8 gives a number has 120.
constexpr size_t kMaxNameBytes = 256;

// What is in front of the buckets.
struct HashHeader {
  uint32_t buckets;
  uint32_t first_hashed;
  uint32_t bloom_words;
  uint32_t bloom_shift;
};

// The loader has made addresses of the entries; musl leaves them as they are in the file.
Address ToAddress(uint64_t value, uint64_t bias) { return Address(value < bias ? bias + value : value); }

uint32_t HashOf(std::string_view name) {
  uint32_t hash = 5381;
  for (const char character : name) hash = hash * 33 + static_cast<uint8_t>(character);
  return hash;
}

bool IsNumber(const Elf64_Sym& symbol) {
  return ELF64_ST_TYPE(symbol.st_info) == STT_OBJECT && symbol.st_size == sizeof(int32_t) &&
         symbol.st_shndx != SHN_UNDEF;
}

}  // namespace

LoadedNumbers::LoadedNumbers(MemoryReader* memory, Address headers, size_t count, std::string_view prefix)
    : memory_(memory), prefix_(prefix) {
  if (!FindTables(headers, std::min(count, kMaxHeaders))) buckets_ = Address();
}

bool LoadedNumbers::FindTables(Address headers, size_t count) {
  Address dynamic;
  for (size_t i = 0; i < count; ++i) {
    Elf64_Phdr header;
    if (!memory_->Load(headers + i * sizeof header, &header)) return false;
    if (header.p_type == PT_PHDR) bias_ = headers.number() - header.p_vaddr;
    if (header.p_type == PT_DYNAMIC) dynamic = Address(header.p_vaddr);
  }
  if (dynamic.IsNull()) return false;
  dynamic += bias_;
  Address hash;
  for (size_t i = 0; i < kMaxEntries; ++i) {
    Elf64_Dyn entry;
    if (!memory_->Load(dynamic + i * sizeof entry, &entry) || entry.d_tag == DT_NULL) break;
    if (entry.d_tag == DT_SYMTAB) symbols_ = ToAddress(entry.d_un.d_ptr, bias_);
    if (entry.d_tag == DT_STRTAB) names_ = ToAddress(entry.d_un.d_ptr, bias_);
    if (entry.d_tag == DT_GNU_HASH) hash = ToAddress(entry.d_un.d_ptr, bias_);
  }
  HashHeader header;
  if (symbols_.IsNull() || names_.IsNull() || hash.IsNull() || !memory_->Load(hash, &header)) return false;
  bucket_count_ = header.buckets;
  first_hashed_ = header.first_hashed;
  buckets_ = hash + sizeof header + header.bloom_words * sizeof(uint64_t);
  chains_ = buckets_ + header.buckets * sizeof(uint32_t);
  return bucket_count_ > 0;
}

bool LoadedNumbers::HasName(uint64_t offset, std::string_view name) const {
  char text[kMaxNameBytes];
  if (name.size() >= sizeof text || !memory_->Read(names_ + offset, text, name.size() + 1)) return false;
  return std::memcmp(text, name.data(), name.size()) == 0 && text[name.size()] == '\0';
}

// The symbols of a bucket are in a row. The lowest bit of their hashes marks the last one.
bool LoadedNumbers::Find(std::string_view name, int32_t* value) const {
  if (buckets_.IsNull()) return false;
  const std::string whole = prefix_ + std::string(name);
  const uint32_t wanted = HashOf(whole);
  uint32_t index = 0;
  if (!memory_->Load(buckets_ + wanted % bucket_count_ * sizeof index, &index) || index < first_hashed_)
    return false;
  for (int i = 0; i < kMaxChain; ++i, ++index) {
    uint32_t hash = 0;
    Elf64_Sym symbol;
    if (!memory_->Load(chains_ + (index - first_hashed_) * sizeof hash, &hash)) return false;
    const bool is_it = (hash | 1) == (wanted | 1) &&
                       memory_->Load(symbols_ + index * sizeof symbol, &symbol) && IsNumber(symbol) &&
                       HasName(symbol.st_name, whole);
    if (is_it) return memory_->Load(Address(bias_ + symbol.st_value), value);
    if ((hash & 1) != 0) return false;
  }
  return false;
}

#else

LoadedNumbers::LoadedNumbers(MemoryReader* memory, Address, size_t, std::string_view prefix)
    : memory_(memory), prefix_(prefix) {}

bool LoadedNumbers::Find(std::string_view, int32_t*) const { return false; }

#endif

}  // namespace gmr::platform
