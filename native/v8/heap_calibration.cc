#include "heap_calibration.h"

#include "../image/objects/source_positions.h"
#include "../process/self_memory.h"
#include "continuation_calibration.h"
#include "layout_loader.h"
#include "page_calibration.h"

namespace gmr::vm {

namespace {

// The local variable of the known functions.
constexpr int32_t kLocal = 123456789;
// Fields of a generator before this one are those of every object.
constexpr int32_t kFirstOwnField = 24;
constexpr int32_t kMaxRegisters = 64;
constexpr int32_t kMaxContextSlots = 32;
constexpr int32_t kMaxBuiltin = 20'000;

class Calibrator {
 public:
  Calibrator(const HeapReader& heap, const KnownObjects& known, HeapCalibration* result)
      : heap_(heap), known_(known), result_(result), layout_(result->layout) {}

  void Run() {
    using Step = bool (Calibrator::*)();
    constexpr struct {
      Step step;
      const char* what;
    } kSteps[] = {
        {&Calibrator::Types, "types of the known objects"},
        {&Calibrator::Promises, "fields of a promise"},
        {&Calibrator::Reactions, "fields of a promise's reaction"},
        {&Calibrator::Resolvers, "functions that resolve a promise"},
        {&Calibrator::Awaits, "the function behind an await"},
        {&Calibrator::Generators, "fields of a suspended function"},
        {&Calibrator::Positions, "the position of an await"},
        {&Calibrator::Combinators, "Promise.all, allSettled, any and race"},
        {&Calibrator::AsyncGenerators, "fields of an async generator"},
        {&Calibrator::BoundFunctions, "fields of a bound function"},
        {&Calibrator::Collections, "tables of a Map, Set, WeakMap and WeakSet"},
        {&Calibrator::Elements, "objects without elements"},
    };
    for (const auto& [step, what] : kSteps) {
      if ((this->*step)()) continue;
      result_->problem = std::string("not found: ") + what;
      return;
    }
  }

 private:
  Tagged Word(Tagged object, int32_t offset) const {
    Tagged word;
    return offset >= 0 && heap_.Load(object, offset, &word) ? word : Tagged();
  }
  int32_t TypeOf(Tagged object) const { return heap_.TypeOf(&object); }
  bool Is(Tagged object, int32_t type) const { return type >= 0 && TypeOf(object) == type; }
  bool IsFunction(Tagged object) const { return heap_.IsFunction(&object); }
  bool IsContext(Tagged object) const {
    const int32_t type = TypeOf(object);
    return type >= layout_.type_first_context && type <= layout_.type_last_context;
  }

  // Bytes of an object of fixed size.
  int32_t SizeOf(Tagged object) const {
    Tagged map;
    uint8_t words = 0;
    if (!heap_.MapOf(object, &map)) return 0;
    return heap_.memory().Load(map.Slot(heap_.layout().map_instance_words), &words) ? 8 * words : 0;
  }

  // The only field of `object` for which `fits(word, offset)`. -1: none or several.
  template <typename Fits>
  int32_t OnlyField(Tagged object, int32_t first, Fits fits) const {
    int32_t found = -1;
    const int32_t size = SizeOf(object);
    for (int32_t offset = first; offset < size; offset += 8) {
      Tagged word;
      if (!heap_.Load(object, offset, &word)) return -1;
      if (!fits(word, offset)) continue;
      if (found >= 0) return -1;
      found = offset;
    }
    return found;
  }
  int32_t FieldWith(Tagged object, Tagged value) const {
    return OnlyField(object, 8, [&](Tagged word, int32_t) { return word == value; });
  }
  int32_t FieldOfType(Tagged object, int32_t type) const {
    return OnlyField(object, 8, [&](Tagged word, int32_t) { return Is(word, type); });
  }

  // The first slot of the context of a closure for which `fits(word)`; -1: none.
  template <typename Fits>
  int32_t ContextSlot(Tagged closure, Fits fits) const {
    if (!IsFunction(closure)) return -1;
    const Tagged context = Word(closure, layout_.function_context);
    int32_t length = 0;
    if (!IsContext(context) || !heap_.LoadSmi(context, layout_.context_length, &length)) return -1;
    for (int32_t i = 0; i < length && i < kMaxContextSlots; ++i) {
      const int32_t offset = layout_.context_slots + 8 * i;
      if (fits(Word(context, offset))) return offset;
    }
    return -1;
  }

  int32_t BuiltinOf(Tagged closure) const {
    int32_t builtin = -1;
    if (!IsFunction(closure)) return -1;
    const Tagged shared = Word(closure, heap_.layout().function_shared);
    return heap_.LoadSmi(shared, layout_.shared_builtin, &builtin) && builtin > 0 && builtin < kMaxBuiltin
               ? builtin
               : -1;
  }

