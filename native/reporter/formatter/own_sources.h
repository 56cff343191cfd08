// OwnSources: the text of our own JavaScript files, kept in memory from setup on.
//
// Owns:        the texts, some 250 KB.
// Threads:     Read() once, before any other thread knows of this; afterwards
//              all of it from any thread.
// Signal-safe: no.
// Lifetime:    one per reporter.
//
// After setup, a service may give up the right to read its own package, a deployment may remove or replace
// the folder, and descriptors may run out. Reports must not depend on any of that, so no file is read later.
#ifndef GMR_NATIVE_REPORTER_FORMATTER_OWN_SOURCES_H_
#define GMR_NATIVE_REPORTER_FORMATTER_OWN_SOURCES_H_

#include <map>
#include <string>
#include <vector>

#include "../../process/text_file.h"

namespace gmr::reporter {

class OwnSources {
 public:
  // `folder` ends with a separator; `files` are relative to it. The files that cannot be read have an empty
  // text.
  void Read(const std::string& folder, const std::vector<std::string>& files);
  bool empty() const { return texts_.empty(); }
  // Empty when the file could not be read.
  const std::string& TextOf(const std::string& file) const;
  // False when the package was removed, replaced or made unreadable since setup, or when no descriptor is
  // left to check.
  bool AreStillThere() const;

 private:
  // Path and identity of the first file that could be read:
  std::string first_path_;
  platform::FileIdentity first_;
  std::map<std::string, std::string> texts_;
};

}  // namespace gmr::reporter

#endif  // GMR_NATIVE_REPORTER_FORMATTER_OWN_SOURCES_H_
