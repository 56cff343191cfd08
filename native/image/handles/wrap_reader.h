// WrapReader: the C++ side of a JavaScript object that Node made for a handle or a request.
//
// Owns:        nothing.
// Threads:     one at a time, as the MemoryReader.
// Signal-safe: no; but it takes no lock and does not allocate.
// Lifetime:    of the HeapReader.
//
// node::BaseObject is believed only when it refers back to the JavaScript object; a uv_handle_t or uv_req_t
// only when its first field refers back to the BaseObject. A closed handle has no BaseObject any more.
#ifndef GMR_NATIVE_IMAGE_HANDLES_WRAP_READER_H_
#define GMR_NATIVE_IMAGE_HANDLES_WRAP_READER_H_

#include <cstdint>

#include "../objects/tagged.h"
#include "uv_layout.h"

namespace gmr::vm {

struct WrapFacts {
  // A literal; nullptr: neither a handle nor a request of libuv's was found.
  const char* type = nullptr;
  bool is_handle = false;
  // Of a handle:
  bool is_active = false;
  bool is_refed = false;
  bool is_closing = false;
  int32_t fd = -1;      // -1: none
  int64_t queued = -1;  // bytes; -1: it has no queue
  int32_t pid = -1;
  platform::Address loop;
  platform::Address path;  // of a watched file: its characters; null: none
};

class WrapReader {
 public:
  explicit WrapReader(const HeapReader* heap) : heap_(heap) {}

  // False: `object` was not made by Node's C++, or that side of it is gone.
  bool Read(Tagged object, WrapFacts* facts) const;

 private:
  bool FindBaseObject(Tagged object, platform::Address* base) const;
  bool RefersBack(platform::Address base, Tagged object) const;
  bool ReadHandle(platform::Address base, platform::Address handle, WrapFacts* facts) const;
  bool ReadRequest(platform::Address base, platform::Address request, WrapFacts* facts) const;
  void ReadPollPath(platform::Address handle, WrapFacts* facts) const;
  void ReadOfType(uint32_t type, platform::Address handle, WrapFacts* facts) const;

  const HeapReader* heap_;
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_HANDLES_WRAP_READER_H_
