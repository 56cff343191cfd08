// Report files: their names, how they are written, and which of them are removed.
//
// Owns:        nothing between calls.
// Threads:     the reporter thread; several processes may use one directory.
// Signal-safe: no.
// Lifetime:    functions.
//
// A file appears under its name complete or not at all, for its owner only, and
// replaces nothing. A directory that is a symbolic link is refused, and no link
// in it is followed.
#ifndef GMR_NATIVE_PLATFORM_REPORT_FILE_H_
#define GMR_NATIVE_PLATFORM_REPORT_FILE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "result.h"

namespace gmr::platform {

// The service's name as part of a file name: letters, digits, '.', '_' and '-',
// beginning with a letter or digit.
std::string FileNamePart(std::string_view service);

// "<service>_gurumeditation_<YYYYMMDDHHMMSS>", UTC. `service` is a FileNamePart().
std::string ReportFileName(const std::string& service, double wall_clock_ms);

// Writes `text` into `directory`, which is made if it is missing, and returns
// the file's path. A name that is taken gets "_1", "_2"... before `extension`
// (".json", or empty). ETIMEDOUT when the deadline passes between two pieces.
Result<std::string> WriteReportFile(const std::string& directory, const std::string& name,
                                    const std::string& extension, std::string_view text, int64_t deadline_ns);

// Removes the oldest reports of `service` until `max_reports` are left, and what
// an exit in the middle of writing left behind. Files that belong to one report
// (a text and its JSON) count as one.
void RemoveOldReports(const std::string& directory, const std::string& service, size_t max_reports);

}  // namespace gmr::platform

#endif  // GMR_NATIVE_PLATFORM_REPORT_FILE_H_
