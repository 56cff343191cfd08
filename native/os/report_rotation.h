// ReportRotation: finds the report files of one service in a folder, and removes the oldest.
//
// Owns:        the list of their names.
// Threads:     one; other processes may write and remove files of the folder meanwhile.
// Signal-safe: no.
// Lifetime:    one report.
//
// A file counts if it is regular, has exactly the name of a report of this service, and has the owner of the
// report just written. A directory, a link or another user's file with such a name is not a report and does
// not cause one to be removed. The age of a report is its modification time by the clock of the file system;
// equal ages are ordered by name. A time in the future means that a clock was wrong, and counts as the
// oldest.
//
// The report just written, and files that any process wrote in the last seconds, are never removed. If the
// folder cannot be examined in time, nothing is removed.
#ifndef GMR_NATIVE_OS_REPORT_ROTATION_H_
#define GMR_NATIVE_OS_REPORT_ROTATION_H_

#include <sys/stat.h>
#include <time.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "report_names.h"

namespace gmr::platform {

class ReportRotation {
 public:
  // Reads the names, within a short time limit. The caller keeps `folder_fd`.
  ReportRotation(int folder_fd, std::string service, int64_t deadline_ns);
  ReportRotation(const ReportRotation&) = delete;
  ReportRotation& operator=(const ReportRotation&) = delete;

  // The number for a report of that second: above all existing ones; 0 when there are none.
  int NextNumber(const std::string& stamp) const;
  // Removes the oldest reports beyond `max_reports`, and files that a process left when it exited while
  // writing. `written` are the names of the new report. The result says why old reports remain; empty: none
  // do.
  std::string RemoveOld(const std::vector<std::string>& written, size_t max_reports);

 private:
  struct Age {
    bool has_come;  // false when the time is in the future
    timespec modified;
    ReportKey key;

    bool operator<(const Age& other) const;
  };

  bool InTime() const;
  void ReadNames();
  bool Examine(const std::string& name, struct stat* facts) const;
  bool MakeCandidates(std::map<Age, ReportKey>* candidates, size_t* count) const;
  bool Remove(const std::string& name);
  void RemoveAbandoned();

  const int folder_fd_;
  const std::string service_;
  const int64_t until_ns_;
  std::string hindrance_;  // why names may be missing, or a file could not be removed
  std::map<ReportKey, std::vector<std::string>> reports_;
  std::vector<std::string> temporaries_;
  // From the file just written: the time and our user id as the file system sees them.
  struct stat newest_ {};
};

}  // namespace gmr::platform

#endif  // GMR_NATIVE_OS_REPORT_ROTATION_H_
