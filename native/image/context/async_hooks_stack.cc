#include "async_hooks_stack.h"

#include "../objects/own_name.h"

namespace gmr::vm {

namespace {

using platform::Address;

constexpr uint64_t kWordBytes = 8;
// node::Environment has 2 to 4 KB.
constexpr uint64_t kSearchedBytes = uint64_t{6} << 10;

// AliasedBufferBase, src/aliased_buffer.h: the C++ class, isolate, elements, offset in bytes, elements in
// memory, handle of the JavaScript array, index in the snapshot.
constexpr int kArrayWords = 7;
constexpr int kArrayIsolate = 1;
constexpr int kArrayCount = 2;
constexpr int kArrayOffset = 3;
constexpr int kArrayData = 4;
// Offsets of fields of node::AsyncHooks, in words.
constexpr int kFields = kArrayWords;
constexpr int kIdFields = 2 * kArrayWords;
constexpr int kJsResources = 3 * kArrayWords;
constexpr int kNativeResources = kJsResources + 1;
constexpr int kHooksWords = 3 * kArrayWords;

// AsyncHooks::Fields has nine elements, of which this one is the number of resources; UidFields has four.
constexpr uint64_t kFieldsCount = 9;
constexpr uint64_t kStackLength = 7;
constexpr uint64_t kIdFieldsCount = 4;
// There are two ids for each resource, and room for 16 resources at first.
constexpr uint64_t kLeastIds = 32;
constexpr uint64_t kMostIds = uint64_t{1} << 24;

// JSArray, src/objects/js-array.tq: map, properties, elements, length.
constexpr int32_t kArrayElements = 16;
constexpr int32_t kArrayLength = 24;

// std::deque of libstdc++ and libc++'s ABI on Linux: nodes of 512 bytes. Map, its size, then two iterators of
// four words: current, first, last, node.
constexpr int kDequeWords = 10;
constexpr int kBegin = 2;
constexpr int kEnd = 6;
constexpr uint64_t kNodeBytes = 512;
// Its elements are pointers, or since Node 26 a pointer and which kind of pointer it is.
constexpr uint64_t kElementBytes[] = {8, 16};

}  // namespace

bool AsyncHooksStack::LoadWords(Address at, uint64_t* words, int count) const {
  return heap_->memory().Read(at, words, static_cast<size_t>(count) * kWordBytes);
}

bool AsyncHooksStack::IsHooks(Address at, Address isolate) const {
  uint64_t words[kHooksWords];
  if (!LoadWords(at, words, kHooksWords)) return false;
  for (const int array : {0, kFields, kIdFields}) {
    if (Address(words[array + kArrayIsolate]) != isolate || words[array + kArrayOffset] != 0 ||
        !IsProcessAddress(words[array]) || !IsProcessAddress(words[array + kArrayData]))
      return false;
  }
  const uint64_t ids = words[kArrayCount];
  // Both arrays of ids are of one C++ class, and that of counts is of another.
  return words[0] == words[kIdFields] && words[0] != words[kFields] && ids >= kLeastIds && ids <= kMostIds &&
         words[kFields + kArrayCount] == kFieldsCount && words[kIdFields + kArrayCount] == kIdFieldsCount;
}

bool AsyncHooksStack::FindHooks(const ThreadAddresses& thread, Address* hooks) const {
  if (thread.environment.IsNull() || thread.isolate.IsNull()) return false;
  int found = 0;
  for (uint64_t offset = 0; offset < kSearchedBytes; offset += kWordBytes) {
    const Address at = thread.environment + offset;
    Address isolate;
    // Most words are something else, which is seen from one of them.
    if (!heap_->memory().Load(at + kArrayIsolate * kWordBytes, &isolate)) break;
    if (isolate != thread.isolate || !IsHooks(at, thread.isolate)) continue;
    *hooks = at;
    ++found;
  }
  return found == 1;
}

bool AsyncHooksStack::IsResource(Tagged* object) const {
  return object->IsObject() && heap_->TypeOf(object) >= heap_->layout().type_first_receiver;
}

bool AsyncHooksStack::FindOfJavaScript(Address hooks, uint32_t length, Tagged* resource) const {
  Address slot;
  uint64_t word = 0;
  if (!heap_->memory().Load(hooks + kJsResources * kWordBytes, &slot) || slot.IsNull() ||
      !heap_->memory().Load(slot, &word))
    return false;
  Tagged array(word);
  Tagged elements;
  int32_t count = 0;
  return heap_->Is(&array, layout_->type_array_object) && heap_->LoadSmi(array, kArrayLength, &count) &&
         count == static_cast<int32_t>(length) && heap_->Load(array, kArrayElements, &elements) &&
         heap_->IsArray(&elements) && count <= heap_->LengthOf(elements) &&
         heap_->LoadElement(elements, count - 1, resource) && IsResource(resource);
}

// std::vector: begin, end, end of the room.
bool AsyncHooksStack::FindInVector(Address vector, uint32_t length, Address* slot) const {
  uint64_t words[3];
  if (!LoadWords(vector, words, 3) || !IsProcessAddress(words[0]) || words[1] > words[2] ||
      words[1] - words[0] != length * kWordBytes)
    return false;
  return heap_->memory().Load(Address(words[1]) - kWordBytes, slot);
}

// The deque ends with the resource that C++ entered last, since whatever was behind it has been removed. So
// the distance from begin to end, divided by the number of elements, is the size of an element.
bool AsyncHooksStack::FindInDeque(Address deque, uint32_t length, Address* slot) const {
  uint64_t words[kDequeWords];
  if (!LoadWords(deque, words, kDequeWords)) return false;
  const uint64_t* begin = words + kBegin;
  const uint64_t* end = words + kEnd;
  for (const uint64_t* at : {begin, end}) {
    uint64_t node = 0;
    if (at[2] - at[1] != kNodeBytes || at[0] < at[1] || at[0] >= at[2] ||
        !heap_->memory().Load(Address(at[3]), &node) || node != at[1])
      return false;
  }
  const uint64_t nodes = (end[3] - begin[3]) / kWordBytes;
  const uint64_t bytes = nodes * kNodeBytes + (end[0] - end[1]) - (begin[0] - begin[1]);
  Address last(end[0]);
  if (end[0] == end[1]) {
    uint64_t node = 0;
    if (bytes == 0 || !heap_->memory().Load(Address(end[3] - kWordBytes), &node)) return false;
    last = Address(node + kNodeBytes);
  }
  for (const uint64_t size : kElementBytes) {
    // The element is the address of a handle, which is the address of a slot.
    Address handle;
    if (bytes == size * length)
      return heap_->memory().Load(last - size, &handle) && !handle.IsNull() &&
             heap_->memory().Load(handle, slot);
  }
  return false;
}

bool AsyncHooksStack::FindOfNative(Address hooks, uint32_t length, Tagged* resource) const {
  const Address native = hooks + kNativeResources * kWordBytes;
  Address slot;
  uint64_t word = 0;
  if (!FindInDeque(native, length, &slot) && !FindInVector(native, length, &slot)) return false;
  if (slot.IsNull() || !heap_->memory().Load(slot, &word)) return false;
  *resource = Tagged(word);
  return IsResource(resource);
}

AsyncHooksStack::Outcome AsyncHooksStack::FindResource(const ThreadAddresses& thread,
                                                       Tagged* resource) const {
  Address hooks;
  Address fields;
  uint32_t length = 0;
  if (!FindHooks(thread, &hooks) ||
      !heap_->memory().Load(hooks + (kFields + kArrayData) * kWordBytes, &fields) ||
      !heap_->memory().Load(fields + kStackLength * sizeof length, &length))
    return Outcome::kUnknown;
  if (length == 0) return Outcome::kEmpty;
  if (length > kMostIds) return Outcome::kUnknown;
  // As executionAsyncResource() in lib/internal/async_hooks.js.
  if (!FindOfJavaScript(hooks, length, resource) && !FindOfNative(hooks, length, resource))
    return Outcome::kUnknown;
  Tagged of_users;
  if (ReadOwnDescribed(*heap_, *strings_, *resource, "resource_symbol", &of_users) && IsResource(&of_users))
    *resource = of_users;
  return Outcome::kFound;
}

}  // namespace gmr::vm
