#include "code_lookup.h"

#include <algorithm>

namespace gmr::vm {

namespace {

// Instructions start at a multiple of it, kCodeAlignment in src/common/globals.h
// (64 in newer versions).
constexpr uint64_t kCodeAlignment = 32;
// Up to 2 MiB back: V8 compiles no larger function.
constexpr int kMaxStepsBack = 65536;
// The return address of a call that never returns may lie right behind the code.
constexpr uint32_t kBehindCode = 8;

bool LooksLikeMapWord(uint64_t word) {
  // A tagged map, or the untagged new address of a moved object.
  return ((word & 7) == 1 || (word & 7) == 0) && IsProcessAddress(word);
}

}  // namespace

bool CodeLookup::Points(Tagged code, platform::Address header, platform::Address start) const {
  platform::Address stream;
  platform::Address code_start;
  const Layout& layout = heap_->layout();
  if (!heap_->LoadAddress(code, layout.code_instruction_stream, &stream)) return false;
  if (!heap_->LoadAddress(code, layout.code_start, &code_start)) return false;
  return stream.number() == Tagged::At(header).bits() && code_start == start;
}

// What a random pair of words would hardly pass, before objects are read.
bool CodeLookup::MayBeHeader(platform::Address header, bool* readable) const {
  uint64_t map_word = 0;
  uint64_t code_word = 0;
  platform::MemoryReader& memory = heap_->memory();
  *readable = memory.Load(header, &map_word) &&
              memory.Load(Tagged::At(header).Slot(heap_->layout().stream_code), &code_word);
  return *readable && LooksLikeMapWord(map_word) && Tagged(code_word).IsObject();
}

bool CodeLookup::ReadHeader(platform::Address header, platform::Address start, CodeObject* code) const {
  const Layout& layout = heap_->layout();
  Tagged stream = Tagged::At(header);
  Tagged object;
  // The code word survives where the object was before it moved.
  if (!heap_->Load(stream, layout.stream_code, &object) || !heap_->Is(&object, layout.type_code))
    return false;
  if (!heap_->Is(&stream, layout.type_instruction_stream)) return false;
  // While V8 moves it, the Code points to the old or to the new place.
  const uint64_t moved = stream.Slot(0) - header;
  if (!Points(object, header, start) && !Points(object, header + moved, start + moved)) return false;
  uint32_t flags = 0;
  if (!heap_->LoadUint32(object, layout.code_size, &code->size)) return false;
  if (!heap_->LoadUint32(object, layout.code_flags, &flags)) return false;
  code->code = object;
  code->start = start;
  code->kind = static_cast<int32_t>(flags & static_cast<uint32_t>(layout.kind_mask));
  return true;
}

void CodeLookup::Reset() {
  known_count_ = 0;
  gap_count_ = 0;
  steps_ = 0;
  candidates_ = 0;
}

const CodeObject* CodeLookup::FindKnown(platform::Address pc) const {
  const int known = std::min(known_count_, kKnown);
  for (int i = 0; i < known; ++i) {
    if (pc >= known_[i].start && pc - known_[i].start <= known_[i].size) return &known_[i];
  }
  return nullptr;
}

bool CodeLookup::IsInGap(platform::Address pc) const {
  const int count = std::min(gap_count_, kGaps);
  return std::any_of(gaps_, gaps_ + count, [pc](const Gap& gap) { return pc >= gap.begin && pc <= gap.end; });
}

bool CodeLookup::SearchBack(platform::Address pc, CodeObject* code, platform::Address* searched_from) {
  const int32_t header_bytes = heap_->layout().stream_header_bytes;
  platform::Address start = pc.AlignedDown(kCodeAlignment);
  for (int step = 0; step < kMaxStepsBack; ++step, start -= kCodeAlignment) {
    bool readable = false;
    *searched_from = start;
    if (++steps_ > kMaxSteps || candidates_ > kMaxCandidates) return false;
    const bool candidate = MayBeHeader(start - header_bytes, &readable);
    if (!readable) return false;
    if (!candidate) continue;
    ++candidates_;
    if (!ReadHeader(start - header_bytes, start, code)) continue;
    // The first header on the way back: if it does not reach to pc, nothing does.
    return pc - start <= uint64_t{code->size} + kBehindCode;
  }
  return false;
}

bool CodeLookup::Find(platform::Address pc, CodeObject* code) {
  if (const CodeObject* known = FindKnown(pc)) {
    *code = *known;
    return true;
  }
  if (IsInGap(pc)) return false;
  platform::Address searched_from = pc;
  if (SearchBack(pc, code, &searched_from)) {
    known_[known_count_++ % kKnown] = *code;
    return true;
  }
  // Where the search stopped at a header, its own code is below what was searched.
  if (code->start == searched_from) searched_from += code->size;
  gaps_[gap_count_++ % kGaps] = {searched_from, pc};
  return false;
}

}  // namespace gmr::vm
