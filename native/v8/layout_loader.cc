#include "layout_loader.h"

#include <v8.h>
#if defined(__linux__)
#include <sys/auxv.h>
#endif

#include <atomic>
#include <cstddef>

#include "../base/memory_guard.h"
#include "../base/monitor.h"
#include "../base/thread_start.h"
#include "../process/program_files.h"
#include "../process/self_memory.h"
#include "../unwind/elf_file.h"
#include "layout_trial.h"

namespace gmr::vm {

namespace {

constexpr size_t kStackBytes = size_t{256} << 10;
constexpr const char* kNoThread = "no thread could be started that reads the symbols of node";
constexpr const char* kNoMemory = "the symbols of node could not be read: memory ran out";
constexpr const char* kUnreadable =
    "the symbols of node could not be read: neither its memory nor its file could be opened";

struct Layouts {
  LoadedLayout stack;
  LoadedHeapLayout heap;
};

// Every V8 exports it.
constexpr const char* kAlwaysExported = "SmiTag";

// Leaked: the reporter thread may read it while exit() runs.
const Layouts* MakeLayouts(const platform::ElfNumbers& numbers) {
  auto* made = new Layouts;  // NOLINT(cppcoreguidelines-owning-memory)
  made->stack = LoadLayout(v8::V8::GetVersion(), numbers);
  made->heap.problem = LoadHeapLayout(v8::V8::GetVersion(), numbers, &made->heap.layout);
  made->heap.types = ObjectTypes(numbers, made->stack.layout, made->heap.layout);
  return made;
}

// nullptr: the program itself does not export V8's numbers, as when it has Node from a library.
const Layouts* MakeFromMemory() {
#if defined(__linux__)
  platform::SelfMemory self;
  platform::MemoryReader memory(&self);
  const platform::LoadedNumbers loaded(&memory, platform::Address(getauxval(AT_PHDR)), getauxval(AT_PHNUM),
                                       kDebugPrefix);
  int32_t any = 0;
  if (loaded.Find(kAlwaysExported, &any)) return MakeLayouts(loaded);
#endif
  return nullptr;
}

// nullptr: neither memory nor a file could be read, as when no descriptor is left.
const Layouts* MakeFromFiles() {
  bool is_read = false;
  for (const std::string& file : platform::ProgramFiles()) {
    const platform::FileNumbers numbers = platform::FileNumbers::Read(file, kDebugPrefix);
    if (!numbers.empty()) return MakeLayouts(numbers);
    is_read = is_read || platform::ElfFile::Open(file).ok();
  }
  return is_read ? MakeLayouts(platform::FileNumbers()) : nullptr;
}

std::atomic<const Layouts*> g_layouts{nullptr};

// Once. nullptr: not this time.
const Layouts* LoadOnce() {
  const Layouts* known = g_layouts.load();
  if (known != nullptr) return known;
  const Layouts* made = MakeFromMemory();
  if (made == nullptr) made = MakeFromFiles();
  if (made == nullptr) return nullptr;
  return g_layouts.compare_exchange_strong(known, made) ? made : known;
}

const Layouts& ProcessLayouts() {
  const Layouts* loaded = LoadOnce();
  if (loaded != nullptr) return *loaded;
  static const Layouts& none = *MakeLayouts(platform::FileNumbers());
  return none;
}

struct Loader {
  platform::Monitor monitor;
  // Guarded by it:
  bool begun = false;
  bool done = false;
  const char* problem = kNoThread;
  LoadedLayout missing;  // why there is none
};

Loader& TheLoader() {
  // NOLINTNEXTLINE(cppcoreguidelines-owning-memory): leaked, its thread may outlive exit()
  static auto* loader = new Loader;
  return *loader;
}

void* Load(void* /*unused*/) {
  bool loaded = false;
  const bool had_memory = platform::WithinMemory([&] { loaded = LoadOnce() != nullptr; });
  {
    const platform::Monitor::Lock lock(TheLoader().monitor);
    TheLoader().problem = had_memory ? kUnreadable : kNoMemory;
    TheLoader().done = loaded;
    TheLoader().begun = loaded;  // if it failed, another report tries again
  }
  TheLoader().monitor.NotifyAll();
  return nullptr;
}

}  // namespace

void BeginLoadingLayout() {
  Loader& loader = TheLoader();
  const platform::Monitor::Lock lock(loader.monitor);
  if (loader.begun) return;
  loader.begun = platform::StartDetachedThread(kStackBytes, &Load, nullptr) == 0;
  if (!loader.begun) loader.problem = kNoThread;
}

const LoadedLayout& TrustedLayout(int64_t deadline_ns) {
  Loader& loader = TheLoader();
  {
    platform::Monitor::Lock lock(loader.monitor);
    const auto settled = [&loader] { return loader.done || !loader.begun; };
    if (!loader.begun) {
      loader.missing.reason = loader.problem;
      return loader.missing;
    }
    if (!lock.WaitUntil(deadline_ns, settled)) {
      loader.missing.reason =
          "the symbols of node could not be read in time: the disk was slow, or no CPU was free";
      return loader.missing;
    }
    if (!loader.done) {
      loader.missing.reason = loader.problem;
      return loader.missing;
    }
  }
  return UnlessTrialFailed(ProcessLayout());
}

const LoadedLayout& ProcessLayout() { return ProcessLayouts().stack; }

const LoadedHeapLayout& ProcessHeapLayout() { return ProcessLayouts().heap; }

}  // namespace gmr::vm
