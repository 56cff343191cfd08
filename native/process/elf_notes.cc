#include "elf_notes.h"

#if defined(__linux__)
#include <elf.h>
#endif

#include <cstddef>
#include <cstring>

namespace gmr::platform {

#if defined(__linux__)

namespace {

constexpr size_t kMaxBuildIdBytes = 64;

size_t RoundUp4(size_t bytes) { return (bytes + 3) & ~size_t{3}; }

}  // namespace

std::string FindBuildId(std::string_view notes) {
  constexpr std::string_view kGnu("GNU\0", 4);
  while (notes.size() >= sizeof(Elf64_Nhdr)) {
    Elf64_Nhdr header;
    std::memcpy(&header, notes.data(), sizeof header);
    notes.remove_prefix(sizeof header);
    const size_t name_bytes = RoundUp4(header.n_namesz);
    const size_t content_bytes = RoundUp4(header.n_descsz);
    if (name_bytes > notes.size() || content_bytes > notes.size() - name_bytes) break;
    const bool is_build_id = header.n_type == NT_GNU_BUILD_ID && notes.substr(0, header.n_namesz) == kGnu;
    if (is_build_id && header.n_descsz <= kMaxBuildIdBytes) {
      return std::string(notes.substr(name_bytes, header.n_descsz));
    }
    notes.remove_prefix(name_bytes + content_bytes);
  }
  return std::string();
}

#else

std::string FindBuildId(std::string_view) { return std::string(); }

#endif

}  // namespace gmr::platform
