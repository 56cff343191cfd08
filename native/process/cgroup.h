// Cgroup: the control groups of this process that limit it.
//
// Owns:        nothing.
// Threads:     any.
// Signal-safe: no.
// Lifetime:    functions.
#ifndef GMR_NATIVE_PROCESS_CGROUP_H_
#define GMR_NATIVE_PROCESS_CGROUP_H_

#include <functional>
#include <string>

namespace gmr::platform {

// Calls `visit` with the folder of the process's own group and of each group above it, all ending in "/": the
// limit of any of them binds. In a container the path may name groups that are not mounted there; their files
// are absent, and the walk still reaches the root of the mount.
void ForEachCgroup(const std::function<void(const std::string& v2_folder)>& visit);

// The same for a controller of cgroup v1, such as "memory". Calls nothing where v1 is not in use.
void ForEachCgroup(const std::string& controller,
                   const std::function<void(const std::string& v1_folder)>& visit);

// Path of the group in a text as that of /proc/self/cgroup: of v2 if `controller` is empty. "": none.
std::string ParseCgroup(const std::string& text, const std::string& controller);

}  // namespace gmr::platform

#endif  // GMR_NATIVE_PROCESS_CGROUP_H_
