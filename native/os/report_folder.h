// Opens the folder for report files, and makes it if it is missing.
//
// Owns:        nothing between calls.
// Threads:     any; it may hang with the file system.
// Signal-safe: no.
// Lifetime:    functions and plain values.
//
// These are refused, so that no other user can choose where reports are written:
//   - a folder that is a symbolic link, even if the path ends with "/" or "/.";
//   - a path through a symbolic link that belongs neither to root nor to our user;
//   - a path with a folder that another user made where everyone may make one, as in /tmp;
//   - a world-writable folder of another user. A world-writable folder of root or of our user, such as an
//   emptyDir volume of Kubernetes, is used with a warning: other users may remove or add files there, but
//   they cannot read or redirect reports.
#ifndef GMR_NATIVE_OS_REPORT_FOLDER_H_
#define GMR_NATIVE_OS_REPORT_FOLDER_H_

#include <string>

#include "../base/result.h"
#include "../base/scoped_fd.h"

namespace gmr::platform {

struct ReportFolder {
  ScopedFd fd;          // open for reading
  std::string warning;  // a code and a sentence; may be empty
};

Result<ReportFolder> OpenReportFolder(const std::string& path);

}  // namespace gmr::platform

#endif  // GMR_NATIVE_OS_REPORT_FOLDER_H_
