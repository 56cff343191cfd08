#include "self_memory.h"

#include <unistd.h>

namespace gmr::platform {

namespace {

void CloseFd(int* fd) {
  if (*fd >= 0) close(*fd);
  *fd = -1;
}

}  // namespace

SelfMemory::SelfMemory(ReadBackend first) : first_(first), backend_(first) {
  if (!OpenBackend(backend_)) UseNextBackend();
  // One probe now, so that a capture does not spend its time on finding out.
  const uint64_t known = 0x5afe;
  uint64_t probe = 0;
  SelfMemory::Fetch(OwnAddress(&known), &probe, sizeof probe);
}

SelfMemory::~SelfMemory() {
  CloseFd(&mem_fd_);
  CloseFd(&pipe_fds_[0]);
  CloseFd(&pipe_fds_[1]);
}

std::unique_ptr<MemorySource> SelfMemory::Clone() const { return std::make_unique<SelfMemory>(first_); }

}  // namespace gmr::platform
