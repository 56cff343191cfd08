// Makes a linker's symbol name readable.
//
// Owns:        nothing.
// Threads:     any.
// Signal-safe: no: allocates.
// Lifetime:    functions.
#ifndef GMR_NATIVE_UNWIND_DEMANGLE_H_
#define GMR_NATIVE_UNWIND_DEMANGLE_H_

#include <string>
#include <string_view>

namespace gmr::platform {

// "_ZN4node2fs4ReadERKN2v820FunctionCallbackInfoINS1_5ValueEEE" -> "node::fs::Read".
// A name that is not mangled, or not validly, comes back as it is; long ones cut with "...".
std::string ReadableName(const std::string& mangled);

// Drops argument lists, return types and what follows the arguments. Keeps
// "(anonymous namespace)" and "operator()".
std::string ShortenDemangled(std::string_view demangled);

}  // namespace gmr::platform

#endif  // GMR_NATIVE_UNWIND_DEMANGLE_H_
