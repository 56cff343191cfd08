// Arguments: turns what src/addon passes into plain data.
//
// Owns:        nothing.
// Threads:     the calling JavaScript thread.
// Signal-safe: no.
// Lifetime:    functions.
//
// src/addon is the only caller and has validated everything, so these check
// nothing; a missing property becomes an empty value.
#ifndef GMR_NATIVE_ADDON_ARGUMENTS_H_
#define GMR_NATIVE_ADDON_ARGUMENTS_H_

#include <napi.h>

#include "../reporter/options.h"
#include "../v8/isolate_registry.h"

namespace gmr::addon {

vm::IsolateIdentity ToIdentity(const Napi::Object& object);
reporter::Options ToOptions(const Napi::Object& object);

}  // namespace gmr::addon

#endif  // GMR_NATIVE_ADDON_ARGUMENTS_H_
