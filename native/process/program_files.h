// ProgramFiles: the files that may hold this process's copy of Node.
//
// Owns:        nothing.
// Threads:     any.
// Signal-safe: no: allocates, reads /proc/self/maps.
// Lifetime:    function.
#ifndef GMR_NATIVE_PROCESS_PROGRAM_FILES_H_
#define GMR_NATIVE_PROCESS_PROGRAM_FILES_H_

#include <string>
#include <vector>

namespace gmr::platform {

// The executable, as a link of /proc, which works when its file was deleted or replaced. Then the shared
// libraries libnode.so.* that are mapped: some distributions link `node` with one.
std::vector<std::string> ProgramFiles();

}  // namespace gmr::platform

#endif  // GMR_NATIVE_PROCESS_PROGRAM_FILES_H_