  Tagged ReactionOf(Known promise) const { return Word(known_[promise], layout_.promise_reactions); }
  Tagged Handler(Known promise, int32_t field) const { return Word(ReactionOf(promise), field); }

  bool Types() {
    for (const Known promise : {Known::kFirstSource, Known::kFirstPromise, Known::kAll, Known::kFresh,
                                Known::kFulfilled, Known::kFirstRequest}) {
      if (!Is(known_[promise], layout_.type_promise)) return false;
    }
    layout_.type_generator = TypeOf(known_[Known::kGenerator]);
    return IsFunction(known_[Known::kFirst]) && IsFunction(known_[Known::kResolve]) &&
           Is(known_[Known::kAsyncGenerator], layout_.type_async_generator) && layout_.type_generator > 0 &&
           layout_.type_generator != layout_.type_async_generator;
  }

  bool Promises() {
    layout_.promise_reactions = FieldOfType(known_[Known::kFirstSource], layout_.type_reaction);
    layout_.promise_flags = OnlyField(known_[Known::kFresh], kFirstOwnField, [&](Tagged word, int32_t at) {
      const Tagged other = Word(known_[Known::kFulfilled], at);
      return at != layout_.promise_reactions && word.IsSmi() && other.IsSmi() &&
             (word.ToSmi() & kPromiseStatusMask) == kPromisePending &&
             (other.ToSmi() & kPromiseStatusMask) == 1;
    });
    return layout_.promise_reactions > 0 && layout_.promise_flags > 0 &&
           ReactionOf(Known::kFresh) == Tagged();
  }

  bool Reactions() {
    const Tagged then = ReactionOf(Known::kThenSource);
    layout_.reaction_fulfill = FieldWith(then, known_[Known::kOnFulfilled]);
    layout_.reaction_target = FieldWith(then, known_[Known::kThen]);
    layout_.reaction_reject = FieldWith(ReactionOf(Known::kCatchSource), known_[Known::kOnRejected]);
    // The last one in its list: its `next` is Smi 0.
    layout_.reaction_next = FieldWith(then, Tagged());
    // The field that is left, if it is one.
    layout_.reaction_context = OnlyField(then, 8, [&](Tagged, int32_t at) {
      return at != layout_.reaction_fulfill && at != layout_.reaction_target &&
             at != layout_.reaction_reject && at != layout_.reaction_next;
    });
    return layout_.reaction_fulfill > 0 && layout_.reaction_target > 0 && layout_.reaction_reject > 0 &&
           layout_.reaction_next > 0 && layout_.reaction_fulfill != layout_.reaction_reject;
  }

  bool Resolvers() {
    const Tagged resolve = known_[Known::kResolve];
    const Tagged reject = known_[Known::kReject];
    result_->anchors.resolve_shared = Word(resolve, heap_.layout().function_shared);
    result_->anchors.reject_shared = Word(reject, heap_.layout().function_shared);
    // The numbers of the two builtins: neighbours in V8's list, or nearly.
    layout_.shared_builtin = OnlyField(result_->anchors.resolve_shared, 8, [&](Tagged word, int32_t at) {
      const Tagged other = Word(result_->anchors.reject_shared, at);
      if (!word.IsSmi() || !other.IsSmi()) return false;
      const int32_t distance = word.ToSmi() - other.ToSmi();
      return word.ToSmi() > 0 && word.ToSmi() < kMaxBuiltin && distance != 0 && distance > -8 && distance < 8;
    });
    layout_.builtin_resolve = BuiltinOf(resolve);
    layout_.builtin_reject = BuiltinOf(reject);
    layout_.resolve_promise =
        ContextSlot(resolve, [&](Tagged word) { return word == known_[Known::kFresh]; });
    return Is(result_->anchors.resolve_shared, heap_.layout().type_shared) && layout_.builtin_resolve > 0 &&
           layout_.builtin_reject > 0 && layout_.builtin_resolve != layout_.builtin_reject &&
           layout_.resolve_promise > 0;
  }

  // What an await leaves in the reaction: a closure of V8's own whose context
  // holds the function, or the function itself.
  Tagged SuspendedAt(Known source) const {
    const Tagged handler = Handler(source, layout_.reaction_fulfill);
    return IsFunction(handler) ? Word(Word(handler, layout_.function_context), layout_.await_generator)
                               : handler;
  }

