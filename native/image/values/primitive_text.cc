#include "primitive_text.h"

#include <charconv>
#include <cmath>
#include <cstdio>

namespace gmr::vm {

namespace {

// From this value on, JavaScript prints integers with an exponent too.
constexpr double kLongestInteger = 1e21;
// Up to this, std::to_chars() prints them, which takes a tenth of the time of snprintf(). A heap has many.
constexpr double kExactInteger = 9007199254740992;

void PrintInteger(int64_t number, char* text, size_t capacity) {
  const auto [end, error] = std::to_chars(text, text + capacity - 1, number);
  *(error == std::errc() ? end : text) = '\0';
}

// Neither snprintf() nor std::to_chars() allocates here.
void PrintNumber(double number, char* text, size_t capacity) {
  if (std::isnan(number) || std::isinf(number)) {
    std::snprintf(text, capacity, "%s", std::isnan(number) ? "NaN" : number < 0 ? "-Infinity" : "Infinity");
  } else if (std::trunc(number) == number && std::fabs(number) <= kExactInteger) {
    PrintInteger(static_cast<int64_t>(number), text, capacity);
  } else if (std::trunc(number) == number && std::fabs(number) < kLongestInteger) {
    std::snprintf(text, capacity, "%.0f", number);
  } else {
    const auto [end, error] = std::to_chars(text, text + capacity - 1, number);
    *(error == std::errc() ? end : text) = '\0';
  }
}

}  // namespace

PrimitiveKind PrimitiveText(const HeapReader& heap, const HeapLayout& layout, const RawStrings& strings,
                            Tagged value, char* text, size_t capacity) {
  double number = 0;
  int32_t kind = -1;
  if (value.IsSmi()) {
    PrintInteger(value.ToSmi(), text, capacity);
    return PrimitiveKind::kNumber;
  }
  const int32_t type = heap.TypeOf(&value);
  if (type < 0) return PrimitiveKind::kNone;
  if (type == layout.type_heap_number) {
    if (!heap.memory().Load(value.Slot(layout.heap_number_value), &number)) return PrimitiveKind::kNone;
    PrintNumber(number, text, capacity);
    return PrimitiveKind::kNumber;
  }
  if (type == layout.type_oddball) {
    if (!heap.LoadSmi(value, layout.oddball_kind, &kind)) return PrimitiveKind::kNone;
    const bool is_true = kind == layout.oddball_true;
    if (!is_true && kind != layout.oddball_false && kind != layout.oddball_null) return PrimitiveKind::kNone;
    const bool is_null = kind == layout.oddball_null;
    std::snprintf(text, capacity, "%s", is_null ? "null" : is_true ? "true" : "false");
    return is_null ? PrimitiveKind::kNull : PrimitiveKind::kBoolean;
  }
  return strings.CopyTo(value, text, capacity) ? PrimitiveKind::kString : PrimitiveKind::kNone;
}

}  // namespace gmr::vm
