#include "known_objects.h"

#include "../image/green/async_places.h"

#include <algorithm>
#include <string_view>

#include "v8_compat.h"

namespace gmr::vm {

namespace {

constexpr size_t kCount = static_cast<size_t>(Known::kCount);

// The statement, the await and the call in it start at different places, so
// that a position that is found cannot be one of the others'. 123456789 is
// looked for among the registers.
constexpr std::string_view kScript = R"js((() => {
  const resolvers = [];
  const pending = () => new Promise((resolve) => { resolvers.push(resolve); });
  const id = (value) => value;
  const receiver = {};
  let sink;
  async function first(source) {
    const local = 123456789;
    sink = [local, await id(source)];
    return [local, sink];
  }
  async function second(source) {
    const local = 123456789;
    if (source === undefined) await local;
    sink = [local, source, await id(source)];
    return [local, sink];
  }
  async function* asyncGenerator(source) { await source; yield 1; }
  function* generator() { yield 1; }
  const firstSource = pending(), firstPromise = first.call(receiver, firstSource);
  const secondSource = pending(), secondPromise = second(secondSource);
  const allSource = pending(), all = Promise.all([allSource]);
  const settledSource = pending(), allSettled = Promise.allSettled([settledSource]);
  const anySource = pending(), any = Promise.any([anySource]);
  const raceSource = pending(), race = Promise.race([raceSource]);
  const onFulfilled = () => {}, thenSource = pending(), then = thenSource.then(onFulfilled);
  const onRejected = () => {}, catchSource = pending();
  catchSource.then(undefined, onRejected);
  const generatorSource = pending(), asyncGen = asyncGenerator(generatorSource);
  const firstRequest = asyncGen.next(), secondRequest = asyncGen.next(1);
  let resolveFresh, rejectFresh;
  const fresh = new Promise((resolve, reject) => { resolveFresh = resolve; rejectFresh = reject; });
  const suspended = generator();
  const idle = asyncGenerator();
  suspended.next();
  const boundTarget = () => {}, boundReceiver = {}, boundArgument = {};
  const bound = boundTarget.bind(boundReceiver, boundArgument);
  const key = {}, map = new Map([[key, 1]]), set = new Set([key]);
  const weakMap = new WeakMap([[key, 1]]), weakSet = new WeakSet([key]);
  const timer = typeof setTimeout === 'function' ? setTimeout(() => {}, 1e6) : {};
  if (typeof clearTimeout === 'function') clearTimeout(timer);
  const finish = () => { for (const resolve of resolvers) resolve(); resolveFresh(); idle.return(); };
  return [firstSource, receiver, first, firstPromise, secondSource, second, secondPromise,
    allSource, all, settledSource, allSettled, anySource, any, raceSource, race,
    thenSource, onFulfilled, then, catchSource, onRejected,
    generatorSource, asyncGen, firstRequest, secondRequest, idle,
    fresh, Promise.resolve(1), resolveFresh, rejectFresh, suspended, {},
    Object.freeze(pending()), bound, boundTarget, boundReceiver, boundArgument, map, set,
    weakMap, weakSet, timer, finish];
})())js";
constexpr std::string_view kAwait = "await id(source)";
constexpr std::string_view kGeneratorAwait = "await source;";

KnownFunction FunctionAt(const char* name, size_t offset) {
  const std::string_view before = kScript.substr(0, offset);
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const size_t line_start = before.rfind('\n') + 1;
  return {name, static_cast<int>(line), static_cast<int>(offset - line_start + 1)};
}

}  // namespace

bool KnownObjects::Make(v8::Isolate* isolate, v8::Local<v8::Context> context) {
  isolate_ = isolate;
  context_ = context;
  const v8::TryCatch quiet(isolate);
  v8::Local<v8::String> source;
  v8::Local<v8::String> name;
  v8::Local<v8::Script> script;
  v8::Local<v8::Value> result;
  const auto length = static_cast<int>(kScript.size());
  // NOLINTNEXTLINE(bugprone-suspicious-stringview-data-usage): its length is given too
  if (!v8::String::NewFromUtf8(isolate, kScript.data(), v8::NewStringType::kNormal, length).ToLocal(&source))
    return false;
  if (!v8::String::NewFromUtf8(isolate, kSelfTestFile).ToLocal(&name)) return false;
  v8::ScriptOrigin origin = OriginNamed(isolate, name);
  if (!v8::Script::Compile(context, source, &origin).ToLocal(&script)) return false;
  if (!script->Run(context).ToLocal(&result) || !result->IsArray()) return false;
  const auto array = result.As<v8::Array>();
  for (size_t i = 0; i < kCount; ++i) {
    if (!array->Get(context, static_cast<uint32_t>(i)).ToLocal(&objects_[i]) || !objects_[i]->IsObject())
      return false;
  }
  return array->Get(context, kCount).ToLocal(&finish_) && finish_->IsFunction();
}

Tagged KnownObjects::operator[](Known which) const { return TaggedOf(objects_[static_cast<size_t>(which)]); }

std::vector<KnownFunction> KnownObjects::Functions() {
  return {FunctionAt("first", static_cast<size_t>(FirstAwait())),
          FunctionAt("second", static_cast<size_t>(SecondAwait())),
          FunctionAt("asyncGenerator", kScript.find(kGeneratorAwait))};
}

int32_t KnownObjects::FirstAwait() { return static_cast<int32_t>(kScript.find(kAwait)); }
int32_t KnownObjects::SecondAwait() { return static_cast<int32_t>(kScript.rfind(kAwait)); }

void KnownObjects::Finish() {
  if (finish_.IsEmpty()) return;
  const v8::TryCatch quiet(isolate_);
  // It cannot fail but by the end of the isolate, and then nothing waits either.
  v8::Local<v8::Value> ignored;
  if (!finish_.As<v8::Function>()->Call(context_, v8::Undefined(isolate_), 0, nullptr).ToLocal(&ignored))
    return;
}

Tagged TaggedOf(v8::Local<v8::Value> value) {
  // A handle is the address of a slot that holds the object's address.
  return Tagged(*reinterpret_cast<const uint64_t*>(*value));
}

}  // namespace gmr::vm
