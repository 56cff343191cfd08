#include "kind_count.h"

#include <algorithm>
#include <iterator>

namespace gmr::vm {

namespace {

constexpr uint64_t kWordBytes = sizeof(uint64_t);
// Symbol: map, hash, flags; src/objects/name.tq.
constexpr int kSymbolFlagsShift = 32;

// Code: deoptimization data, positions and others, src/objects/code.h.
constexpr size_t kCodeFields = 4;
// InstructionStream: its Code and the relocation info, in either order, src/objects/instruction-stream.h.
constexpr size_t kStreamFields = 2;

// Map: dependent code and validity cell, src/objects/map.tq, the same in V8 11.3 to 14.6.
constexpr size_t kDependentCode = 6;
constexpr size_t kBehindValidityCell = 8;

}  // namespace

void KindCount::Move(HeapKind from, HeapKind to, uint64_t bytes) {
  --counts_[static_cast<size_t>(from)];
  ++counts_[static_cast<size_t>(to)];
  bytes_[static_cast<size_t>(from)] -= static_cast<int64_t>(bytes);
  bytes_[static_cast<size_t>(to)] += static_cast<int64_t>(bytes);
}

void KindCount::Reset() {
  std::fill(std::begin(counts_), std::end(counts_), 0);
  std::fill(std::begin(bytes_), std::end(bytes_), 0);
  parts_of_code_.Truncate(0);
  parts_of_shapes_.Truncate(0);
}

void KindCount::NoteParts(const PageWords& page, size_t begin, size_t end, Parts* parts) {
  for (size_t i = begin; i < std::min(end, page.count); ++i) {
    const Tagged part = Tagged(page.at[i]).Strong();
    if (part.IsObject() && !parts->Append(part.bits())) return;
  }
}

// Only cells and arrays; an empty array is shared.
void KindCount::CountPart(Tagged part, HeapKind kind) {
  Tagged map;
  Tagged second;
  if (!heap_->Load(part, 0, &map) || !heap_->Load(part, kWordBytes, &second)) return;
  const uint32_t index = maps_->Find(map.bits());
  if (index == platform::kNoIndex) return;
  const MapEntry& entry = (*maps_)[index];
  if (entry.kind != HeapKind::kArray && entry.kind != HeapKind::kSystem) return;
  const bool is_of_shape = kind == HeapKind::kShape;
  if (is_of_shape && entry.type == layout_->type_cell)
    return Move(entry.kind, kind, kWordBytes * entry.words);
  if (!second.IsSmi() || second.ToSmi() <= 0) return;
  const bool is_array = entry.rule == SizeRule::kBytes || entry.rule == SizeRule::kWords ||
                        (is_of_shape && entry.rule == SizeRule::kWeakList);
  if (is_array) Move(entry.kind, kind, kWordBytes * walk_->WordsOf(entry, second.bits()));
}

void KindCount::CountParts(HeapKind kind, Parts* parts) {
  std::sort(parts->begin(), parts->end());
  const uint64_t* end = std::unique(parts->begin(), parts->end());
  for (const uint64_t* part = parts->begin(); part != end; ++part) CountPart(Tagged(*part), kind);
}

void KindCount::Finish() {
  CountParts(HeapKind::kCode, &parts_of_code_);
  CountParts(HeapKind::kShape, &parts_of_shapes_);
}

void KindCount::VisitMachineCode(const PageWords& page, size_t index) {
  const Layout& layout = heap_->layout();
  const Tagged code = Tagged::At(page.start + index * kWordBytes);
  Tagged stream;
  int32_t bytes = 0;
  if (layout.code_instruction_stream < 0 || !heap_->Load(code, layout.code_instruction_stream, &stream) ||
      !stream.IsObject() || !heap_->LoadInt32(code, layout.code_size, &bytes) || bytes < 0)
    return;
  ++counts_[static_cast<size_t>(HeapKind::kCode)];
  bytes_[static_cast<size_t>(HeapKind::kCode)] += int64_t{bytes} + std::max(0, layout.stream_header_bytes);
  for (size_t i = 1; i <= kStreamFields; ++i) {
    Tagged part;
    if (heap_->Load(stream, static_cast<int32_t>(i * kWordBytes), &part) && part.IsObject())
      parts_of_code_.Append(part.bits());
  }
}

void KindCount::Visit(const PageWords& page, const MapEntry& map, size_t index, uint64_t words,
                      bool is_read_only) {
  const Layout& layout = heap_->layout();
  if (map.kind == HeapKind::kShape) {
    if (map.type != layout.type_map) {
      if (map.rule != SizeRule::kDescriptors) NoteParts(page, index + 1, index + words, &parts_of_shapes_);
      return;
    }
    if (is_read_only) return Move(map.kind, HeapKind::kSystem, kWordBytes * words);
    NoteParts(page, index + kDependentCode, index + kBehindValidityCell, &parts_of_shapes_);
  } else if (map.kind == HeapKind::kSymbol) {
    const uint64_t private_bits = static_cast<uint64_t>(std::max(0, layout_->private_symbol_bits))
                                  << kSymbolFlagsShift;
    const bool is_private = index + 1 < page.count && (page.at[index + 1] & private_bits) != 0;
    if (is_private) Move(map.kind, HeapKind::kSystem, kWordBytes * words);
  } else if (map.rule == SizeRule::kBytecode) {
    NoteParts(page, index + 2, index + static_cast<size_t>(layout.bytecode_data) / kWordBytes,
              &parts_of_code_);
  } else if (map.type == layout.type_code) {
    NoteParts(page, index + 1, index + kCodeFields, &parts_of_code_);
    VisitMachineCode(page, index);
  } else if (map.has_parts) {
    // Behind its id, a script has the names of the parameters that it was wrapped with;
    // src/objects/script.tq.
    const size_t parameters = index + static_cast<size_t>(layout.script_id) / kWordBytes + 1;
    const bool is_wrapped = map.type == layout.type_script && layout.script_id > 0;
    NoteParts(page, index + 1, is_wrapped ? parameters : index + words, &parts_of_code_);
    if (is_wrapped) NoteParts(page, parameters + 1, index + words, &parts_of_code_);
  }
}

}  // namespace gmr::vm
