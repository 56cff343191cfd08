#include "modules.h"

#include <link.h>
#include <unistd.h>

#include <algorithm>
#include <new>

#include "../base/memory_guard.h"
#include "elf_notes.h"

namespace gmr::platform {

namespace {

// More modules than any process loads; the loader's lock is held while we list them.
constexpr size_t kMaxModules = 4096;
constexpr size_t kMaxNoteBytes = 4096;

struct Collection {
  MemoryReader* reader = nullptr;
  std::vector<Module> modules;
  bool seen_program = false;
  bool complete = true;  // false: memory ran out
};

void Widen(AddressRange* range, Address start, Address end) {
  if (range->end.IsNull()) *range = AddressRange{start, end};
  range->start = std::min(range->start, start);
  range->end = std::max(range->end, end);
}

// Through the reader although the loader's lock keeps the module mapped: notes
// need not lie in a loaded segment.
std::string ReadBuildId(MemoryReader* reader, Address address, size_t bytes) {
  char notes[kMaxNoteBytes];
  bytes = std::min(bytes, sizeof notes);
  if (!reader->Read(address, notes, bytes)) return std::string();
  return FindBuildId(std::string_view(notes, bytes));
}

Module Examine(const dl_phdr_info& info, MemoryReader* reader) {
  Module module;
  module.bias = info.dlpi_addr;
  for (int i = 0; i < info.dlpi_phnum; ++i) {
    const ElfW(Phdr)& header = info.dlpi_phdr[i];
    const Address start(module.bias + header.p_vaddr);
    const Address end = start + header.p_memsz;
    if (header.p_type == PT_LOAD && (header.p_flags & PF_X) != 0) Widen(&module.code, start, end);
    if (header.p_type == PT_GNU_EH_FRAME) module.eh_frame_header = AddressRange{start, end};
    if (header.p_type == PT_NOTE && module.build_id.empty())
      module.build_id = ReadBuildId(reader, start, header.p_filesz);
  }
  return module;
}

std::string ProgramPath() {
  char path[4096];
  const ssize_t length = readlink(kProgramPath, path, sizeof path);
  return length > 0 ? std::string(path, static_cast<size_t>(length)) : std::string(kProgramPath);
}

void Add(const dl_phdr_info* info, Collection* collection) {
  Module module = Examine(*info, collection->reader);
  if (info->dlpi_name != nullptr) module.path = info->dlpi_name;
  // The loader lists the program first, under an empty name (musl: under its path).
  module.is_program = !collection->seen_program;
  collection->seen_program = true;
  if (module.is_program) module.path = ProgramPath();
  if (module.path.empty()) module.path = "[vdso]";
  if (!module.code.end.IsNull()) collection->modules.push_back(std::move(module));
}

// The C library holds a lock during the call, which an exception would leave locked.
int AddModule(dl_phdr_info* info, size_t, void* data) {
  auto* collection = static_cast<Collection*>(data);
  collection->complete = WithinMemory([&] { Add(info, collection); });
  return collection->complete && collection->modules.size() < kMaxModules ? 0 : 1;
}

}  // namespace

ModuleList ModuleList::Collect(MemoryReader* reader) {
  Collection collection;
  collection.reader = reader;
  dl_iterate_phdr(AddModule, &collection);
  if (!collection.complete) throw std::bad_alloc();
  ModuleList list;
  list.modules_ = std::move(collection.modules);
  std::sort(list.modules_.begin(), list.modules_.end(),
            [](const Module& a, const Module& b) { return a.code.start < b.code.start; });
  return list;
}

}  // namespace gmr::platform
