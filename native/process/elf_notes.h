// The build id in the notes of an ELF file.
//
// Owns:        nothing.
// Threads:     any.
// Signal-safe: no: allocates.
// Lifetime:    functions.
#ifndef GMR_NATIVE_PROCESS_ELF_NOTES_H_
#define GMR_NATIVE_PROCESS_ELF_NOTES_H_

#include <string>
#include <string_view>

namespace gmr::platform {

// `notes` is the content of a PT_NOTE segment. Empty when it holds no build id.
std::string FindBuildId(std::string_view notes);

}  // namespace gmr::platform

#endif  // GMR_NATIVE_PROCESS_ELF_NOTES_H_
