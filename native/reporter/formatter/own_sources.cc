#include "own_sources.h"

#include <utility>

namespace gmr::reporter {

namespace {

constexpr size_t kMaxFileBytes = size_t{4} << 20;

const std::string kNothing;  // NOLINT(cert-err58-cpp): an empty string allocates nothing

}  // namespace

void OwnSources::Read(const std::string& folder, const std::vector<std::string>& files) {
  for (const std::string& file : files) {
    platform::FileIdentity identity;
    auto text = platform::ReadRegularFile(folder + file, kMaxFileBytes, &identity);
    if (!text.ok()) continue;
    texts_[file] = std::move(text.value());
    if (first_path_.empty()) {
      first_path_ = folder + file;
      first_ = identity;
    }
  }
}

const std::string& OwnSources::TextOf(const std::string& file) const {
  const auto found = texts_.find(file);
  return found == texts_.end() ? kNothing : found->second;
}

bool OwnSources::AreStillThere() const {
  const auto now = platform::IdentifyFile(first_path_);
  return now.ok() && now.value() == first_;
}

}  // namespace gmr::reporter
