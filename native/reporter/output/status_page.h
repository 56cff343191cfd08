// StatusPage: a few facts about this process that other processes of the same user can read without asking
// it.
//
// Owns:        the file in memory and its mapping.
// Threads:     the reporter thread. Readers are other processes.
// Signal-safe: no.
// Lifetime:    one per process.
//
// Layout of /memfd:gmr-status, version 1, numbers in the byte order of the machine:
//
//   0   8 bytes   "GMRPAGE1"
//   8   uint32    odd while the page is being written; another number after each change
//   12  uint32    bytes of the text
//   16  text      a JSON object in UTF-8, see src/cli/processes/status-page.ts
//
// A reader reads all of it, and reads again if the number at 8 is odd, or has changed meanwhile.
#ifndef GMR_NATIVE_REPORTER_OUTPUT_STATUS_PAGE_H_
#define GMR_NATIVE_REPORTER_OUTPUT_STATUS_PAGE_H_

#include <cstddef>
#include <string_view>

#include "../../os/memory_file.h"

namespace gmr::reporter {

class StatusPage {
 public:
  static constexpr size_t kMaxTextBytes = (size_t{16} << 10) - 16;

  // After ExamineOwnCalls(). Without a page, Write() does nothing.
  void Open();
  // False also if the application has closed its descriptor.
  bool is_open() const { return file_.mapping() != nullptr && file_.fd() >= 0; }
  // False when the text is too long; then the page stays as it is.
  bool Write(std::string_view text);

 private:
  platform::MemoryFile file_;
};

}  // namespace gmr::reporter

#endif  // GMR_NATIVE_REPORTER_OUTPUT_STATUS_PAGE_H_
