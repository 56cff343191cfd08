// AsyncContextQuery: the values to print of what an AsyncLocalStorage holds.
//
// Owns:        its strings.
// Threads:     made by one thread, then read by any.
// Signal-safe: no. Reading it: yes.
// Lifetime:    plain value; the slot lives as long as the handle of the storage.
#ifndef GMR_NATIVE_IMAGE_CONTEXT_CONTEXT_QUERY_H_
#define GMR_NATIVE_IMAGE_CONTEXT_CONTEXT_QUERY_H_

#include <vector>

#include "context_path.h"

namespace gmr::vm {

struct AsyncContextQuery {
  static constexpr int kMaxKeys = 16;

  // Where the address of the AsyncLocalStorage is stored. Null: no context was asked for.
  platform::Address storage_slot;
  std::vector<ContextPath> keys;
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_CONTEXT_CONTEXT_QUERY_H_
