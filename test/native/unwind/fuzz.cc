#include "fuzz.h"

#include <algorithm>
#include <random>
#include <string>

#include "../../../native/base/clock.h"
#include "../../../native/process/elf_notes.h"
#include "../../../native/process/threads/passive_probe.h"
#include "../../../native/process/threads/syscall_describe.h"
#include "../../../native/unwind/cfi_unwinder.h"
#include "../../../native/unwind/demangle.h"

namespace gmr::test {

using platform::AddressRange;
using platform::Module;
using platform::Register;
using platform::Registers;

namespace {

class Random {
 public:
  explicit Random(uint64_t seed) : engine_(seed) {}
  uint64_t Any() { return engine_(); }
  uint64_t Below(uint64_t limit) { return limit == 0 ? 0 : engine_() % limit; }
  bool OneIn(uint64_t n) { return Below(n) == 0; }
  platform::Address Within(const AddressRange& range) { return range.start + Below(range.size()); }

 private:
  std::mt19937_64 engine_;
};

// Runs `once` for each run and keeps the longest time.
template <typename Once>
FuzzOutcome Repeat(int runs, Once once) {
  FuzzOutcome outcome;
  for (; outcome.runs < runs; ++outcome.runs) {
    const int64_t start_ns = platform::MonotonicNs();
    outcome.steps += once();
    outcome.longest_ms = std::max(outcome.longest_ms, platform::MsBetween(start_ns, platform::MonotonicNs()));
  }
  return outcome;
}

uint64_t RandomWord(Random* random, const AddressRange& stack) {
  switch (random->Below(4)) {
    case 0:
      return random->Any();
    case 1:
      return random->Within(stack).number();
    case 2:
      return random->Within(stack).AlignedDown(8).number();
    default:
      return random->Below(1 << 20);
  }
}

Registers RandomRegisters(Random* random, const AddressRange& stack) {
  Registers registers;
  for (int i = 0; i < platform::kRegisterCount; ++i) {
    if (!random->OneIn(3)) registers.Set(static_cast<Register>(i), RandomWord(random, stack));
  }
  // Mostly a stack pointer that leads somewhere, or nothing would be tested behind it.
  if (!random->OneIn(8)) registers.Set(platform::kStackPointer, random->Within(stack));
  return registers;
}

AddressRange OwnStack(const Preparation& preparation) {
  const platform::Address here = platform::OwnAddress(__builtin_frame_address(0));
  auto stack = preparation.maps.StackAt(here).value_or(AddressRange{here, here + 4096});
  stack.start = here;
  return stack;
}

const Module& RandomModule(Random* random, const Preparation& preparation) {
  const auto& modules = preparation.modules.modules();
  return modules[random->Below(modules.size())];
}

// A copy of a module's table, placed so that its relative pointers lead where
// the originals would. Code is looked up, never read, so there is none behind it.
struct TableCopy {
  std::vector<uint8_t> original;
  std::vector<uint8_t> bytes;
  Module module;
  uint64_t shift = 0;
};

TableCopy CopyTable(Preparation* preparation, const Module& module) {
  // .eh_frame follows its header in every binary of the usual linkers.
  constexpr size_t kTableBytes = size_t{256} << 10;
  TableCopy copy;
  const AddressRange& header = module.eh_frame_header;
  size_t bytes = header.end - header.start + kTableBytes;
  for (copy.original.resize(bytes); bytes > 64; copy.original.resize(bytes)) {
    if (preparation->reader.Read(header.start, copy.original.data(), bytes)) break;
    bytes = bytes * 3 / 4;
  }
  copy.bytes = copy.original;
  copy.module = module;
  copy.shift = platform::OwnAddress(copy.bytes.data()) - header.start;
  copy.module.eh_frame_header.start += copy.shift;
  copy.module.eh_frame_header.end += copy.shift;
  return copy;
}

void ChangeBytes(Random* random, TableCopy* copy) {
  copy->bytes = copy->original;  // the same size, so the same place
  const uint64_t changes = 1 + random->Below(copy->bytes.size() / 16);
  for (uint64_t i = 0; i < changes; ++i) {
    copy->bytes[random->Below(copy->bytes.size())] = static_cast<uint8_t>(random->Any());
  }
  // The four bytes that say how the table is stored: most changes would end there.
  if (!random->OneIn(4)) std::copy_n(copy->original.begin(), 12, copy->bytes.begin());
}

std::string RandomText(Random* random) {
  static constexpr char kAlphabet[] = "0123456789abcdefx -\n\t[]()<>{}/_ZNStI3fooEvPKc,:~&*";
  std::string text;
  const uint64_t length = random->Below(200);
  for (uint64_t i = 0; i < length; ++i) {
    text +=
        random->OneIn(30) ? static_cast<char>(random->Any()) : kAlphabet[random->Below(sizeof kAlphabet - 1)];
  }
  return text;
}

}  // namespace

FuzzOutcome FuzzRegisters(Preparation* preparation, int runs, uint64_t seed) {
  Random random(seed);
  platform::NativeThreadJudge judge;
  const AddressRange stack = OwnStack(*preparation);
  return Repeat(runs, [&] {
    Registers registers = RandomRegisters(&random, stack);
    if (!random.OneIn(10))
      registers.Set(platform::kProgramCounter, random.Within(RandomModule(&random, *preparation).code));
    preparation->reader.Forget();
    return static_cast<int>(WalkFrom(preparation, registers, random.OneIn(2), &judge).pcs.size()) - 1;
  });
}

FuzzOutcome FuzzTables(Preparation* preparation, int runs, uint64_t seed) {
  Random random(seed);
  const AddressRange stack = OwnStack(*preparation);
  platform::CfiUnwinder unwinder(&preparation->reader);
  TableCopy copy;
  int until_next_module = 0;
  return Repeat(runs, [&] {
    if (until_next_module-- == 0) {
      until_next_module = 200;
      copy = CopyTable(preparation, RandomModule(&random, *preparation));
    }
    ChangeBytes(&random, &copy);
    preparation->reader.Forget();
    int steps = 0;
    for (int i = 0; i < 20; ++i) {
      Registers registers = RandomRegisters(&random, stack);
      registers.Set(platform::kProgramCounter, random.Within(copy.module.code) + copy.shift);
      const auto step = unwinder.Step(copy.module, random.OneIn(2), &registers);
      if (step.outcome == platform::StepOutcome::kStepped) ++steps;
    }
    return steps;
  });
}

FuzzOutcome FuzzTexts(Preparation* preparation, int runs, uint64_t seed) {
  Random random(seed);
  const AddressRange stack = OwnStack(*preparation);
  return Repeat(runs, [&] {
    const std::string text = RandomText(&random);
    platform::ThreadPlace place;
    platform::ParseSyscallText(text, &place);
    platform::ParseSchedstat(text, &place);
    platform::ParseStatusSwitches(text, &place);
    platform::ProcMaps::Parse(std::vector<char>(text.begin(), text.end()));
    platform::ShortenDemangled(text);
    platform::ReadableName("_Z" + text);
    platform::FindBuildId(text);
    place.state = platform::PlaceState::kBlocked;
    place.syscall = static_cast<int64_t>(random.Below(460));
    for (uint64_t& argument : place.arguments) argument = RandomWord(&random, stack);
    return platform::DescribeSyscall(place, &preparation->reader).view().empty() ? 0 : 1;
  });
}

}  // namespace gmr::test
