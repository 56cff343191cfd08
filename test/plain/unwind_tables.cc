// Unwind tables as linkers write them, and steps from a frame to its caller. Registers are those of x64.

#include <memory>
#include <vector>

#include "../../native/unwind/cfi_unwinder.h"
#include "../../native/unwind/eh_frame.h"
#include "../../native/unwind/machine_code.h"
#include "harness.h"
#include "recorded_memory.h"

namespace gmr::test {

namespace {

using platform::CfiUnwinder;
using platform::DwarfCursor;
using platform::EhFrameReader;
using platform::MemoryReader;
using platform::Module;
using platform::Registers;
using platform::StepOutcome;
using platform::StepResult;
using platform::TakeEncodedPointer;
using platform::UnwindEntry;

using Bytes = std::vector<uint8_t>;

constexpr platform::Address kModule(0x5555'0000);
constexpr platform::Address kHeader = kModule + 0x2000;
constexpr platform::Address kFrames = kModule + 0x3000;
constexpr platform::Address kStack(0x7ffe'0000);

template <typename T>
void Append(Bytes* bytes, T value) {
  const auto* from = reinterpret_cast<const uint8_t*>(&value);
  bytes->insert(bytes->end(), from, from + sizeof value);
}

// A module with code at kModule, one CIE and an FDE for each function.
struct Image {
  RecordedMemory source;
  MemoryReader reader{&source};
  Module module;
  Bytes frames;
  std::vector<std::pair<platform::Address, platform::Address>> table;  // function, FDE

  Image() : Image(Cie("zR", {0x1b})) {}
  explicit Image(const Bytes& cie) {
    source.Map(kModule, 0x6000);
    source.Map(kStack, 0x2000);
    module.code = {kModule, kModule + 0x2000};
    module.eh_frame_header = {kHeader, kHeader + 0x1000};
    frames = cie;
  }

  // Version 1, factors 1 and -8, return address in register 16, and the common row of x64.
  static Bytes Cie(std::string_view names, const Bytes& data, uint8_t version = 1) {
    Bytes body;
    Append(&body, uint32_t{0});
    body.push_back(version);
    body.insert(body.end(), names.begin(), names.end());
    body.insert(body.end(), {0, 0x01, 0x78, 0x10});
    if (names.starts_with('z')) body.push_back(static_cast<uint8_t>(data.size()));
    body.insert(body.end(), data.begin(), data.end());
    body.insert(body.end(), {0x0c, 0x07, 0x08, 0x90, 0x01});
    Bytes record;
    Append(&record, static_cast<uint32_t>(body.size()));
    record.insert(record.end(), body.begin(), body.end());
    return record;
  }

  void AddFunction(platform::Address start, uint32_t size, const Bytes& program) {
    const platform::Address fde = kFrames + frames.size();
    Bytes body;
    Append(&body, static_cast<uint32_t>(fde + 4 - kFrames));  // back to the CIE
    Append(&body, static_cast<int32_t>(start - (fde + 8)));   // relative to its own place
    Append(&body, size);
    body.push_back(0);
    body.insert(body.end(), program.begin(), program.end());
    Append(&frames, static_cast<uint32_t>(body.size()));
    frames.insert(frames.end(), body.begin(), body.end());
    table.emplace_back(start, fde);
  }

  void Finish(uint8_t version = 1, uint8_t table_encoding = 0x3b, uint32_t more = 0) {
    Bytes header = {version, 0x1b, 0x03, table_encoding};
    Append(&header, static_cast<int32_t>(kFrames - (kHeader + 4)));
    Append(&header, static_cast<uint32_t>(table.size()) + more);
    for (const auto& [function, fde] : table) {
      Append(&header, static_cast<int32_t>(function - kHeader));
      Append(&header, static_cast<int32_t>(fde - kHeader));
    }
    source.Write(kHeader, header.data(), header.size());
    source.Write(kFrames, frames.data(), frames.size());
    reader.Forget();
  }

  bool Find(platform::Address pc, UnwindEntry* entry) {
    found = std::make_unique<EhFrameReader>(&reader);
    return found->Find(module, pc, entry);
  }
  std::unique_ptr<EhFrameReader> found;
};

const Bytes kPrologue = {0x41, 0x0e, 0x10, 0x86, 0x02, 0x43, 0x0d, 0x06};

TEST("EhFrameReader finds the entry of each function") {
  Image image;
  image.AddFunction(kModule + 0x100, 0x40, kPrologue);
  image.AddFunction(kModule + 0x200, 0x80, {});
  image.AddFunction(kModule + 0x300, 0x10, {});
  image.Finish();
  UnwindEntry entry;
  CHECK(image.Find(kModule + 0x27f, &entry));
  CHECK_EQ(entry.function.start, kModule + 0x200);
  CHECK_EQ(entry.function.end, kModule + 0x280);
  CHECK_EQ(entry.data_factor, -8);
  CHECK_EQ(entry.return_column, 16);
  CHECK_EQ(entry.pointer_encoding, 0x1b);
  CHECK_EQ(entry.common_program.left(), 5);
  CHECK(image.Find(kModule + 0x100, &entry));
  CHECK_EQ(entry.function_program.left(), kPrologue.size());
}

TEST("EhFrameReader finds nothing before, between and behind functions") {
  Image image;
  image.AddFunction(kModule + 0x100, 0x40, {});
  image.AddFunction(kModule + 0x200, 0x80, {});
  image.Finish();
  UnwindEntry entry;
  CHECK(!image.Find(kModule + 0xff, &entry));
  CHECK(!image.Find(kModule + 0x140, &entry));
  CHECK(!image.Find(kModule + 0x280, &entry));
}

TEST("EhFrameReader refuses a header of another version or form") {
  Image image;
  image.AddFunction(kModule + 0x100, 0x40, {});
  UnwindEntry entry;
  image.Finish(2);
  CHECK(!image.Find(kModule + 0x100, &entry));
  image.Finish(1, 0x1b);
  CHECK(!image.Find(kModule + 0x100, &entry));
  image.Finish();
  CHECK(image.Find(kModule + 0x100, &entry));
}

TEST("EhFrameReader refuses a table that is larger than its section") {
  Image image;
  image.AddFunction(kModule + 0x100, 0x40, {});
  image.Finish(1, 0x3b, 1000);
  UnwindEntry entry;
  CHECK(!image.Find(kModule + 0x100, &entry));
}

TEST("EhFrameReader refuses a module without a table, and one that is unmapped") {
  Image image;
  image.AddFunction(kModule + 0x100, 0x40, {});
  image.Finish();
  UnwindEntry entry;
  image.source.Unmap(kFrames, 0x1000);
  CHECK(!image.Find(kModule + 0x100, &entry));
  image.module.eh_frame_header = {};
  CHECK(!image.Find(kModule + 0x100, &entry));
}

TEST("EhFrameReader knows the frames of signals, and skips personalities") {
  Image image(Image::Cie("zPLRS", {0x03, 1, 2, 3, 4, 0x1b, 0x1b}));
  image.AddFunction(kModule + 0x100, 0x40, {});
  image.Finish();
  UnwindEntry entry;
  CHECK(image.Find(kModule + 0x100, &entry));
  CHECK(entry.is_signal_frame);
  CHECK_EQ(entry.pointer_encoding, 0x1b);
}

TEST("EhFrameReader refuses CIEs of other versions, and old augmentations") {
  UnwindEntry entry;
  for (const Bytes& cie : {Image::Cie("zR", {0x1b}, 4), Image::Cie("eh", {})}) {
    Image image(cie);
    image.AddFunction(kModule + 0x100, 0x40, {});
    image.Finish();
    CHECK(!image.Find(kModule + 0x100, &entry));
  }
}

TEST("EhFrameReader takes version 3, whose return column may be any number") {
  Image image(Image::Cie("zR", {0x1b}, 3));
  image.AddFunction(kModule + 0x100, 0x40, {});
  image.Finish();
  UnwindEntry entry;
  CHECK(image.Find(kModule + 0x100, &entry));
  CHECK_EQ(entry.return_column, 16);
}

TEST("EhFrameReader refuses a CIE where the table promises an FDE") {
  Image image;
  image.table.emplace_back(kModule + 0x100, kFrames);
  image.Finish();
  UnwindEntry entry;
  CHECK(!image.Find(kModule + 0x100, &entry));
}

TEST("TakeEncodedPointer knows what pointers are relative to") {
  const Bytes bytes = {0xf0, 0xff, 0xff, 0xff};
  const auto take = [&](uint8_t encoding, bool* failed) {
    DwarfCursor cursor(bytes.data(), bytes.size(), platform::Address(0x2000));
    const platform::Address pointer = TakeEncodedPointer(&cursor, encoding, platform::Address(0x9000));
    *failed = cursor.failed();
    return pointer;
  };
  bool failed = false;
  CHECK_EQ(take(0x1b, &failed), 0x1ff0);
  CHECK_EQ(take(0x3b, &failed), 0x8ff0);
  CHECK_EQ(take(0x03, &failed), 0xfffffff0);
  CHECK_EQ(take(0xff, &failed), 0);
  CHECK(!failed);
  take(0x9b, &failed);
  CHECK(failed);
  take(0x2b, &failed);
  CHECK(failed);
  take(0x0f, &failed);
  CHECK(failed);
}

#if defined(__x86_64__)

// A function at 0x100 with a frame pointer, called from 0x250.
struct Frames : Image {
  Registers registers;

  Frames() {
    AddFunction(kModule + 0x100, 0x40, kPrologue);
    Finish();
    registers.Set(platform::kProgramCounter, kModule + 0x110);
    registers.Set(platform::kStackPointer, kStack + 0x100);
    registers.Set(platform::kFramePointer, kStack + 0x120);
    source.Put(kStack + 0x120, kStack + 0x180);
    source.Put(kStack + 0x128, kModule + 0x250);
  }
  StepResult Step(bool pc_is_exact = true) {
    return std::make_unique<CfiUnwinder>(&reader)->Step(module, pc_is_exact, &registers);
  }
};

TEST("CfiUnwinder steps to the caller") {
  Frames frames;
  const StepResult result = frames.Step();
  CHECK(result.outcome == StepOutcome::kStepped);
  CHECK_EQ(result.function_start, kModule + 0x100);
  CHECK_EQ(frames.registers.pc(), kModule + 0x250);
  CHECK_EQ(frames.registers.sp(), kStack + 0x130);
  CHECK_EQ(frames.registers.Get(platform::kFramePointer), kStack + 0x180);
  CHECK(!frames.registers.Has(platform::kRax));
}

TEST("CfiUnwinder takes a return address for that of the call before it") {
  Frames frames;
  frames.registers.Set(platform::kProgramCounter, kModule + 0x140);
  CHECK(frames.Step(true).outcome == StepOutcome::kNoInfo);
  CHECK(frames.Step(false).outcome == StepOutcome::kStepped);
}

TEST("CfiUnwinder says that it needs the frame pointer") {
  Frames frames;
  frames.registers.Forget(platform::kFramePointer);
  const StepResult result = frames.Step();
  CHECK(result.outcome == StepOutcome::kNeedsFramePointer);
  CHECK_EQ(result.saved_bytes, 16);
  CHECK_EQ(frames.registers.pc(), kModule + 0x110);
}

TEST("CfiUnwinder steps from the first instruction by the stack pointer") {
  Frames frames;
  frames.registers.Set(platform::kProgramCounter, kModule + 0x100);
  frames.registers.Set(platform::kStackPointer, kStack + 0x128);
  frames.registers.Forget(platform::kFramePointer);
  CHECK(frames.Step().outcome == StepOutcome::kStepped);
  CHECK_EQ(frames.registers.pc(), kModule + 0x250);
  CHECK_EQ(frames.registers.sp(), kStack + 0x130);
}

TEST("CfiUnwinder refuses a caller below its callee") {
  Frames frames;
  frames.registers.Set(platform::kFramePointer, kStack + 0x80);
  CHECK(frames.Step().outcome == StepOutcome::kBroken);
}

TEST("CfiUnwinder ends where the return address is 0, and where there is none") {
  Frames frames;
  frames.source.Put(kStack + 0x128, uint64_t{0});
  frames.reader.Forget();
  CHECK(frames.Step().outcome == StepOutcome::kEndOfStack);
  frames.AddFunction(kModule + 0x400, 0x40, {0x07, 0x10});
  frames.Finish();
  frames.registers.Set(platform::kProgramCounter, kModule + 0x410);
  CHECK(frames.Step().outcome == StepOutcome::kEndOfStack);
}

TEST("CfiUnwinder cannot follow a stack that is not readable") {
  Frames frames;
  frames.registers.Set(platform::kFramePointer, kStack + 0x10000);
  CHECK(frames.Step().outcome == StepOutcome::kBroken);
}

TEST("StepByFramePointer follows the chain of frame pointers upwards") {
  Frames frames;
  Registers& registers = frames.registers;
  CHECK(platform::StepByFramePointer(&frames.reader, &registers));
  CHECK_EQ(registers.pc(), kModule + 0x250);
  CHECK_EQ(registers.sp(), kStack + 0x130);
  CHECK_EQ(registers.Get(platform::kFramePointer), kStack + 0x180);
  CHECK(!platform::StepByFramePointer(&frames.reader, &registers));
}

TEST("StepByFramePointer refuses frame pointers that make no sense") {
  for (const platform::Address wrong : {kStack + 0x121, kStack + 0x80, kStack + 0x1000'0000}) {
    Frames frames;
    frames.registers.Set(platform::kFramePointer, wrong);
    CHECK(!platform::StepByFramePointer(&frames.reader, &frames.registers));
  }
}

TEST("FindCallBefore knows direct and indirect calls") {
  Image image;
  image.source.WriteBytes(kModule, {0x90, 0x90, 0xe8, 0x10, 0x00, 0x00, 0x00});
  image.source.WriteBytes(kModule + 0x20, {0x90, 0x90, 0x90, 0x90, 0x90, 0xff, 0xd0});
  image.source.WriteBytes(kModule + 0x40, {0x90, 0xff, 0x15, 0x01, 0x02, 0x03, 0x04});
  image.source.WriteBytes(kModule + 0x60, {0xff, 0x94, 0x24, 0x01, 0x02, 0x03, 0x04});
  CHECK_EQ(FindCallBefore(&image.reader, kModule + 7).target, kModule + 0x17);
  CHECK(FindCallBefore(&image.reader, kModule + 0x27).is_call);
  CHECK_EQ(FindCallBefore(&image.reader, kModule + 0x27).target, 0);
  CHECK(FindCallBefore(&image.reader, kModule + 0x47).is_call);
  CHECK(FindCallBefore(&image.reader, kModule + 0x67).is_call);
}

TEST("FindCallBefore finds none behind other instructions") {
  Image image;
  image.source.WriteBytes(kModule + 0x20, {0x90, 0x90, 0x90, 0x90, 0x90, 0xff, 0xe0});
  CHECK(!FindCallBefore(&image.reader, kModule + 0x10).is_call);
  CHECK(!FindCallBefore(&image.reader, kModule + 0x27).is_call);
  CHECK(!FindCallBefore(&image.reader, platform::Address(0x1000)).is_call);
  CHECK(!FindCallBefore(&image.reader, platform::Address(3)).is_call);
}

TEST("FindStackAdjustments finds what a function subtracts from the stack pointer") {
  Image image;
  image.source.WriteBytes(kModule, {0x55, 0x48, 0x83, 0xec, 0x18, 0x48, 0x81, 0xec, 0x00, 0x01, 0x00, 0x00});
  uint32_t sizes[4] = {};
  CHECK_EQ(FindStackAdjustments(&image.reader, kModule, kModule + 0x20, sizes, 4), 2);
  CHECK_EQ(sizes[0], 0x18);
  CHECK_EQ(sizes[1], 0x100);
  CHECK_EQ(FindStackAdjustments(&image.reader, kModule, kModule + 0x20, sizes, 1), 1);
  CHECK_EQ(FindStackAdjustments(&image.reader, kModule, kModule + 0x9, sizes, 4), 1);
  CHECK_EQ(FindStackAdjustments(&image.reader, kModule, kModule, sizes, 4), 0);
}

#endif

}  // namespace

}  // namespace gmr::test