  bool Awaits() {
    const Tagged handler = Handler(Known::kFirstSource, layout_.reaction_fulfill);
    if (IsFunction(handler)) {
      layout_.await_generator =
          ContextSlot(handler, [&](Tagged word) { return Is(word, layout_.type_async_function); });
      if (layout_.await_generator < 0) return false;
    }
    return Is(SuspendedAt(Known::kFirstSource), layout_.type_async_function) &&
           Is(SuspendedAt(Known::kSecondSource), layout_.type_async_function) &&
           SuspendedAt(Known::kAsyncGeneratorSource) == known_[Known::kAsyncGenerator];
  }

  bool HoldsLocal(Tagged registers) const {
    if (!Is(registers, heap_.layout().type_fixed_array)) return false;
    const int32_t length = heap_.LengthOf(registers);
    for (int32_t i = 0; i < length && i < kMaxRegisters; ++i) {
      int32_t value = 0;
      if (heap_.LoadSmiElement(registers, i, &value) && value == kLocal) return true;
    }
    return false;
  }

  bool Generators() {
    const Tagged first = SuspendedAt(Known::kFirstSource);
    const Tagged second = SuspendedAt(Known::kSecondSource);
    layout_.generator_function = FieldWith(first, known_[Known::kFirst]);
    layout_.generator_receiver = FieldWith(first, known_[Known::kReceiver]);
    layout_.async_function_promise = FieldWith(first, known_[Known::kFirstPromise]);
    layout_.generator_context =
        OnlyField(first, kFirstOwnField, [&](Tagged w, int32_t) { return IsContext(w); });
    layout_.generator_registers =
        OnlyField(first, kFirstOwnField, [&](Tagged word, int32_t) { return HoldsLocal(word); });
    // The number of the await in its function: the second has gone on once.
    layout_.generator_continuation = OnlyField(first, kFirstOwnField, [&](Tagged word, int32_t at) {
      const Tagged other = Word(second, at);
      return word.IsSmi() && other.IsSmi() && word.ToSmi() == 0 && other.ToSmi() == 1;
    });
    return layout_.generator_function > 0 && layout_.generator_receiver > 0 &&
           layout_.async_function_promise > 0 && layout_.generator_context > 0 &&
           layout_.generator_registers > 0 && layout_.generator_continuation > 0 &&
           Word(second, layout_.generator_function) == known_[Known::kSecond] &&
           Word(second, layout_.async_function_promise) == known_[Known::kSecondPromise];
  }

  bool DecodesTo(Tagged function, Tagged position, int32_t expected) const {
    const Tagged shared = Word(function, heap_.layout().function_shared);
    Tagged bytecode = Word(shared, heap_.layout().shared_data);
    int32_t offset = -1;
    if (Is(bytecode, heap_.layout().type_code)) bytecode = Word(bytecode, heap_.layout().code_deopt_data);
    if (Is(bytecode, heap_.layout().type_interpreter_data))
      bytecode = Word(bytecode, heap_.layout().interpreter_data_bytecode);
    return position.IsSmi() && Is(bytecode, heap_.layout().type_bytecode_array) &&
           FindBytecodePosition(heap_, bytecode, position.ToSmi() - (heap_.layout().bytecode_data - 1),
                                &offset) &&
           offset == expected;
  }

  bool Positions() {
    const Tagged first = SuspendedAt(Known::kFirstSource);
    const Tagged second = SuspendedAt(Known::kSecondSource);
    layout_.generator_position = OnlyField(first, kFirstOwnField, [&](Tagged word, int32_t at) {
      return DecodesTo(known_[Known::kFirst], word, known_.FirstAwait()) &&
             DecodesTo(known_[Known::kSecond], Word(second, at), known_.SecondAwait());
    });
    return layout_.generator_position > 0;
  }

  bool Combinators() {
    const auto is_capability = [&](Tagged word) { return Is(word, layout_.type_capability); };
    const Tagged all = Handler(Known::kAllSource, layout_.reaction_fulfill);
    const Tagged any = Handler(Known::kAnySource, layout_.reaction_reject);
    const Tagged race = Handler(Known::kRaceSource, layout_.reaction_fulfill);
    layout_.builtin_all = BuiltinOf(all);
    layout_.builtin_all_settled = BuiltinOf(Handler(Known::kSettledSource, layout_.reaction_fulfill));
    layout_.builtin_any = BuiltinOf(any);
    layout_.all_capability = ContextSlot(all, is_capability);
    layout_.any_capability = ContextSlot(any, is_capability);
    if (layout_.all_capability < 0 || layout_.any_capability < 0) return false;
    const Tagged capability = Word(Word(all, layout_.function_context), layout_.all_capability);
    layout_.capability_promise = FieldWith(capability, known_[Known::kAll]);
    return layout_.capability_promise > 0 && layout_.builtin_all > 0 && layout_.builtin_all_settled > 0 &&
           layout_.builtin_any > 0 && layout_.builtin_all != layout_.builtin_all_settled &&
           layout_.builtin_any != layout_.builtin_reject && BuiltinOf(race) == layout_.builtin_resolve &&
           Word(Word(race, layout_.function_context), layout_.resolve_promise) == known_[Known::kRace];
  }

