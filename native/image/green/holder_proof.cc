#include "holder_proof.h"

#include <algorithm>

namespace gmr::vm {

bool HolderProof::HoldsAt(Tagged holder, int32_t offset, Tagged held) const {
  Tagged object = holder;
  Tagged word;
  if (heap_->TypeOf(&object) < 0 || object != holder) return false;
  if (offset != kByContext) return offset > 0 && heap_->Load(holder, offset, &word) && word == held;
  Tagged context;
  return heap_->IsFunction(&object) && heap_->Load(holder, layout_->function_context, &context) &&
         context.IsObject() && heap_->Load(context, layout_->resolve_promise, &word) && word == held;
}

// Tables of a Map or a Set are arrays of words too, under types of their own.
bool HolderProof::HoldsSomewhere(Tagged array, Tagged held) const {
  Tagged object = array;
  const int32_t type = heap_->TypeOf(&object);
  const bool is_plain = type >= 0 && type < heap_->layout().type_first_receiver && object == array;
  const bool is_context = type >= layout_->type_first_context && type <= layout_->type_last_context;
  if (!is_plain || is_context) return false;
  uint64_t words[512];
  const int64_t length = heap_->LengthOf(array);
  for (int64_t first = 0; first < length && first < kMaxElements; first += std::ssize(words)) {
    const int64_t count = std::min<int64_t>(std::ssize(words), length - first);
    const platform::Address begin = array.Slot(heap_->layout().array_data) + first * 8;
    if (!heap_->memory().Read(begin, words, static_cast<size_t>(count) * sizeof *words)) return false;
    if (std::find(words, words + count, held.bits()) != words + count) return true;
  }
  return false;
}

bool HolderProof::Find(Tagged held, const HeldBy& by, Tagged* now) const {
  *now = by.holder;
  if (HoldsAt(by.holder, by.offset, held)) return true;
  if (by.offset == kByContext) return false;
  Tagged instead;
  const bool has_outer = by.outer.IsObject() && by.outer_offset > 0 &&
                         heap_->Load(by.outer, by.outer_offset, &instead) && instead.IsObject();
  // What the outer one has left behind holds nothing any more.
  if (!has_outer || instead == by.holder) return HoldsSomewhere(by.holder, held);
  *now = instead;
  return HoldsSomewhere(instead, held);
}

}  // namespace gmr::vm
