#include "self_memory.h"

namespace gmr::platform {

bool SelfMemory::Fetch(Address, void*, size_t) { return false; }
size_t SelfMemory::FetchWords(const Address*, size_t, uint64_t*) { return 0; }
size_t SelfMemory::FetchBlocks(const Address*, void* const*, size_t, size_t) { return 0; }
bool SelfMemory::OpenBackend(ReadBackend) { return true; }

}  // namespace gmr::platform