  bool AsyncGenerators() {
    const Tagged generator = known_[Known::kAsyncGenerator];
    layout_.async_generator_queue = FieldOfType(generator, layout_.type_async_generator_request);
    layout_.async_generator_awaiting = OnlyField(generator, kFirstOwnField, [&](Tagged word, int32_t at) {
      const Tagged idle = Word(known_[Known::kIdleAsyncGenerator], at);
      return at != layout_.generator_position && at != layout_.generator_continuation && word.IsSmi() &&
             idle.IsSmi() && word.ToSmi() == 1 && idle.ToSmi() == 0;
    });
    const Tagged request = Word(generator, layout_.async_generator_queue);
    layout_.request_next = FieldOfType(request, layout_.type_async_generator_request);
    layout_.request_promise = FieldWith(request, known_[Known::kFirstRequest]);
    return layout_.async_generator_queue > 0 && layout_.async_generator_awaiting > 0 &&
           layout_.request_next > 0 && layout_.request_promise > 0 &&
           Word(Word(request, layout_.request_next), layout_.request_promise) ==
               known_[Known::kSecondRequest];
  }

  // What these two do not find is not followed; nothing else needs it.
  bool BoundFunctions() {
    const Tagged bound = known_[Known::kBound];
    if (!Is(bound, layout_.type_bound_function)) return true;
    layout_.bound_target = FieldWith(bound, known_[Known::kBoundTarget]);
    layout_.bound_receiver = FieldWith(bound, known_[Known::kBoundReceiver]);
    layout_.bound_arguments = OnlyField(bound, kFirstOwnField, [&](Tagged word, int32_t) {
      Tagged argument;
      return Is(word, heap_.layout().type_fixed_array) && heap_.LoadElement(word, 0, &argument) &&
             argument == known_[Known::kBoundArgument];
    });
    return true;
  }

  int32_t TableOf(Known collection) const {
    return OnlyField(known_[collection], kFirstOwnField,
                     [](Tagged word, int32_t) { return word.IsObject(); });
  }

  bool Collections() {
    const int32_t table = TableOf(Known::kMap);
    for (const Known other : {Known::kSet, Known::kWeakMap, Known::kWeakSet}) {
      if (table < 0 || TableOf(other) != table) return true;
    }
    layout_.collection_table = table;
    layout_.type_ordered_map = TypeOf(Word(known_[Known::kMap], table));
    layout_.type_ordered_set = TypeOf(Word(known_[Known::kSet], table));
    layout_.type_ephemeron_table = TypeOf(Word(known_[Known::kWeakMap], table));
    return true;
  }

  bool Elements() {
    HeapAnchors& anchors = result_->anchors;
    anchors.empty_elements = Word(known_[Known::kEmpty], layout_.object_elements);
    anchors.empty_frozen_elements = Word(known_[Known::kFrozen], layout_.object_elements);
    if (!anchors.empty_elements.IsObject() || !anchors.empty_frozen_elements.IsObject()) return false;
    for (const Known object :
         {Known::kFirstPromise, Known::kFresh, Known::kAsyncGenerator, Known::kResolve}) {
      if (Word(known_[object], layout_.object_elements) != anchors.empty_elements) return false;
    }
    return Word(SuspendedAt(Known::kFirstSource), layout_.object_elements) == anchors.empty_elements;
  }

  const HeapReader& heap_;
  const KnownObjects& known_;
  HeapCalibration* result_;
  HeapLayout& layout_;
};

}  // namespace

HeapCalibration CalibrateHeap(v8::Isolate* isolate, const Layout& layout, const KnownObjects& known) {
  HeapCalibration result;
  result.layout = ProcessHeapLayout().layout;
  result.problem = ProcessHeapLayout().problem;
  if (!result.problem.empty()) return result;
  platform::SelfMemory self;
  platform::MemoryReader memory(&self);
  const HeapReader heap(&memory, &layout);
  Calibrator(heap, known, &result).Run();
  if (!result.problem.empty()) return result;
  if (!CalibratePages(isolate, heap, known, &result.layout, &result.anchors))
    result.problem = "not found: the header of a heap page";
  result.layout.isolate_context = FindContinuationData(isolate, heap);
  return result;
}

}  // namespace gmr::vm
