// Writes the files of one report, and removes old ones.
//
// Owns:        nothing between calls.
// Threads:     any; several processes may use one folder. It may hang with the file system.
// Signal-safe: no.
// Lifetime:    functions and plain values.
//
// A file appears under its name complete or not at all, for its owner only, and
// replaces nothing. report_folder.h lists the folders that are refused.
#ifndef GMR_NATIVE_OS_REPORT_FILE_H_
#define GMR_NATIVE_OS_REPORT_FILE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "../base/result.h"

namespace gmr::platform {

struct ReportPart {
  std::string extension;  // ".json"; empty: plain text
  std::string text;
};

struct ReportFileJob {
  std::string directory;
  std::string service;  // any name
  double wall_clock_ms = 0;
  std::vector<ReportPart> parts;
  size_t max_reports = 0;
  int64_t deadline_ns = 0;
};

struct WrittenFiles {
  std::vector<std::string> paths;  // of the parts that exist when this returns
  SysError error;       // code 0: all parts exist. ETIMEDOUT: the deadline passed between two pieces
  std::string warning;  // a code and a sentence about the folder; may be empty
};

WrittenFiles WriteReportFiles(const ReportFileJob& job);

}  // namespace gmr::platform

#endif  // GMR_NATIVE_OS_REPORT_FILE_H_
