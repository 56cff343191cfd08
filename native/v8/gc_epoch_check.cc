#include "gc_epoch_check.h"

#include <memory>

#include "../base/memory_guard.h"
#include "../process/self_memory.h"

namespace gmr::vm {

namespace {

constexpr const char* kUnknown = "its place is not known in this version of V8";
// More collections than one low-memory notification makes.
constexpr int32_t kMostCollections = 100;

// A string that reads the epoch when V8 disposes of it during a collection.
class Witness : public v8::String::ExternalOneByteStringResource {
 public:
  Witness(const HeapLayout& layout, platform::Address heap, std::shared_ptr<GcEpoch> seen)
      : layout_(layout), heap_(heap), seen_(std::move(seen)) {}

  const char* data() const override { return kText; }
  size_t length() const override { return sizeof kText - 1; }

 protected:
  void Dispose() override {
    // V8 calls this function, so no C++ exception may leave it. If memory runs out, the check fails as if the
    // string had not been collected.
    platform::WithinMemory([this] {
      platform::SelfMemory self;
      platform::MemoryReader memory(&self);
      ReadGcEpoch(&memory, layout_, heap_, seen_.get());
    });
    delete this;  // V8 owns it, and the base class does the same
  }

 private:
  static constexpr char kText[] = "gmr: a string that is collected";

  const HeapLayout layout_;
  const platform::Address heap_;
  // Not on the stack, because without a collection V8 disposes of the string only when the isolate ends.
  const std::shared_ptr<GcEpoch> seen_;
};

}  // namespace

std::string CheckGcEpoch(v8::Isolate* isolate, const HeapLayout& layout, platform::Address heap) {
  platform::SelfMemory self;
  platform::MemoryReader memory(&self);
  GcEpoch before;
  GcEpoch after;
  if (!ReadGcEpoch(&memory, layout, heap, &before)) return kUnknown;
  const auto seen = std::make_shared<GcEpoch>();
  {
    const v8::HandleScope scope(isolate);
    auto witness = std::make_unique<Witness>(layout, heap, seen);
    if (v8::String::NewExternalOneByte(isolate, witness.get()).IsEmpty()) return "no string could be made";
    (void)witness.release();  // NOLINT(bugprone-unused-return-value): V8 disposes of it
  }
  isolate->MemoryPressureNotification(v8::MemoryPressureLevel::kCritical);
  isolate->MemoryPressureNotification(v8::MemoryPressureLevel::kNone);
  if (!ReadGcEpoch(&memory, layout, heap, &after)) return kUnknown;
  const int32_t full = after.full_count - before.full_count;
  const int32_t all = after.count - before.count;
  if (!before.at_rest() || !after.at_rest()) return "its state is not that of a heap at rest";
  if (full < 1 || all < full || all > kMostCollections) return "its counters did not count a collection";
  // -1 means that the string was not collected.
  if (seen->state <= 0) return "its state did not show a collection";
  return "";
}

}  // namespace gmr::vm
