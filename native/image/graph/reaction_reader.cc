#include "reaction_reader.h"

#include <algorithm>
#include <iterator>

#include "../objects/bound_function.h"
#include "../objects/own_name.h"

namespace gmr::vm {

namespace {

// PromiseFinallyContext, src/builtins/promise-finally.tq: the header, the function, the constructor.
constexpr int32_t kFinallySlots = 4;

}  // namespace

void ReactionReader::Reset() {
  std::fill(std::begin(misses_), std::end(misses_), Miss());
  handlers_.Reset();
}

Tagged ReactionReader::PromiseOf(Tagged target) const {
  Tagged promise;
  if (heap_->Is(&target, layout_->type_promise)) return target;
  if (!heap_->Is(&target, layout_->type_capability)) return {};
  if (!heap_->Load(target, layout_->capability_promise, &promise)) return {};
  return heap_->Is(&promise, layout_->type_promise) ? promise : Tagged();
}

// `function` belongs to the pair that `new Promise` gave its executor.
Tagged ReactionReader::PromiseOfResolver(Tagged function) const {
  Handler handler;
  Tagged promise;
  if (!handlers_.Read(function, &handler) ||
      (handler.shared != anchors_->resolve_shared && handler.shared != anchors_->reject_shared))
    return {};
  if (!handlers_.IsContext(&handler.context) ||
      !heap_->Load(handler.context, layout_->resolve_promise, &promise))
    return {};
  return heap_->Is(&promise, layout_->type_promise) ? promise : Tagged();
}

bool ReactionReader::LoadElementOf(Tagged array, int64_t index, Tagged* value) const {
  Tagged elements;
  return heap_->TypeOf(&array) >= heap_->layout().type_first_receiver &&
         heap_->Load(array, layout_->object_elements, &elements) && heap_->IsArray(&elements) &&
         heap_->LoadElement(elements, index, value) && value->IsObject();
}

// An async generator answers its requests in turn; the first is the one that it works for.
// TypeScript's helper keeps [kind, value, resolve, reject] of each in an array, Babel's
// {key, arg, resolve, reject, next} in a list.
Tagged ReactionReader::PromiseOfQueue(Tagged object) const {
  Tagged request;
  Tagged resolve;
  const int32_t type = heap_->TypeOf(&object);
  if (type < heap_->layout().type_first_receiver || heap_->IsFunctionType(type)) return {};
  if (LoadElementOf(object, 0, &request))
    return LoadElementOf(request, 2, &resolve) ? PromiseOfResolver(resolve) : Tagged();
  const auto read = [&](const char* name, Tagged* value) {
    return ReadOwnProperty(*heap_, *strings_, object, name, value);
  };
  const bool is_request =
      read("key", &request) && read("arg", &request) && read("next", &request) && read("resolve", &resolve);
  return is_request ? PromiseOfResolver(resolve) : Tagged();
}

bool ReactionReader::ReadHandler(Tagged object, Handler* handler) const {
  BoundFunction bound;
  for (int i = 0; i < kMaxBound && ReadBoundFunction(*heap_, *layout_, object, &bound); ++i)
    object = bound.target;
  return handlers_.Read(object, handler);
}

bool ReactionReader::Read(Tagged object, Reaction* reaction) {
  *reaction = Reaction();
  Tagged fulfill;
  Tagged reject;
  Tagged target;
  Handler handler;
  if (!heap_->Is(&object, layout_->type_reaction)) return false;
  reaction->object = object;
  if (!heap_->Load(object, layout_->reaction_next, &reaction->next)) return false;
  if (!heap_->Load(object, layout_->reaction_fulfill, &fulfill)) return false;
  if (!heap_->Load(object, layout_->reaction_reject, &reject)) return false;
  if (!heap_->Load(object, layout_->reaction_target, &target)) return false;
  const bool fulfills = ReadHandler(fulfill, &handler);
  if (!fulfills && !ReadHandler(reject, &handler)) {
    const int32_t type = heap_->TypeOf(&fulfill);
    // V8 15 is to keep the function itself there.
    if (type == layout_->type_async_function || type == layout_->type_async_generator) {
      reaction->function = fulfill;
    } else {
      reaction->promise = PromiseOf(target);
    }
    return true;
  }
  if (handler.builtin >= 0) {
    ReadBuiltin(handler, reject, target, reaction);
    return true;
  }
  // catch() alone drives nothing: esbuild's helper uses it behind the then() that does.
  reaction->promise = PromiseOf(target);
  if (fulfills && ReadDriver(handler, reaction)) return true;
  reaction->via = kViaThen;
  // then() always returns a promise. Without one, this is what Promise.race() or the like left behind when V8
  // has put another function where its handler was.
  if (reaction->promise.IsObject()) reaction->callback = handler.function;
  return true;
}

void ReactionReader::ReadBuiltin(const Handler& handler, Tagged reject, Tagged target,
                                 Reaction* reaction) const {
  reaction->function = handlers_.FunctionOf(handler);
  if (reaction->function.IsObject()) return;
  Tagged context = handler.context;
  Tagged word;
  const bool has_context = handlers_.IsContext(&context);
  if (handler.builtin == layout_->builtin_all || handler.builtin == layout_->builtin_all_settled) {
    reaction->via = handler.builtin == layout_->builtin_all ? kViaAll : kViaAllSettled;
    if (has_context && heap_->Load(context, layout_->all_capability, &word))
      reaction->promise = PromiseOf(word);
    return;
  }
  if (handler.builtin == layout_->builtin_resolve || handler.builtin == layout_->builtin_reject) {
    Handler rejecter;
    if (handlers_.Read(reject, &rejecter) && rejecter.builtin == layout_->builtin_any) {
      reaction->via = kViaAny;
      if (handlers_.IsContext(&rejecter.context) &&
          heap_->Load(rejecter.context, layout_->any_capability, &word))
        reaction->promise = PromiseOf(word);
      return;
    }
    reaction->via = kViaResolve;
    reaction->derived = PromiseOf(target);
    if (has_context && heap_->Load(context, layout_->resolve_promise, &word))
      reaction->promise = PromiseOf(word);
    return;
  }
  reaction->module = modules_.ModuleOf(handler);
  if (reaction->module.IsObject()) {
    reaction->via = kViaImport;
    return;
  }
  // finally(), and what V8 itself gives to then(): for await over what is not async.
  reaction->callback = FinallyHandler(handler);
  reaction->promise = PromiseOf(target);
}

// V8 gives then() two functions of its own in its place. 0: `handler` is not one of these.
Tagged ReactionReader::FinallyHandler(const Handler& handler) const {
  Tagged context = handler.context;
  Tagged function;
  Tagged constructor;
  int32_t length = 0;
  Handler given;
  const int32_t first = layout_->context_previous + 8;
  const bool is_finally = handlers_.IsContext(&context) &&
                          heap_->LoadSmi(context, layout_->context_length, &length) &&
                          length == kFinallySlots && heap_->Load(context, first, &function) &&
                          heap_->Load(context, first + 8, &constructor) && heap_->IsFunction(&constructor);
  return is_finally && ReadHandler(function, &given) && given.builtin < 0 ? given.function : Tagged();
}

// TypeScript's and Babel's helpers run an async function as a generator: their
// callbacks reach it, and the resolver of its promise, as variables of the
// scopes around them. Those of async generators keep the resolvers in a queue.
bool ReactionReader::ReadDriver(const Handler& handler, Reaction* reaction) {
  Miss& miss = misses_[handler.shared.bits() / 64 % kMisses];
  if (miss.shared == handler.shared && miss.count >= kMaxMisses) return false;
  if (miss.shared != handler.shared) miss = {handler.shared, 0};
  Tagged context = handler.context;
  Driver driver;
  for (int level = 0; level < kMaxLevels && handlers_.IsContext(&context); ++level) {
    SearchContext(context, &driver);
    if (driver.generator.IsObject() && driver.promise.IsObject()) break;
    if (!heap_->Load(context, layout_->context_previous, &context)) break;
  }
  if (!driver.generator.IsObject() || !driver.promise.IsObject() ||
      !ReadSuspended(driver, &reaction->driven)) {
    ++miss.count;
    return false;
  }
  reaction->driven.result = driver.promise;
  reaction->is_driven = true;
  reaction->function = driver.generator;
  return true;
}

void ReactionReader::SearchContext(Tagged context, Driver* driver) const {
  int32_t length = 0;
  if (!heap_->LoadSmi(context, layout_->context_length, &length)) return;
  for (int32_t i = 0; i < length && i < kMaxSlots; ++i) {
    Tagged word;
    if (!heap_->Load(context, layout_->context_slots + 8 * i, &word) || !word.IsObject()) continue;
    // The first of the pair is the resolver of this promise.
    if (!driver->promise.IsObject()) driver->promise = PromiseOfResolver(word);
    if (!driver->promise.IsObject()) driver->promise = PromiseOfQueue(word);
    if (driver->generator.IsObject()) continue;
    if (heap_->Is(&word, layout_->type_generator) || FindBody(word, &driver->body)) driver->generator = word;
  }
}

// For ES5, compilers make a generator of a plain object: the functions in it
// share a scope with the function that does the work and with its state. That of
// TypeScript has a next() of its own, that of Babel's regenerator inherits it.
bool ReactionReader::FindBody(Tagged object, Body* body) const {
  Tagged step;
  Tagged context;
  const int32_t type = heap_->TypeOf(&object);
  if (type < heap_->layout().type_first_receiver || heap_->IsFunctionType(type)) return false;
  const bool is_own = ReadOwnProperty(*heap_, *strings_, object, "next", &step);
  if (!is_own && !ReadOwnProperty(*heap_, *strings_, object, "_invoke", &step)) return false;
  if (!heap_->IsFunction(&step) || !heap_->Load(step, layout_->function_context, &context)) return false;
  for (int level = 0; level < kMaxLevels && handlers_.IsContext(&context); ++level) {
    if (is_own ? FindBodyIn(context, body) : FindRegeneratorBodyIn(context, body)) return true;
    if (!heap_->Load(context, layout_->context_previous, &context)) return false;
  }
  return false;
}

bool ReactionReader::FindBodyIn(Tagged context, Body* body) const {
  int32_t length = 0;
  bool has_state = false;
  Tagged found;
  if (!heap_->LoadSmi(context, layout_->context_length, &length)) return false;
  for (int32_t i = 0; i < length && i < kMaxSlots; ++i) {
    Tagged word;
    Tagged label;
    if (!heap_->Load(context, layout_->context_slots + 8 * i, &word) || !word.IsObject()) continue;
    if (heap_->IsFunction(&word)) {
      if (!found.IsObject()) found = word;
    } else if (heap_->TypeOf(&word) >= heap_->layout().type_first_receiver) {
      has_state = has_state || (ReadOwnProperty(*heap_, *strings_, word, "label", &label) && label.IsSmi() &&
                                ReadOwnProperty(*heap_, *strings_, word, "trys", &label));
    }
  }
  body->function = found;
  return has_state && found.IsObject();
}

// What an await resolved with may be a function in that scope too, so places
// count: the receiver is in front of the body.
bool ReactionReader::FindRegeneratorBodyIn(Tagged context, Body* body) const {
  int32_t length = 0;
  int receiver_slot = -1;
  Tagged function;
  Tagged receiver;
  if (!heap_->LoadSmi(context, layout_->context_length, &length)) return false;
  for (int32_t i = 0; i < length && i < kMaxSlots && receiver_slot < 0; ++i) {
    Tagged word;
    if (heap_->Load(context, layout_->context_slots + 8 * i, &word) && word.IsObject())
      receiver_slot = RegeneratorReceiver(word);
  }
  if (receiver_slot < 0) return false;
  const int32_t at = layout_->context_previous + 8 + 8 * receiver_slot;
  if (!heap_->Load(context, at + 8, &function) || !heap_->IsFunction(&function)) return false;
  body->function = function;
  if (heap_->Load(context, at, &receiver) && heap_->TypeOf(&receiver) >= heap_->layout().type_first_receiver)
    body->receiver = receiver;
  return true;
}

// Where in the scope of a generator's state its receiver is; -1: `object` is no
// such state. V8 lays out what inner functions use, parameters from the last to the
// first. Up to Babel 7.26 these are (innerFn, self, context), and its state has
// `next`; since then (innerFn, self), and its state has `n`.
int ReactionReader::RegeneratorReceiver(Tagged object) const {
  Tagged word;
  if (heap_->TypeOf(&object) < heap_->layout().type_first_receiver || heap_->IsFunction(&object)) return -1;
  const auto has = [&](const char* name) { return ReadOwnProperty(*heap_, *strings_, object, name, &word); };
  if (has("tryEntries")) return has("prev") && has("next") ? 1 : -1;
  const bool is_short = has("p") && word.IsSmi() && has("n") && word.IsSmi() && has("f") && has("a") &&
                        heap_->IsFunction(&word);
  return is_short ? 0 : -1;
}

bool ReactionReader::ReadSuspended(const Driver& driver, SuspendedObject* suspended) const {
  int32_t continuation = -1;
  const Tagged generator = driver.generator;
  suspended->object = generator;
  suspended->kind = SuspendedKind::kDrivenGenerator;
  if (driver.body.function.IsObject()) {
    // Where in its body it waits, its state does not tell in terms of the source.
    suspended->function = driver.body.function;
    suspended->receiver = driver.body.receiver;
    suspended->position = kUnknownPosition;
    return true;
  }
  return heap_->LoadSmi(generator, layout_->generator_continuation, &continuation) && continuation >= 0 &&
         heap_->LoadSmi(generator, layout_->generator_position, &suspended->position) &&
         heap_->Load(generator, layout_->generator_function, &suspended->function) &&
         heap_->Load(generator, layout_->generator_receiver, &suspended->receiver);
}

bool ReactionReader::ReadRequest(Tagged* request, Tagged* promise) const {
  if (!heap_->Is(request, layout_->type_async_generator_request)) return false;
  return heap_->Load(*request, layout_->request_promise, promise) &&
         heap_->Load(*request, layout_->request_next, request);
}

}  // namespace gmr::vm
