#include "layout_loader.h"

#include <pthread.h>

#include <cstddef>

#include "../platform/monitor.h"
#include "layout_trial.h"

namespace gmr::vm {

namespace {

// Said, because defaults differ: 8 MiB with glibc, 128 KiB with musl.
constexpr size_t kStackBytes = size_t{1} << 20;

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
  (void)ProcessLayout();
  {
    const platform::Monitor::Lock lock(TheLoader().monitor);
    TheLoader().done = true;
  }
  TheLoader().monitor.NotifyAll();
  return nullptr;
}

}  // namespace

void BeginLoadingLayout() {
  Loader& loader = TheLoader();
  const platform::Monitor::Lock lock(loader.monitor);
  if (loader.begun) return;
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, kStackBytes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_t thread{};
  loader.begun = pthread_create(&thread, &attributes, &Load, nullptr) == 0;
  pthread_attr_destroy(&attributes);
}

const LoadedLayout& TrustedLayout(int64_t deadline_ns) {
  Loader& loader = TheLoader();
  {
    platform::Monitor::Lock lock(loader.monitor);
    if (!loader.begun) {
      loader.missing.reason = "no thread could be started that reads the symbols of node";
      return loader.missing;
    }
    if (!lock.WaitUntil(deadline_ns, [&loader] { return loader.done; })) {
      loader.missing.reason =
          "the symbols of node could not be read in time: a thread is loading a library, or no CPU was free";
      return loader.missing;
    }
  }
  return UnlessTrialFailed(ProcessLayout());
}

}  // namespace gmr::vm
