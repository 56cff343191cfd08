// Reads the scopes of functions in the isolate that loads this, and what their sources use.
#include <node_api.h>
#include <v8.h>

#include <bit>
#include <memory>
#include <string>

#include "../../../native/image/objects/bound_function.h"
#include "../../../native/image/objects/scope_reader.h"
#include "../../../native/image/objects/variable_use.h"
#include "../../../native/process/self_memory.h"
#include "../../../native/v8/heap_model.h"
#include "../../../native/v8/known_objects.h"
#include "../../../native/v8/layout_loader.h"

namespace gmr::test {

namespace {

using vm::Tagged;

constexpr size_t kArenaBytes = size_t{1} << 20;
constexpr int kMaxScopes = 8;
constexpr size_t kMaxArguments = 4;

// Everything that reads, for one call.
struct Readers {
  explicit Readers(const vm::GreenThreadHeap& prepared) : layout(&prepared.layout) {}

  const vm::HeapLayout* layout;
  platform::SelfMemory self;
  platform::MemoryReader memory{&self};
  platform::Arena arena{kArenaBytes};
  vm::HeapReader heap{&memory, &vm::ProcessLayout().layout};
  vm::RawStrings strings{&heap, &arena};
  vm::ScopeReader scopes{&heap, layout, &strings};
  vm::VariableUse uses{&heap, &strings};
};

const vm::GreenThreadHeap& Prepared() {
  static const vm::GreenThreadHeap& prepared = *new vm::GreenThreadHeap([] {
    v8::Isolate* const isolate = v8::Isolate::GetCurrent();
    const vm::HeapModel model = vm::HeapModel::Make(isolate, vm::ProcessLayout());
    vm::GreenThreadHeap heap =
        model.ForIsolate(platform::OwnAddress(isolate), vm::ProcessLayout().layout, -1);
    if (!model.problem().empty()) heap.problem = model.problem();
    return heap;
  }());
  return prepared;
}

struct Arguments {
  Arguments(napi_env env, napi_callback_info info) : env_(env) {
    size_t count = kMaxArguments;
    napi_get_cb_info(env, info, &count, values_, nullptr, nullptr);
  }
  // Its address; V8 moves nothing while the addon does not allocate.
  Tagged Object(int index) const { return vm::TaggedOf(std::bit_cast<v8::Local<v8::Value>>(values_[index])); }
  std::string Text(int index) const {
    char text[256] = "";
    size_t length = 0;
    napi_get_value_string_utf8(env_, values_[index], text, sizeof text, &length);
    return {text, length};
  }

