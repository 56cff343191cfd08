#include "recording.h"

#include <cstdio>
#include <map>
#include <vector>

#include "../../../native/v8/layout_loader.h"

namespace gmr::test {

namespace {

// This process' memory, and what was read of it: no word beside.
class RecordingMemory final : public platform::MemorySource {
 public:
  bool Fetch(platform::Address address, void* to, size_t bytes) override {
    if (!self_.Fetch(address, to, bytes)) return false;
    const auto* words = static_cast<const uint8_t*>(to);
    for (size_t i = 0; i < bytes; ++i) read_[address + i] = words[i];
    return true;
  }
  std::unique_ptr<platform::MemorySource> Clone() const override { return self_.Clone(); }

  const std::map<platform::Address, uint8_t>& read() const { return read_; }

 private:
  platform::SelfMemory self_;
  std::map<platform::Address, uint8_t> read_;
};

class Writer {
 public:
  explicit Writer(const std::string& path) : file_(std::fopen(path.c_str(), "wb")) {}

  void Number(uint64_t number) { Bytes(&number, sizeof number); }
  void Bytes(const void* from, size_t bytes) {
    if (file_ != nullptr) ok_ = std::fwrite(from, 1, bytes, file_) == bytes && ok_;
  }
  bool Close() { return file_ != nullptr && std::fclose(file_) == 0 && ok_; }

 private:
  FILE* file_;
  bool ok_ = true;
};

void WritePieces(const std::map<platform::Address, uint8_t>& read, Writer* to) {
  std::vector<std::pair<platform::Address, std::vector<uint8_t>>> pieces;
  for (const auto& [address, byte] : read) {
    if (pieces.empty() || pieces.back().first + pieces.back().second.size() != address)
      pieces.push_back({address, {}});
    pieces.back().second.push_back(byte);
  }
  to->Number(pieces.size());
  for (auto& [address, bytes] : pieces) {
    to->Number(address.number());
    to->Number(bytes.size());
    bytes.resize((bytes.size() + 7) / 8 * 8);
    to->Bytes(bytes.data(), bytes.size());
  }
}

}  // namespace

bool RecordStack(const Start& start, const vm::CodeRanges& ranges, const std::string& path) {
  const vm::Layout& layout = vm::ProcessLayout().layout;
  RecordingMemory recording;
  platform::MemoryReader memory(&recording, platform::ReadCache::kNone);
  platform::Arena arena(size_t{1} << 20);
  const auto decoder = std::make_unique<vm::JsFrames>(&layout, &memory, &arena);
  std::vector<vm::RawFrame> frames(256);
  vm::FrameList list{frames.data(), frames.size()};
  platform::Registers registers;
  decoder->StartCapture(&ranges);
  if (!vm::LoadEntryRegisters(start.isolate, start.entry_fp_offset, layout, &memory, &registers))
    return false;
  const uint64_t frame_pointer = registers.Get(platform::kFramePointer);
  std::vector<std::pair<platform::Address, vm::CodeOwner>> owners;
  while (decoder->Step(&registers, false, &list) == vm::NextFrame::kV8)
    owners.emplace_back(registers.pc(), ranges.OwnerOf(registers.pc()));
  for (size_t i = 0; i < list.count; ++i) decoder->ReadCode(&frames[i]);
  Writer file(path);
  file.Number(frame_pointer);
  file.Number(owners.size());
  for (const auto& [pc, owner] : owners) {
    file.Number(pc.number());
    file.Number(static_cast<uint64_t>(owner));
  }
  WritePieces(recording.read(), &file);
  return file.Close();
}

}  // namespace gmr::test
