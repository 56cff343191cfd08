#include "status_page.h"

#include <atomic>
#include <cstdint>
#include <cstring>
#include <utility>

namespace gmr::reporter {

namespace {

struct Page {
  char magic[8];
  std::atomic<uint32_t> version;
  uint32_t length;
  char text[StatusPage::kMaxTextBytes];
};
static_assert(sizeof(Page) == size_t{16} << 10);
static_assert(std::atomic<uint32_t>::is_always_lock_free);

}  // namespace

void StatusPage::Open() {
  auto file = platform::MemoryFile::MakeMapped("gmr-status", sizeof(Page));
  if (!file.ok()) return;
  file_ = std::move(file.value());
  std::memcpy(static_cast<Page*>(file_.mapping())->magic, "GMRPAGE1", sizeof Page::magic);
}

bool StatusPage::Write(std::string_view text) {
  if (!is_open()) return true;
  if (text.size() > kMaxTextBytes) return false;
  auto* const page = static_cast<Page*>(file_.mapping());
  const uint32_t version = page->version.load(std::memory_order_relaxed);
  page->version.store(version + 1, std::memory_order_relaxed);
  std::atomic_thread_fence(std::memory_order_release);
  page->length = static_cast<uint32_t>(text.size());
  std::memcpy(page->text, text.data(), text.size());
  page->version.store(version + 2, std::memory_order_release);
  return true;
}

}  // namespace gmr::reporter