 private:
  napi_env env_;
  napi_value values_[kMaxArguments] = {};
};

napi_value ToValue(napi_env env, const std::string& text) {
  napi_value value;
  napi_create_string_utf8(env, text.data(), text.size(), &value);
  return value;
}

napi_value ToValue(napi_env env, bool flag) {
  napi_value value;
  napi_get_boolean(env, flag, &value);
  return value;
}

const char* NameOf(vm::Mention mention) {
  return mention == vm::Mention::kYes ? "yes" : mention == vm::Mention::kNo ? "no" : "unknown";
}

const char* NameOf(vm::Scope::Kind kind) {
  constexpr const char* kNames[] = {"function", "block",  "catch",  "class",
                                    "eval",     "script", "module", "other"};
  return kNames[static_cast<size_t>(kind)];
}

// (): why nothing can be read; "" when it can
napi_value Prepare(napi_env env, napi_callback_info) { return ToValue(env, Prepared().problem); }

// (function, name): does it mention that variable
napi_value Mentions(napi_env env, napi_callback_info info) {
  const Arguments arguments(env, info);
  const std::string name = arguments.Text(1);
  const auto readers = std::make_unique<Readers>(Prepared());
  return ToValue(env, std::string(NameOf(readers->uses.Mentions(arguments.Object(0), name.c_str()))));
}

// (function, name): does it mention that property
napi_value MentionsProperty(napi_env env, napi_callback_info info) {
  const Arguments arguments(env, info);
  const std::string name = arguments.Text(1);
  const auto readers = std::make_unique<Readers>(Prepared());
  return ToValue(env, std::string(NameOf(readers->uses.MentionsProperty(arguments.Object(0), name.c_str()))));
}

std::string DescribeScope(Readers* readers, Tagged context, const vm::Scope& scope) {
  std::string names;
  int32_t length = 0;
  readers->heap.LoadSmi(context, readers->layout->context_length, &length);
  for (int32_t i = 0; i < length; ++i) {
    const char* name = readers->scopes.NameOfSlot(context, readers->layout->context_slots + 8 * i);
    if (name != nullptr) names += std::string(names.empty() ? "" : ",") + name;
  }
  return std::string(scope.is_top_level ? "top " : "") + NameOf(scope.kind) + " " + scope.function_name +
         " (" + names + ")";
}

// (function): its scopes from the innermost, one per line
napi_value Scopes(napi_env env, napi_callback_info info) {
  const Arguments arguments(env, info);
  const auto readers = std::make_unique<Readers>(Prepared());
  std::string text;
  Tagged context;
  readers->heap.Load(arguments.Object(0), readers->layout->function_context, &context);
  for (int i = 0; i < kMaxScopes; ++i) {
    vm::Scope scope;
    if (!readers->scopes.Read(context, &scope)) break;
    text += DescribeScope(readers.get(), context, scope) + "\n";
    if (!readers->heap.Load(context, readers->layout->context_previous, &context)) break;
  }
  return ToValue(env, text);
}

// (function, variable, value): is that the value of the variable in the function's innermost scope
napi_value SiblingIs(napi_env env, napi_callback_info info) {
  const Arguments arguments(env, info);
  const std::string name = arguments.Text(1);
  const auto readers = std::make_unique<Readers>(Prepared());
  Tagged context;
  readers->heap.Load(arguments.Object(0), readers->layout->function_context, &context);
  return ToValue(env, readers->scopes.Sibling(context, name.c_str()) == arguments.Object(2));
}

// (function): how many slots of its innermost scope hold a cell
napi_value CountCells(napi_env env, napi_callback_info info) {
  const Arguments arguments(env, info);
  const auto readers = std::make_unique<Readers>(Prepared());
  Tagged context;
  int32_t length = 0;
  uint32_t cells = 0;
  readers->heap.Load(arguments.Object(0), readers->layout->function_context, &context);
  readers->heap.LoadSmi(context, readers->layout->context_length, &length);
  for (int32_t i = 0; i < length; ++i) {
    Tagged word;
    readers->heap.Load(context, readers->layout->context_slots + 8 * i, &word);
    cells += word.IsObject() && readers->scopes.IsCell(&word) ? 1 : 0;
  }
  napi_value count;
  napi_create_uint32(env, cells, &count);
  return count;
}

// (bound function, target, receiver, first argument): is it made of these
napi_value IsBound(napi_env env, napi_callback_info info) {
  const Arguments arguments(env, info);
  const auto readers = std::make_unique<Readers>(Prepared());
  vm::BoundFunction bound;
  Tagged first;
  const bool is_read = vm::ReadBoundFunction(readers->heap, *readers->layout, arguments.Object(0), &bound);
  return ToValue(env,
                 is_read && bound.target == arguments.Object(1) && bound.receiver == arguments.Object(2) &&
                     readers->heap.LoadElement(bound.arguments, 0, &first) && first == arguments.Object(3));
}

void Export(napi_env env, napi_value exports, const char* name, napi_callback callback) {
  napi_value function;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, nullptr, &function);
  napi_set_named_property(env, exports, name, function);
}

}  // namespace

}  // namespace gmr::test

NAPI_MODULE_INIT() {
  gmr::test::Export(env, exports, "prepare", gmr::test::Prepare);
  gmr::test::Export(env, exports, "mentions", gmr::test::Mentions);
  gmr::test::Export(env, exports, "mentionsProperty", gmr::test::MentionsProperty);
  gmr::test::Export(env, exports, "scopes", gmr::test::Scopes);
  gmr::test::Export(env, exports, "siblingIs", gmr::test::SiblingIs);
  gmr::test::Export(env, exports, "countCells", gmr::test::CountCells);
  gmr::test::Export(env, exports, "isBound", gmr::test::IsBound);
  return exports;
}
