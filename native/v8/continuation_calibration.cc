#include "continuation_calibration.h"

#include <vector>

#include "../process/self_memory.h"
#include "known_objects.h"
#include "v8_compat.h"

namespace gmr::vm {

namespace {

// IsolateData, the start of v8::internal::Isolate, holds it.
constexpr int32_t kSearchedBytes = 4096;
constexpr int kRounds = 3;

}  // namespace

// It is the only word that is always the address of the object that was set last.
int32_t FindContinuationData(v8::Isolate* isolate, const HeapReader& heap) {
  const v8::HandleScope scope(isolate);
  const platform::Address start = platform::OwnAddress(isolate);
  std::vector<int32_t> candidates;
  v8::Local<v8::Data> before;
  for (int round = 0; round < kRounds; ++round) {
    const v8::Local<v8::Object> object = v8::Object::New(isolate);
    v8::Local<v8::Data> data = object;
    if (!ExchangeContinuationData(isolate, &data)) return -1;
    if (round == 0) before = data;
    heap.memory().Forget();
    const uint64_t wanted = TaggedOf(object).bits();
    const auto is_it = [&](int32_t offset) {
      uint64_t word = 0;
      return heap.memory().Load(start + offset, &word) && word == wanted;
    };
    if (round > 0) {
      std::erase_if(candidates, [&](int32_t offset) { return !is_it(offset); });
      continue;
    }
    for (int32_t offset = 0; offset < kSearchedBytes; offset += 8) {
      if (is_it(offset)) candidates.push_back(offset);
    }
  }
  ExchangeContinuationData(isolate, &before);
  return candidates.size() == 1 ? candidates[0] : -1;
}

}  // namespace gmr::vm
