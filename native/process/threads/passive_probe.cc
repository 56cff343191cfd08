#include "passive_probe.h"

#include <charconv>
#include <cstddef>
#include <iterator>

namespace gmr::platform {

namespace {

// Takes the next word of `text` as a number, hexadecimal behind "0x".
template <typename T>
bool TakeNumber(std::string_view* text, T* value) {
  const size_t start = text->find_first_not_of(" \t\n");
  if (start == text->npos) return false;
  text->remove_prefix(start);
  std::string_view word = text->substr(0, text->find_first_of(" \t\n"));
  text->remove_prefix(word.size());
  const bool is_hexadecimal = word.starts_with("0x");
  if (is_hexadecimal) word.remove_prefix(2);
  const auto [end, error] =
      std::from_chars(word.data(), word.data() + word.size(), *value, is_hexadecimal ? 16 : 10);
  return error == std::errc() && end == word.data() + word.size() && !word.empty();
}

// "voluntary_ctxt_switches:	150"
bool FindNumberBehind(std::string_view text, std::string_view label, uint64_t* value) {
  const size_t at = text.find(label);
  if (at == text.npos) return false;
  text.remove_prefix(at + label.size());
  return TakeNumber(&text, value);
}

}  // namespace

Registers ThreadPlace::ToRegisters() const {
  Registers registers;
  registers.Set(kStackPointer, stack_pointer);
  registers.Set(kProgramCounter, program_counter);
  return registers;
}

bool ParseSyscallText(std::string_view text, ThreadPlace* place) {
  if (text.starts_with("running")) {
    place->state = PlaceState::kRunning;
    return true;
  }
  if (!TakeNumber(&text, &place->syscall)) return false;
  // Outside of a system call, only the two registers follow the -1.
  for (size_t i = 0; place->syscall >= 0 && i < std::size(place->arguments); ++i) {
    if (!TakeNumber(&text, &place->arguments[i])) return false;
  }
  if (!TakeNumber(&text, &place->stack_pointer) || !TakeNumber(&text, &place->program_counter)) return false;
  place->state = PlaceState::kBlocked;
  return true;
}

// "time on the CPU in ns, time waiting for it, times scheduled"
bool ParseSchedstat(std::string_view text, ThreadPlace* place) {
  uint64_t waited_ns = 0;
  return TakeNumber(&text, &place->cpu_ns) && TakeNumber(&text, &waited_ns) &&
         TakeNumber(&text, &place->times_scheduled);
}

bool ParseStatusSwitches(std::string_view text, ThreadPlace* place) {
  uint64_t voluntary = 0;
  uint64_t forced = 0;
  // The longer label contains the shorter one, which the line break tells apart.
  if (!FindNumberBehind(text, "\nvoluntary_ctxt_switches:", &voluntary)) return false;
  if (!FindNumberBehind(text, "\nnonvoluntary_ctxt_switches:", &forced)) return false;
  place->times_scheduled = voluntary + forced;
  return true;
}

}  // namespace gmr::platform
