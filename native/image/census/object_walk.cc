#include "object_walk.h"

namespace gmr::vm {

namespace {

constexpr uint64_t kWordBytes = sizeof(uint64_t);
// String: map, hash, length.
constexpr uint64_t kStringHeaderBytes = 16;
// DescriptorArray: map, number_of_all_descriptors, src/objects/descriptor-array.tq.
constexpr uint64_t kWordsPerDescriptor = 3;
constexpr uint64_t kPropertiesMask = 1023;
// BigIntBase: map, sign in bit 0, length in the next 30, src/objects/bigint.h.
constexpr uint64_t kBigIntHeaderWords = 2;
constexpr uint64_t kBigIntLengthMask = (1u << 30) - 1;
// kMaxRegularHeapObjectSize, src/common/globals.h: a larger object has its page for itself.
constexpr uint64_t kMostWordsBesideOthers = (uint64_t{1} << 17) / kWordBytes;
// The header at the start of a page is smaller; that of V8 11.3 has 4424 bytes.
constexpr size_t kMostHeaderWords = 8192 / kWordBytes;
constexpr uint64_t kMaxWords = uint64_t{1} << 32;

uint64_t WordsFor(uint64_t bytes) { return (bytes + kWordBytes - 1) / kWordBytes; }

}  // namespace

size_t ObjectWalk::SkipGap(size_t index) const {
  const platform::Address at = page_.start + index * kWordBytes;
  for (const AllocationGap& gap : gaps_) {
    if (at != gap.top || gap.top.IsNull()) continue;
    return index + std::min<uint64_t>((gap.limit - gap.top) / kWordBytes, page_.count - index);
  }
  return index;
}

bool ObjectWalk::LoadWord(size_t index, uint64_t* word) const {
  if (index >= page_.count) return false;
  *word = page_.at[index];
  return true;
}

uint64_t ObjectWalk::WordsOfString(const MapEntry& map, uint64_t second) const {
  const uint64_t length = second >> 32;
  const Layout& layout = heap_->layout();
  const bool is_one_byte = (map.type & layout.string_encoding_mask) == layout.string_one_byte;
  return WordsFor(kStringHeaderBytes + (is_one_byte ? length : 2 * length));
}

uint64_t ObjectWalk::WordsAt(const MapEntry& map, size_t index) const {
  if (map.words != 0) return map.words;
  if (map.rule == SizeRule::kFreeSpace) return FreeWords(page_, index, layout_->free_space_unit);
  uint64_t second = 0;
  return LoadWord(index + 1, &second) ? WordsOf(map, second) : 0;
}

uint64_t ObjectWalk::WordsOf(const MapEntry& map, uint64_t second) const {
  if (map.words != 0) return map.words;
  if (map.rule == SizeRule::kString) return WordsOfString(map, second);
  const Layout& layout = heap_->layout();
  if (map.rule == SizeRule::kDescriptors)
    return static_cast<uint64_t>(layout.descriptors_header) / kWordBytes +
           kWordsPerDescriptor * (second & 0xffff);
  if (map.rule == SizeRule::kBigInt) return kBigIntHeaderWords + (second >> 1 & kBigIntLengthMask);
  if (map.rule == SizeRule::kUnknown || !Tagged(second).IsSmi() || Tagged(second).ToSmi() < 0) return 0;
  const auto length = static_cast<uint64_t>(Tagged(second).ToSmi());
  const uint64_t header = static_cast<uint64_t>(layout.array_data) / kWordBytes;
  switch (map.rule) {
    case SizeRule::kBytes:
      return header + WordsFor(length);
    case SizeRule::kWords:
      return header + length;
    case SizeRule::kWeakList:
      return header + 1 + length;
    case SizeRule::kProperties:
      return header + (length & kPropertiesMask);
    case SizeRule::kBytecode:
      return WordsFor(static_cast<uint64_t>(layout.bytecode_data) + length);
    default:
      return 0;
  }
}

bool ObjectWalk::EndsWell(size_t index, uint64_t words) const {
  if (words > kMostWordsBesideOthers) return index <= kMostHeaderWords;
  if (words >= page_.count - index) return words == page_.count - index;
  const size_t next = index + static_cast<size_t>(words);
  return maps_->Find(page_.at[next]) != platform::kNoIndex || SkipGap(next) != next;
}

bool ObjectWalk::IsPlausible(const MapEntry& map, size_t index) const {
  uint64_t next = 0;
  uint64_t elements = 0;
  if (map.kind != HeapKind::kObject && map.kind != HeapKind::kClosure) {
    const uint64_t words = WordsAt(map, index);
    // Where an object of known size ends, the next one must begin.
    return words == 0 || words >= kMaxWords || !LoadWord(index + words, &next) || Tagged(next).IsObject();
  }
  // Properties or a hash, then elements.
  return (!LoadWord(index + 1, &next) || Tagged(next).IsSmi() || Tagged(next).IsObject()) &&
         (!LoadWord(index + 2, &elements) || Tagged(elements).IsObject());
}

}  // namespace gmr::vm
