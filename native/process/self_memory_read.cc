#include "self_memory.h"

#include <atomic>

namespace gmr::platform {

namespace {

std::atomic<uint32_t> g_blind_readers{0};

}  // namespace

void SelfMemory::UseNextBackend() {
  while (backend_ != ReadBackend::kNone) {
    backend_ = static_cast<ReadBackend>(static_cast<uint8_t>(backend_) + 1);
    if (backend_ != ReadBackend::kNone && OpenBackend(backend_)) return;
  }
  g_blind_readers.fetch_add(1);
}

uint32_t BlindReaders() { return g_blind_readers.load(); }

}  // namespace gmr::platform
