#include "heap_pages.h"

namespace gmr::vm {

bool HeapPages::Select(const HeapPageIndex& index, platform::Address heap, bool with_large) {
  pages_.Truncate(0);
  total_bytes_ = 0;
  object_bytes_ = 0;
  for (const HeapPageIndex::Entry& entry : index.entries()) {
    const HeapPage& page = entry.page;
    if (entry.heap != heap || (page.is_inside_large && !with_large)) continue;
    if (!pages_.Append(page)) return false;
    total_bytes_ += page.end - page.start;
    if (!page.is_inside_large) object_bytes_ += page.end - page.start;
  }
  return true;
}

}  // namespace gmr::vm
