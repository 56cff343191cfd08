// A stack of a real Node 20.20, recorded by scripts/record-stack.mjs: all that decoding it read, at its
// addresses.

#include <cstdio>
#include <memory>

#include "../../native/image/objects/code_reader.h"
#include "../../native/image/stack/js_frames.h"
#include "harness.h"
#include "node20.h"
#include "recorded_memory.h"

namespace gmr::test {

namespace {

using vm::RawFrame;

struct Recording {
  RecordedMemory memory;
  vm::CodeRanges ranges;
  platform::Address frame_pointer;
  size_t bytes = 0;

  // Beside this file, whose path is relative to the folder that tests run in.
  Recording() {
    const std::string here = __FILE__;
    file_ = std::fopen((here.substr(0, here.rfind('/')) + "/recordings/node20-stack.bin").c_str(), "rb");
    CHECK(file_ != nullptr);
    frame_pointer = platform::Address(Number());
    for (uint64_t left = Number(); left > 0; --left) {
      const platform::Address pc(Number());
      const auto owner = static_cast<vm::CodeOwner>(Number());
      if (!ranges.Has(pc)) CHECK(ranges.Add(pc, pc + 1, owner));
    }
    for (uint64_t left = Number(); left > 0; --left) ReadPiece();
    std::fclose(file_);
  }

 private:
  uint64_t Number() {
    uint64_t number = 0;
    CHECK_EQ(std::fread(&number, sizeof number, 1, file_), 1);
    return number;
  }
  void ReadPiece() {
    const platform::Address address(Number());
    const uint64_t size = Number();
    CHECK(size < 1 << 20);
    std::vector<uint8_t> content((size + 7) / 8 * 8);
    CHECK_EQ(std::fread(content.data(), 1, content.size(), file_), content.size());
    constexpr size_t kPage = RecordedMemory::kPage;
    for (platform::Address page = address.AlignedDown(kPage); page < address + size; page += kPage) {
      char ignored = 0;
      if (!memory.Fetch(page, &ignored, 1)) memory.Map(page, kPage);
    }
    memory.Write(address, content.data(), size);
    bytes += size;
  }

  FILE* file_ = nullptr;
};

// Innermost first, as "class.name file:line:column text".
std::vector<std::string> Decode(RecordedMemory* memory, const vm::CodeRanges& ranges,
                                platform::Address frame_pointer,
                                const vm::Layout& layout = LayoutOfNode20()) {
  platform::MemoryReader reader(memory);
  platform::Arena arena(size_t{1} << 20);
  const auto decoder = std::make_unique<vm::JsFrames>(&layout, &reader, &arena);
  std::vector<RawFrame> storage(64);
  vm::FrameList list{storage.data(), storage.size()};
  platform::Registers registers;
  registers.Set(platform::kFramePointer, frame_pointer);
  decoder->StartCapture(&ranges);
  while (decoder->Step(&registers, false, &list) == vm::NextFrame::kV8) {
  }
  std::vector<std::string> lines;
  for (size_t i = 0; i < list.count; ++i) {
    RawFrame& frame = storage[i];
    if (frame.kind == vm::RawFrameKind::kGlue) continue;
    decoder->ReadCode(&frame);
    const vm::CodeText code = vm::ToCodeText(frame.code);
    lines.push_back(std::string(frame.class_name) + "." + frame.name + " " + frame.file + ":" +
                    std::to_string(frame.line) + ":" + std::to_string(frame.column) + " " + code.source.text);
  }
  return lines;
}

// What the program in scripts/record-stack.mjs does.
const std::vector<std::string> kExpected = {
    "Store.load [eval]:5:16     if (!addon.recordHere(process.argv[2])) process.exit(1);",
    ". [eval]:10:35   return ['a'].map((key) => store.load(key));",
    "Array.map :0:0 ",
    ".outer [eval]:10:16   return ['a'].map((key) => store.load(key));",
    ". [eval]:13:1 outer(new Store());",
};

TEST("A recorded stack of Node 20 is decoded as it was") {
  Recording recording;
  CHECK_EQ(Decode(&recording.memory, recording.ranges, recording.frame_pointer), kExpected);
  CHECK(recording.bytes < 10'000);
}

TEST("A recorded stack of which a page is missing yields no frame that was not there") {
  Recording recording;
  int complete = 0;
  for (const platform::Address page : recording.memory.pages()) {
    Recording damaged;
    damaged.memory.Unmap(page, RecordedMemory::kPage);
    const auto lines = Decode(&damaged.memory, damaged.ranges, damaged.frame_pointer);
    CHECK(lines.size() <= kExpected.size());
    complete += lines == kExpected ? 1 : 0;
  }
  // Some reads only rule something out.
  CHECK(static_cast<size_t>(complete) < recording.memory.pages().size() / 2);
}

TEST("A recorded stack with another layout yields no frame of the program") {
  Recording recording;
  vm::Layout wrong = LayoutOfNode20();
  wrong.function_shared += 8;
  for (const std::string& line : Decode(&recording.memory, recording.ranges, recording.frame_pointer, wrong))
    CHECK(line.find("[eval]") == std::string::npos);
}

}  // namespace

}  // namespace gmr::test
