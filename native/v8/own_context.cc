#include "own_context.h"

#include "../process/self_memory.h"
#include "layout_loader.h"

namespace gmr::vm {

namespace {

constexpr const char* kUnknownVersion = "this version of V8 is not known before the second report";

}  // namespace

std::shared_ptr<const ContextPlan> MakeContextPlan(const LoadedLayout& loaded, const HeapModel* model,
                                                   std::string_view bundle) {
  auto plan = std::make_shared<ContextPlan>();
  plan->layout = loaded.layout;
  plan->rows = ContextRows::FromBundle(bundle);
  plan->problem = loaded.usable ? ProcessHeapLayout().problem : loaded.reason;
  if (!plan->problem.empty()) return plan;
  if (model != nullptr) {
    plan->heap = model->layout();
    plan->problem = model->problem();
  } else if (const HeapTable* table = FindHeapTable(v8::V8::GetVersion())) {
    plan->heap = HeapModel::LayoutOf(*table);
  } else {
    plan->problem = kUnknownVersion;
  }
  return plan;
}

std::string DifferenceBetween(const ContextPlan& plan, const HeapModel& model) {
  if (!model.problem().empty()) return model.problem();
  for (const HeapTableField& field : kHeapTableFields) {
    if (plan.heap.*field.field != model.layout().*field.field)
      return std::string("its table of this V8 is wrong: ") + field.name;
  }
  return "";
}

ThreadContext ReadOwnContext(const ContextPlan& plan, const ThreadAddresses& thread,
                             const AsyncContextQuery* query) {
  platform::SelfMemory self;
  platform::MemoryReader memory(&self);
  // Too large for a stack.
  const auto reader = std::make_unique<ThreadContextReader>(&memory, &plan);
  reader->Read(ThreadContextReader::Whose::kOwn, thread, query);
  return reader->Take();
}

}  // namespace gmr::vm
