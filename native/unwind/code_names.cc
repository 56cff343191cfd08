#include "code_names.h"

#include <compare>
#include <cstdio>
#include <map>
#include <string_view>
#include <utility>

#include "../base/monitor.h"
#include "demangle.h"
#include "elf_symbols.h"

namespace gmr::platform {

namespace {

// The addresses to be looked up in one file, and whose they are.
struct FileBatch {
  std::vector<uint64_t> addresses;
  std::vector<size_t> indexes;
};

// What is opened, its expected build, and how its addresses are given.
struct FileKey {
  std::string path;
  std::string build_id;
  ElfAddressKind kind = ElfAddressKind::kVirtual;

  auto operator<=>(const FileKey&) const = default;
};

std::string BaseName(std::string_view path) {
  const size_t slash = path.rfind('/');
  return std::string(slash == path.npos ? path : path.substr(slash + 1));
}

const Module* FindProgram(const ModuleList& modules) {
  for (const Module& module : modules.modules()) {
    if (module.is_program) return &module;
  }
  return nullptr;
}

// What earlier reports found. A table of symbols has 100,000 entries, and all of them must be read for
// one name; the same functions are on the stacks of all reports.
class KnownNames {
 public:
  static KnownNames& Get() {
    // NOLINTNEXTLINE(cppcoreguidelines-owning-memory): leaked, threads may use it at exit
    static auto* names = new KnownNames;
    return *names;
  }

  bool Find(const FileKey& key, uint64_t address, CodeName* name) {
    const Monitor::Lock lock(monitor_);
    const auto found = names_.find({key, address});
    if (found == names_.end()) return false;
    name->function = found->second.function;
    name->function_offset = found->second.function_offset;
    return true;
  }

  void Add(const FileKey& key, uint64_t address, const CodeName& name) {
    // Of other files nothing tells whether they are still the same.
    if (key.build_id.empty() && key.path != kProgramPath) return;
    const Monitor::Lock lock(monitor_);
    if (names_.size() < kMaxNames) names_.emplace(std::pair{key, address}, name);
  }

 private:
  // Some 300 KB.
  static constexpr size_t kMaxNames = 2048;

  Monitor monitor_;
  std::map<std::pair<FileKey, uint64_t>, CodeName> names_;  // guarded by monitor_
};

class Naming {
 public:
  Naming(const ModuleList& modules, const ProcMaps& maps, size_t count)
      : modules_(modules), maps_(maps), program_(FindProgram(modules)), names_(count) {}

  void Add(size_t index, Address address) {
    CodeName& name = names_[index];
    if (const Module* module = modules_.Find(address)) {
      name.module = BaseName(module->path);
      name.module_offset = (address - module->bias).number();
      AddToBatch(KeyOf(*module, ElfAddressKind::kVirtual), name.module_offset, index);
      return;
    }
    // V8 moves its builtins (mremap(2)) out of the module's range, next to the
    // code that it makes. The kernel still knows the file and the offset.
    const Mapping* mapping = maps_.Find(address);
    if (mapping == nullptr || mapping->path.empty() || mapping->path[0] != '/') return;
    name.module = BaseName(mapping->path);
    name.module_offset = address - mapping->range.start + mapping->file_offset;
    const bool is_program = program_ != nullptr && mapping->path == program_->path;
    FileKey key{std::string(mapping->path), std::string(), ElfAddressKind::kFileOffset};
    if (is_program) key = KeyOf(*program_, ElfAddressKind::kFileOffset);
    AddToBatch(key, name.module_offset, index);
  }

  std::vector<CodeName> Resolve() {
    for (const auto& [key, batch] : batches_) {
      const auto symbols = FindElfSymbols(key.path, key.build_id, key.kind, batch.addresses);
      if (!symbols.ok()) continue;  // module and offset stay
      for (size_t i = 0; i < batch.indexes.size(); ++i) {
        CodeName& name = names_[batch.indexes[i]];
        name.function = ReadableName(symbols.value()[i].mangled);
        name.function_offset = symbols.value()[i].offset;
        KnownNames::Get().Add(key, batch.addresses[i], name);
      }
    }
    return std::move(names_);
  }

 private:
  // The kernel's path of a module works when that was loaded by a relative one.
  FileKey KeyOf(const Module& module, ElfAddressKind kind) const {
    if (module.is_program) return {kProgramPath, module.build_id, kind};
    if (module.path[0] == '/') return {module.path, module.build_id, kind};
    const Mapping* mapping = maps_.Find(module.code.start);
    return {mapping == nullptr ? std::string() : std::string(mapping->path), module.build_id, kind};
  }

  void AddToBatch(const FileKey& key, uint64_t address, size_t index) {
    // "[vdso]" and other names of the kernel are no files.
    if (!key.path.starts_with('/') || KnownNames::Get().Find(key, address, &names_[index])) return;
    FileBatch& batch = batches_[key];
    batch.addresses.push_back(address);
    batch.indexes.push_back(index);
  }

  const ModuleList& modules_;
  const ProcMaps& maps_;
  const Module* program_;
  std::map<FileKey, FileBatch> batches_;
  std::vector<CodeName> names_;
};

}  // namespace

std::string CodeName::ToString() const {
  if (!function.empty()) return function;
  if (module.empty()) return std::string();
  char offset[32];
  std::snprintf(offset, sizeof offset, "+0x%llx", static_cast<unsigned long long>(module_offset));
  return module + offset;
}

std::vector<CodeName> NameCode(const ModuleList& modules, const ProcMaps& maps,
                               const std::vector<Address>& addresses) {
  Naming naming(modules, maps, addresses.size());
  for (size_t i = 0; i < addresses.size(); ++i) naming.Add(i, addresses[i]);
  return naming.Resolve();
}

}  // namespace gmr::platform
