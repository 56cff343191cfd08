#include "layout_trial.h"

#include <atomic>
#include <memory>

#include "../base/memory_guard.h"
#include "../process/self_memory.h"
#include "layout_check.h"
#include "v8_compat.h"

namespace gmr::vm {

namespace {

// Named functions at three positions, one of them called by a builtin.
constexpr const char* kSource =
    "(function gmrTrial(decode) {\n"
    "  return [0].map(function gmrInner() { return decode(); });\n"
    "})";
// gmrInner and gmrTrial, which a builtin stands between.
constexpr int kKnownFrames = 2;

enum class Trial : uint8_t { kNone, kPassed, kFailed };
std::atomic<Trial> g_trial{Trial::kNone};

// Written before g_trial, and never again.
LoadedLayout& FailedLayout() {
  // NOLINTNEXTLINE(cppcoreguidelines-owning-memory): leaked, like the registry
  static auto* failed = new LoadedLayout;
  return *failed;
}

struct Decoding {
  const Layout& layout;
  BuiltinsBlob builtins;
  std::string problem = "the trial did not run";
  bool conclusive = true;  // false when the trial failed for lack of a resource, not because of the layout
};

std::string Check(v8::Isolate* isolate, const Layout& layout, const platform::ProcMaps& maps,
                  BuiltinsBlob builtins) {
  platform::SelfMemory self;
  platform::MemoryReader memory(&self);
  const auto ranges = std::make_unique<CodeRanges>();
  const auto modules = platform::ModuleList::Collect(&memory);
  FillCodeRanges(maps, modules, builtins, ranges.get());
  const LayoutVerdict verdict = CheckLayout(isolate, layout, *ranges, kKnownFrames);
  if (!verdict.problem.empty()) return verdict.problem;
  if (verdict.compared_frames < kKnownFrames) return "fewer frames were decoded than there are";
  if (verdict.entry_fp_offset != layout.isolate_entry_fp) return "V8's note of its last frame is elsewhere";
  return "";
}

void Decode(const v8::FunctionCallbackInfo<v8::Value>& arguments) {
  auto* decoding = static_cast<Decoding*>(PointerOf(arguments.Data().As<v8::External>()));
  const uint32_t blind_readers = platform::BlindReaders();
  // V8 calls this function, so no C++ exception may leave it.
  const bool had_memory = platform::WithinMemory([&] {
    const auto maps = platform::ProcMaps::Read();
    decoding->conclusive = maps.ok();
    if (!maps.ok()) return;
    decoding->problem = Check(arguments.GetIsolate(), decoding->layout, maps.value(), decoding->builtins);
    decoding->conclusive = platform::BlindReaders() == blind_readers;
  });
  decoding->conclusive = decoding->conclusive && had_memory;
}

bool Run(v8::Isolate* isolate, v8::Local<v8::Context> context, Decoding* decoding) {
  v8::Local<v8::String> source;
  v8::Local<v8::Script> script;
  v8::Local<v8::Value> trial;
  v8::Local<v8::Function> decode;
  v8::ScriptOrigin origin = OriginNamed(isolate, v8::String::NewFromUtf8Literal(isolate, "gmr:layout-trial"));
  if (!v8::String::NewFromUtf8(isolate, kSource).ToLocal(&source)) return false;
  if (!v8::Script::Compile(context, source, &origin).ToLocal(&script)) return false;
  if (!script->Run(context).ToLocal(&trial) || !trial->IsFunction()) return false;
  if (!v8::Function::New(context, &Decode, ExternalOf(isolate, decoding)).ToLocal(&decode)) return false;
  v8::Local<v8::Value> arguments[] = {decode};
  return !trial.As<v8::Function>()->Call(context, v8::Undefined(isolate), 1, arguments).IsEmpty();
}

}  // namespace

void TryLayout(v8::Isolate* isolate, v8::Local<v8::Context> context, const LoadedLayout& loaded,
               BuiltinsBlob builtins) {
  if (g_trial.load() != Trial::kNone || !loaded.usable) return;
  const v8::HandleScope scope(isolate);
  const v8::TryCatch caught(isolate);
  Decoding decoding{loaded.layout, builtins};
  Run(isolate, context, &decoding);
  if (caught.HasTerminated() || !decoding.conclusive) return;  // the next report tries again
  if (!decoding.problem.empty()) {
    FailedLayout().reason = "the stack that was read differs from V8's own: " + decoding.problem;
  }
  g_trial.store(decoding.problem.empty() ? Trial::kPassed : Trial::kFailed);
}

std::string LayoutProblem() { return g_trial.load() == Trial::kFailed ? FailedLayout().reason : ""; }

const LoadedLayout& UnlessTrialFailed(const LoadedLayout& loaded) {
  return g_trial.load() == Trial::kFailed ? FailedLayout() : loaded;
}

}  // namespace gmr::vm
