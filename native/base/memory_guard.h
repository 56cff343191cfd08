// WithinMemory: the boundary where exceptions of the C++ library are caught.
//
// Owns:        nothing.
// Threads:     any.
// Signal-safe: no.
// Lifetime:    function.
//
// gmr-native throws no exceptions itself, but `operator new` throws std::bad_alloc when memory runs out. An
// exception that leaves one of our threads, or a function that V8, Node or the C library called, would end
// the process. Therefore every such function runs its work in WithinMemory(), and the addon is compiled with
// exceptions, so that destructors release locks.
#ifndef GMR_NATIVE_BASE_MEMORY_GUARD_H_
#define GMR_NATIVE_BASE_MEMORY_GUARD_H_

#include <utility>

namespace gmr::platform {

// False when memory ran out before `work` was complete.
template <typename Work>
bool WithinMemory(Work&& work) noexcept {
  try {
    std::forward<Work>(work)();
    return true;
  } catch (...) {
    // std::bad_alloc, or std::length_error for a size that no memory can have.
    return false;
  }
}

}  // namespace gmr::platform

#endif  // GMR_NATIVE_BASE_MEMORY_GUARD_H_
