#include "heap_sample.h"

#include <string_view>

namespace gmr::vm {

namespace {

bool IsOldGeneration(const char* space) {
  if (space == nullptr) return false;
  const std::string_view name(space);
  // The read-only space is shared by all isolates and in no limit, the shared ones belong to the main
  // isolate.
  return !name.starts_with("new_") && !name.starts_with("read_only_") && !name.starts_with("shared_");
}

}  // namespace

HeapSample SampleHeap(v8::Isolate* isolate) {
  v8::HeapStatistics statistics;
  isolate->GetHeapStatistics(&statistics);
  HeapSample sample;
  sample.used_bytes = statistics.used_heap_size();
  sample.total_bytes = statistics.total_heap_size();
  sample.limit_bytes = statistics.heap_size_limit();
  sample.external_bytes = statistics.external_memory();
  sample.malloced_bytes = statistics.malloced_memory();
  sample.native_contexts = statistics.number_of_native_contexts();
  sample.detached_contexts = statistics.number_of_detached_contexts();
  for (size_t i = 0; i < isolate->NumberOfHeapSpaces(); ++i) {
    v8::HeapSpaceStatistics space;
    if (!isolate->GetHeapSpaceStatistics(&space, i) || !IsOldGeneration(space.space_name())) continue;
    sample.old_used_bytes += space.space_used_size();
  }
  return sample;
}

}  // namespace gmr::vm
