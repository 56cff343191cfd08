#include "path_reader.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "../values/collection_entries.h"

namespace gmr::vm {

namespace {

// JSArray, src/objects/js-array.tq: map, properties, elements, length.
constexpr int32_t kArrayLength = 24;
constexpr int32_t kMaxKeys = 64;
// Map, hash and flags come before it, src/objects/name.h.
constexpr int32_t kSymbolDescription = 16;
// Where a handle keeps the object that it belongs to, lib/internal/async_hooks.js.
constexpr std::string_view kOwner = "owner";
constexpr std::string_view kOwnerSymbol = "owner_symbol";

// A property that no row names.
OpenStep OwnStep(std::string_view name, uint32_t number) {
  OpenStep step;
  step.name = name;
  step.number = number;
  return step;
}

}  // namespace

PathReader::PathReader(const HeapReader* heap, const HeapLayout* layout, const RawStrings* strings,
                       const ObjectTypes* types, ScopeReader* scopes)
    : heap_(heap),
      layout_(layout),
      strings_(strings),
      types_(types),
      scopes_(scopes),
      wraps_(heap),
      idle_start_(OwnStep("_idleStart", UINT32_MAX)),
      idle_timeout_(OwnStep("_idleTimeout", UINT32_MAX - 1)) {}

void PathReader::Reset(const platform::FdSource* fds, double timer_ms) {
  timer_ms_ = timer_ms;
  places_.assign(kPlaces, Place());
  fds_ = fds;
  ForgetDescriptors();
  loop_ = platform::Address();
}

bool PathReader::ReadProperty(Tagged object, const OpenStep& step, Tagged* value) {
  Tagged map;
  if (!heap_->MapOf(object, &map)) return false;
  const bool is_description = step.kind == OpenStep::Kind::kDescribed;
  Place& known = places_[(map.bits() / 8 * 31 + step.number) % kPlaces];
  if (known.map != map || known.step != step.number) {
    known = {map, step.number, FindPlace(*heap_, *strings_, map, step.name, is_description)};
    if (known.place.kind == PropertyPlace::Kind::kNone && step.name == kOwner)
      known.place = FindPlace(*heap_, *strings_, map, kOwnerSymbol, true);
  }
  if (known.place.kind == PropertyPlace::Kind::kDictionary) {
    if (is_description) return ReadOwnDescribed(*heap_, *strings_, object, step.name, value);
    return ReadOwnProperty(*heap_, *strings_, object, step.name, value) ||
           (step.name == kOwner && ReadOwnDescribed(*heap_, *strings_, object, kOwnerSymbol, value));
  }
  return LoadPlace(*heap_, object, map, known.place, value);
}

bool PathReader::ReadKey(Tagged collection, const OpenStep& step, Tagged* value) const {
  bool is_found = false;
  const CollectionEntries entries(heap_, layout_);
  entries.VisitCollection(collection, kMaxKeys, [&](Tagged key, Tagged entry) {
    if (!key.IsObject()) return true;
    if (step.kind == OpenStep::Kind::kDescribed && !heap_->Load(key, kSymbolDescription, &key)) return true;
    is_found = strings_->Equals(key, step.name);
    if (is_found) *value = entry;
    return !is_found;
  });
  return is_found;
}

bool PathReader::ReadElement(Tagged array, int32_t index, Tagged* value) const {
  Tagged elements;
  return layout_->object_elements >= 0 && heap_->Load(array, layout_->object_elements, &elements) &&
         elements.IsObject() && index < heap_->LengthOf(elements) &&
         heap_->LoadElement(elements, index, value);
}

bool PathReader::ReadLength(Tagged array, Tagged* value) const {
  return heap_->Is(&array, types_->array_type()) && heap_->Load(array, kArrayLength, value) && value->IsSmi();
}

// In the scope that the function was made in, or in one around it.
bool PathReader::ReadVariable(Tagged function, std::string_view name, Tagged* value) const {
  Tagged context;
  if (layout_->function_context < 0 || !heap_->IsFunction(&function) ||
      !heap_->Load(function, layout_->function_context, &context))
    return false;
  for (int depth = 0; depth < kMaxScopes && context.IsObject(); ++depth) {
    if (scopes_->Variable(context, name, value)) return true;
    if (layout_->context_previous < 0 || !heap_->Load(context, layout_->context_previous, &context)) break;
  }
  return false;
}

bool PathReader::ReadElementBefore(Tagged function, const OpenStep& step, Tagged* value) const {
  Tagged array;
  Tagged next;
  return ReadVariable(function, step.name, &array) && ReadVariable(function, step.counter, &next) &&
         array.IsObject() && heap_->Is(&array, types_->array_type()) && next.IsSmi() && next.ToSmi() > 0 &&
         ReadElement(array, static_cast<int32_t>(next.ToSmi()) - 1, value);
}

bool PathReader::Step(Tagged* object, const OpenStep& step) {
  if (!object->IsObject() || heap_->TypeOf(object) < 0) return false;
  const Tagged from = *object;
  switch (step.kind) {
    case OpenStep::Kind::kLength:
      if (ReadLength(from, object)) return true;
      break;
    case OpenStep::Kind::kSize:
      if (CollectionEntries(heap_, layout_).ReadSize(from, object)) return true;
      break;
    case OpenStep::Kind::kIndex:
      return ReadElement(from, step.index, object);
    case OpenStep::Kind::kVariable:
      return ReadVariable(from, step.name, object);
    case OpenStep::Kind::kElementBefore:
      return ReadElementBefore(from, step, object);
    case OpenStep::Kind::kFact:
    case OpenStep::Kind::kEach:
      return false;
    case OpenStep::Kind::kProperty:
    case OpenStep::Kind::kDescribed:
      break;
  }
  return ReadProperty(from, step, object) || ReadKey(from, step, object);
}

PathValue PathReader::Text(std::string_view text) {
  PathValue value;
  if (text.empty()) return value;
  value.kind = PathValue::Kind::kString;
  value.text = text;
  return value;
}

PathValue PathReader::Number(double number) {
  PathValue value;
  value.kind = PathValue::Kind::kNumber;
  value.number = number;
  const auto [end, error] = std::to_chars(text_, text_ + sizeof text_, std::llround(number));
  if (error == std::errc()) value.text = std::string_view(text_, static_cast<size_t>(end - text_));
  return value;
}

PathValue PathReader::KnownNumber(double number) { return number < 0 ? PathValue() : Number(number); }

PathValue PathReader::Boolean(bool is_true) {
  PathValue value;
  value.kind = PathValue::Kind::kBoolean;
  value.text = is_true ? "true" : "false";
  return value;
}

bool PathReader::ReadNumber(Tagged object, const OpenStep& property, double* number) {
  Tagged tagged;
  if (!ReadProperty(object, property, &tagged)) return false;
  if (tagged.IsSmi()) {
    *number = tagged.ToSmi();
    return true;
  }
  return heap_->TypeOf(&tagged) == layout_->type_heap_number &&
         heap_->memory().Load(tagged.Slot(layout_->heap_number_value), number);
}

// Milliseconds until a timer is due; negative if it is overdue.
PathValue PathReader::ReadDue(Tagged timer) {
  double start = 0;
  double length = 0;
  if (timer_ms_ < 0 || !ReadNumber(timer, idle_start_, &start) || !ReadNumber(timer, idle_timeout_, &length))
    return {};
  PathValue value = Number(start + length - timer_ms_);
  value.number = start + length - timer_ms_;
  return value;
}

PathValue PathReader::ReadCharacters(platform::Address at) {
  if (at.IsNull()) return {};
  size_t length = 0;
  while (length < kMaxText && heap_->memory().Load(at + length, &text_[length]) && text_[length] != '\0')
    ++length;
  return Text(std::string_view(text_, length));
}

// Null: the kernel is not asked, or knows nothing.
const platform::FdFacts* PathReader::FactsOfFd() {
  if (fds_ == nullptr || wrap_.fd < 0) return nullptr;
  if (known_fd_ == nullptr) {
    const auto [found, is_new] = fd_facts_.try_emplace({known_wrap_.bits(), wrap_.fd});
    KnownFd& known = found->second;
    if (is_new) known.is_known = fds_->Describe(wrap_.fd, &known.facts);
    known_fd_ = &known;
  }
  return known_fd_->is_known ? &known_fd_->facts : nullptr;
}

// The local address of the descriptor that known_fd_ describes.
PathValue PathReader::LocalAddress() {
  if (!known_fd_->is_local_known) {
    known_fd_->is_local_known = true;
    known_fd_->local = fds_->LocalAddress(wrap_.fd);
  }
  return Text(known_fd_->local);
}

PathValue PathReader::ReadFdFact(OpenStep::Fact fact) {
  const platform::FdFacts* facts = FactsOfFd();
  if (facts == nullptr) return {};
  switch (fact) {
    case OpenStep::Fact::kPeer:
      return Text(facts->peer);
    case OpenStep::Fact::kPeerHost:
      return Text(facts->peer_host);
    case OpenStep::Fact::kLocal:
      return LocalAddress();
    case OpenStep::Fact::kListening:
      return facts->state == "LISTEN" ? LocalAddress() : PathValue();
    case OpenStep::Fact::kState:
      return Text(facts->state);
    case OpenStep::Fact::kTarget:
      return Text(facts->target);
    case OpenStep::Fact::kReceivedMs:
      return KnownNumber(static_cast<double>(facts->received_ms));
    case OpenStep::Fact::kSentMs:
      return KnownNumber(static_cast<double>(facts->sent_ms));
    case OpenStep::Fact::kReceiveQueue:
      return KnownNumber(static_cast<double>(facts->receive_queue));
    case OpenStep::Fact::kSendQueue:
      return KnownNumber(static_cast<double>(facts->send_queue));
    default:
      return {};
  }
}

PathValue PathReader::HandleFact(OpenStep::Fact fact) {
  switch (fact) {
    case OpenStep::Fact::kActive:
      return Boolean(wrap_.is_active);
    case OpenStep::Fact::kRefed:
      return Boolean(wrap_.is_refed);
    case OpenStep::Fact::kClosing:
      return Boolean(wrap_.is_closing);
    case OpenStep::Fact::kFd:
      return KnownNumber(wrap_.fd);
    case OpenStep::Fact::kPid:
      return KnownNumber(wrap_.pid);
    case OpenStep::Fact::kPath:
      return ReadCharacters(wrap_.path);
    case OpenStep::Fact::kQueued:
      return KnownNumber(static_cast<double>(wrap_.queued));
    default:
      return ReadFdFact(fact);
  }
}

// The number of a descriptor, as libraries keep it that write to files themselves.
PathValue PathReader::ReadFactOfNumber(Tagged number, OpenStep::Fact fact) {
  known_wrap_ = number;
  wrap_ = WrapFacts();
  wrap_.fd = number.ToSmi();
  is_alive_ = false;
  known_fd_ = nullptr;
  return ReadFdFact(fact);
}

PathValue PathReader::ReadFact(Tagged object, OpenStep::Fact fact) {
  if (object.IsSmi()) return ReadFactOfNumber(object, fact);
  if (fact == OpenStep::Fact::kDueMs) return ReadDue(object);
  if (object != known_wrap_) {
    known_wrap_ = object;
    wrap_ = WrapFacts();
    known_fd_ = nullptr;
    is_alive_ = wraps_.Read(object, &wrap_);
    if (is_alive_ && wrap_.is_handle) loop_ = wrap_.loop;
  }
  if (!is_alive_) return {};
  if (fact == OpenStep::Fact::kAlive) return Boolean(true);
  if (fact == OpenStep::Fact::kType) return Text(wrap_.type == nullptr ? "" : wrap_.type);
  return wrap_.is_handle ? HandleFact(fact) : PathValue();
}

PathValue PathReader::ToValue(Tagged tagged) {
  PathValue value;
  value.object = tagged;
  if (tagged.IsSmi()) {
    value.number = tagged.ToSmi();
  } else if (heap_->TypeOf(&value.object) >= heap_->layout().type_proxy) {
    value.kind = PathValue::Kind::kObject;
    return value;
  }
  switch (PrimitiveText(*heap_, *layout_, *strings_, tagged, text_, sizeof text_)) {
    case PrimitiveKind::kString:
      value.kind = PathValue::Kind::kString;
      break;
    case PrimitiveKind::kNumber:
      value.kind = PathValue::Kind::kNumber;
      if (!tagged.IsSmi()) heap_->memory().Load(tagged.Slot(layout_->heap_number_value), &value.number);
      break;
    case PrimitiveKind::kBoolean:
      value.kind = PathValue::Kind::kBoolean;
      break;
    case PrimitiveKind::kNull:
      value.kind = PathValue::Kind::kNull;
      break;
    case PrimitiveKind::kNone: {
      const int32_t type = heap_->TypeOf(&value.object);
      // undefined is as good as nothing.
      if (type < 0 || type == layout_->type_oddball) return {};
      value.kind = PathValue::Kind::kOther;
      return value;
    }
  }
  value.text = text_;
  return value;
}

bool PathReader::StepAt(size_t number, Tagged* object, const OpenStep& step) {
  if (number >= kKnownSteps || !object->IsObject()) return Step(object, step);
  KnownStep& known = known_steps_[number];
  if (known.from != *object || known.step != step.number) {
    known = {*object, step.number, false, *object};
    known.is_there = Step(&known.to, step);
  }
  *object = known.to;
  return known.is_there;
}

PathValue PathReader::Read(Tagged object, const OpenPath& path) {
  for (size_t i = 0; i < path.steps.size(); ++i) {
    const OpenStep& step = path.steps[i];
    if (step.kind == OpenStep::Kind::kFact) return ReadFact(object, step.fact);
    const bool is_last = i + 1 == path.steps.size();
    if (is_last ? !Step(&object, step) : !StepAt(i, &object, step)) return {};
  }
  return ToValue(object);
}

}  // namespace gmr::vm
