#include "layout_loader.h"

#include <v8.h>

#include <cstddef>

#include "../base/memory_guard.h"
#include "../base/monitor.h"
#include "../base/thread_start.h"
#include "../process/program_files.h"
#include "layout_trial.h"

namespace gmr::vm {

namespace {

constexpr size_t kStackBytes = size_t{256} << 10;

struct Layouts {
  LoadedLayout stack;
  LoadedHeapLayout heap;
};

platform::ElfNumbers ReadNumbers() {
  for (const std::string& file : platform::ProgramFiles()) {
    platform::ElfNumbers numbers = platform::ElfNumbers::Read(file, kDebugPrefix);
    if (!numbers.empty()) return numbers;
  }
  return {};
}

const Layouts& ProcessLayouts() {
  static const Layouts& layouts = *[] {
    const platform::ElfNumbers numbers = ReadNumbers();
    // NOLINTNEXTLINE(cppcoreguidelines-owning-memory): leaked, the reporter thread may read it while exit()
    // runs
    auto* made = new Layouts;
    made->stack = LoadLayout(v8::V8::GetVersion(), numbers);
    made->heap.problem = LoadHeapLayout(v8::V8::GetVersion(), numbers, &made->heap.layout);
    return made;
  }();
  return layouts;
}

struct Loader {
  platform::Monitor monitor;
  // Guarded by it:
  bool begun = false;
  bool done = false;
  LoadedLayout missing;  // why there is none
};

Loader& TheLoader() {
  // NOLINTNEXTLINE(cppcoreguidelines-owning-memory): leaked, its thread may outlive exit()
  static auto* loader = new Loader;
  return *loader;
}

void* Load(void* /*unused*/) {
  const bool loaded = platform::WithinMemory([] { (void)ProcessLayouts(); });
  {
    const platform::Monitor::Lock lock(TheLoader().monitor);
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
}

const LoadedLayout& TrustedLayout(int64_t deadline_ns) {
  Loader& loader = TheLoader();
  {
    platform::Monitor::Lock lock(loader.monitor);
    const auto settled = [&loader] { return loader.done || !loader.begun; };
    if (!loader.begun) {
      loader.missing.reason = "no thread could be started that reads the symbols of node";
      return loader.missing;
    }
    if (!lock.WaitUntil(deadline_ns, settled)) {
      loader.missing.reason =
          "the symbols of node could not be read in time: the disk was slow, or no CPU was free";
      return loader.missing;
    }
    if (!loader.done) {
      loader.missing.reason = "the symbols of node could not be read: memory ran out";
      return loader.missing;
    }
  }
  return UnlessTrialFailed(ProcessLayout());
}

const LoadedLayout& ProcessLayout() { return ProcessLayouts().stack; }

const LoadedHeapLayout& ProcessHeapLayout() { return ProcessLayouts().heap; }

}  // namespace gmr::vm
