#include "proc_maps.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>

#include "../base/scoped_fd.h"

namespace gmr::platform {

namespace {

// vm.max_map_count is 65,530 by default and a line about 100 bytes. A process
// with more is read as far as this.
constexpr size_t kMaxTextBytes = size_t{32} << 20;
constexpr size_t kReadBytes = size_t{64} << 10;

// Takes what stands before `separator` off the front of `text`.
std::string_view TakeField(std::string_view* text, char separator) {
  const size_t end = text->find(separator);
  const std::string_view field = text->substr(0, end);
  text->remove_prefix(end == text->npos ? text->size() : end + 1);
  return field;
}

template <typename T>
bool ParseNumber(std::string_view field, int base, T* value) {
  const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), *value, base);
  return error == std::errc() && end == field.data() + field.size() && !field.empty();
}

bool ParseAddress(std::string_view field, Address* address) {
  uint64_t number = 0;
  if (!ParseNumber(field, 16, &number)) return false;
  *address = Address(number);
  return true;
}

// "7f0c0000-7f0c1000 r-xp 00000000 08:01 1234      /lib/libc.so.6"
bool ParseLine(std::string_view line, Mapping* mapping) {
  const std::string_view start = TakeField(&line, '-');
  const std::string_view end = TakeField(&line, ' ');
  const std::string_view permissions = TakeField(&line, ' ');
  const std::string_view offset = TakeField(&line, ' ');
  TakeField(&line, ' ');  // the device
  const std::string_view inode = TakeField(&line, ' ');
  if (permissions.size() != 4) return false;
  if (!ParseAddress(start, &mapping->range.start) || !ParseAddress(end, &mapping->range.end)) return false;
  if (!ParseNumber(offset, 16, &mapping->file_offset)) return false;
  if (!ParseNumber(inode, 10, &mapping->inode)) return false;
  mapping->readable = permissions[0] == 'r';
  mapping->writable = permissions[1] == 'w';
  mapping->executable = permissions[2] == 'x';
  const size_t path_at = line.find_first_not_of(' ');
  mapping->path = path_at == line.npos ? std::string_view() : line.substr(path_at);
  return mapping->range.start < mapping->range.end;
}

}  // namespace

ProcMaps ProcMaps::Parse(std::vector<char> text) {
  ProcMaps maps;
  maps.text_ = std::move(text);
  std::string_view rest(maps.text_.data(), maps.text_.size());
  Address mapped_until;
  while (!rest.empty()) {
    Mapping mapping;
    if (!ParseLine(TakeField(&rest, '\n'), &mapping)) continue;
    // The kernel lists ascending, but other threads map and unmap between two
    // reads of the file: a line may come again, and overlap what came before.
    if (mapping.range.start < mapped_until) continue;
    mapped_until = mapping.range.end;
    maps.mappings_.push_back(mapping);
  }
  return maps;
}

Result<ProcMaps> ProcMaps::Read() {
  const ScopedFd fd(open("/proc/self/maps", O_RDONLY | O_CLOEXEC));
  if (!fd.ok()) return SysError{errno, "opening /proc/self/maps"};
  std::vector<char> text;
  size_t have = 0;
  while (have < kMaxTextBytes) {
    if (text.size() - have < kReadBytes) text.resize(std::max(2 * text.size(), 2 * kReadBytes));
    const ssize_t length = read(fd.get(), text.data() + have, text.size() - have);
    if (length < 0 && errno == EINTR) continue;
    if (length < 0) return SysError{errno, "reading /proc/self/maps"};
    if (length == 0) break;
    have += static_cast<size_t>(length);
  }
  text.resize(have);
  return Parse(std::move(text));
}

const Mapping* ProcMaps::Find(Address address) const {
  const auto after =
      std::upper_bound(mappings_.begin(), mappings_.end(), address,
                       [](Address wanted, const Mapping& mapping) { return wanted < mapping.range.start; });
  if (after == mappings_.begin()) return nullptr;
  const Mapping& mapping = *(after - 1);
  return mapping.range.Contains(address) ? &mapping : nullptr;
}

bool ProcMaps::IsExecutable(Address address) const {
  const Mapping* mapping = Find(address);
  return mapping != nullptr && mapping->executable;
}

std::optional<AddressRange> ProcMaps::StackAt(Address stack_pointer) const {
  const Mapping* mapping = Find(stack_pointer);
  if (mapping == nullptr || !mapping->readable || !mapping->writable) return std::nullopt;
  return mapping->range;
}

}  // namespace gmr::platform
