#include "wrap_reader.h"

namespace gmr::vm {

namespace {

// v8::internal::Internals, include/v8-internal.h, the same in V8 11.3 to 14.6.
constexpr int32_t kSpecialApiObjectType = 0x410;
constexpr int32_t kFirstApiObjectType = 0x421;
constexpr int32_t kLastApiObjectType = 0x80a;
// Embedder fields follow map, properties and elements; since V8 13 a field for cppgc is in between.
constexpr int32_t kEmbedderFields[] = {24, 32};
// BaseObject::kSlot.
constexpr int32_t kSlot = 1;
// BaseObject: a table of virtual functions, then the v8::Global of the JavaScript object.
constexpr int32_t kPersistentHandle = 8;
// BaseObject and AsyncWrap come before what HandleWrap adds: a queue, a state, and a pointer to the handle.
constexpr int32_t kFirstHandlePointer = 56;
constexpr int32_t kLastHandlePointer = 136;
// ReqWrap holds the request itself, as its last member but one.
constexpr int32_t kFirstRequest = 56;
constexpr int32_t kLastRequest = 256;

bool IsAligned(platform::Address address) {
  return address % sizeof(uint64_t) == 0 && IsProcessAddress(address.number());
}

}  // namespace

bool WrapReader::RefersBack(platform::Address base, Tagged object) const {
  platform::Address handle;
  uint64_t word = 0;
  platform::MemoryReader& memory = heap_->memory();
  return IsAligned(base) && memory.Load(base + kPersistentHandle, &handle) && IsAligned(handle) &&
         memory.Load(handle, &word) && word == object.bits();
}

bool WrapReader::FindBaseObject(Tagged object, platform::Address* base) const {
  const int32_t type = heap_->TypeOf(&object);
  if (type != kSpecialApiObjectType && (type < kFirstApiObjectType || type > kLastApiObjectType))
    return false;
  for (const int32_t fields : kEmbedderFields) {
    if (heap_->LoadAddress(object, fields + 8 * kSlot, base) && RefersBack(*base, object)) return true;
  }
  return false;
}

void WrapReader::ReadPollPath(platform::Address handle, WrapFacts* facts) const {
  platform::MemoryReader& memory = heap_->memory();
  platform::Address context;
  platform::Address parent;
  if (memory.Load(handle + uv::kFsPollContext, &context) && IsAligned(context) &&
      memory.Load(context + uv::kPollContextParent, &parent) && parent == handle)
    facts->path = context + uv::kPollContextPath;
}

void WrapReader::ReadOfType(uint32_t type, platform::Address handle, WrapFacts* facts) const {
  platform::MemoryReader& memory = heap_->memory();
  switch (type) {
    case uv::kTcp:
    case uv::kPipe:
    case uv::kTty:
      memory.Load(handle + uv::kStreamFd, &facts->fd);
      memory.Load(handle + uv::kStreamQueuedBytes, &facts->queued);
      break;
    case uv::kUdp:
      memory.Load(handle + uv::kUdpFd, &facts->fd);
      memory.Load(handle + uv::kUdpQueuedBytes, &facts->queued);
      break;
    case uv::kPoll:
      memory.Load(handle + uv::kPollFd, &facts->fd);
      break;
    case uv::kFsEvent:
      memory.Load(handle + uv::kFsEventPath, &facts->path);
      break;
    case uv::kFsPoll:
      ReadPollPath(handle, facts);
      break;
    case uv::kProcess:
      memory.Load(handle + uv::kProcessPid, &facts->pid);
      break;
    default:
      break;
  }
}

bool WrapReader::ReadHandle(platform::Address base, platform::Address handle, WrapFacts* facts) const {
  platform::MemoryReader& memory = heap_->memory();
  platform::Address data;
  uint32_t type = 0;
  uint32_t flags = 0;
  if (!IsAligned(handle) || !memory.Load(handle + uv::kHandleData, &data) || data != base ||
      !memory.Load(handle + uv::kHandleLoop, &facts->loop) || !IsAligned(facts->loop) ||
      !memory.Load(handle + uv::kHandleType, &type) || type == 0 || type >= uv::kHandleTypes ||
      !memory.Load(handle + uv::kHandleFlags, &flags))
    return false;
  facts->type = uv::kHandleTypeNames[type];
  facts->is_handle = true;
  facts->is_active = (flags & uv::kIsActive) != 0;
  facts->is_refed = (flags & uv::kIsRefed) != 0;
  facts->is_closing = (flags & (uv::kIsClosing | uv::kIsClosed)) != 0;
  ReadOfType(type, handle, facts);
  return true;
}

bool WrapReader::ReadRequest(platform::Address base, platform::Address request, WrapFacts* facts) const {
  platform::MemoryReader& memory = heap_->memory();
  platform::Address data;
  uint32_t type = 0;
  if (!memory.Load(request + uv::kRequestData, &data) || data != base ||
      !memory.Load(request + uv::kRequestType, &type) || type == 0 || type >= uv::kRequestTypes)
    return false;
  facts->type = uv::kRequestTypeNames[type];
  return true;
}

bool WrapReader::Read(Tagged object, WrapFacts* facts) const {
  platform::Address base;
  if (!FindBaseObject(object, &base)) return false;
  for (int32_t at = kFirstHandlePointer; at <= kLastHandlePointer; at += 8) {
    platform::Address handle;
    if (heap_->memory().Load(base + at, &handle) && ReadHandle(base, handle, facts)) return true;
  }
  *facts = WrapFacts();
  for (int32_t at = kFirstRequest; at <= kLastRequest; at += 8) {
    if (ReadRequest(base, base + at, facts)) break;
  }
  return true;
}

}  // namespace gmr::vm
