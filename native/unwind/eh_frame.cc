#include "eh_frame.h"

namespace gmr::platform {

namespace {

// DW_EH_PE_*: the low four bits are the form, the next three what it is relative to.
constexpr uint8_t kOmitted = 0xff;
constexpr uint8_t kFormMask = 0x0f;
constexpr uint8_t kRelativeMask = 0x70;
constexpr uint8_t kPcRelative = 0x10;
constexpr uint8_t kDataRelative = 0x30;
constexpr uint8_t kIndirect = 0x80;

// The only form that linkers write and that can be searched by halving.
constexpr uint8_t kSortedTableEncoding = kDataRelative | 0x0b;

uint64_t TakeForm(DwarfCursor* cursor, uint8_t form) {
  switch (form) {
    case 0x00:  // of the size of a pointer
      return cursor->Take<uint64_t>();
    case 0x01:
      return cursor->TakeUleb();
    case 0x02:
      return cursor->Take<uint16_t>();
    case 0x03:
      return cursor->Take<uint32_t>();
    case 0x04:
      return cursor->Take<uint64_t>();
    case 0x09:
      return static_cast<uint64_t>(cursor->TakeSleb());
    case 0x0a:
      return static_cast<uint64_t>(int64_t{cursor->Take<int16_t>()});
    case 0x0b:
      return static_cast<uint64_t>(int64_t{cursor->Take<int32_t>()});
    case 0x0c:
      return cursor->Take<uint64_t>();
    default:
      cursor->Fail();
      return 0;
  }
}

struct TableEntry {
  int32_t function;
  int32_t fde;
};

// The augmentation string says which fields the CIE has behind the fixed ones.
void TakeAugmentation(DwarfCursor names, DwarfCursor data, UnwindEntry* entry) {
  while (!names.AtEnd()) {
    switch (names.Take<uint8_t>()) {
      case 'R':
        entry->pointer_encoding = data.Take<uint8_t>();
        break;
      case 'L':
        data.Take<uint8_t>();
        break;
      case 'S':
        entry->is_signal_frame = true;
        break;
      case 'B':
        break;  // arm64: return addresses are signed with the second key
      case 'P': {
        // The personality routine. Its value does not matter here, its length does.
        const auto encoding = data.Take<uint8_t>();
        TakeForm(&data, encoding & kFormMask);
        break;
      }
      default:
        return;  // what follows has an unknown length
    }
  }
}

}  // namespace

Address TakeEncodedPointer(DwarfCursor* cursor, uint8_t encoding, Address data_base) {
  if (encoding == kOmitted) return Address();
  const Address own_address = cursor->address();
  const uint64_t value = TakeForm(cursor, encoding & kFormMask);
  if ((encoding & kIndirect) != 0) cursor->Fail();
  switch (encoding & kRelativeMask) {
    case 0:
      return Address(value);
    case kPcRelative:
      return own_address + value;
    case kDataRelative:
      return data_base + value;
    default:
      cursor->Fail();
      return Address();
  }
}

bool EhFrameReader::Find(const Module& module, Address pc, UnwindEntry* entry) {
  *entry = UnwindEntry();
  Address fde_address;
  if (!FindInTable(module.eh_frame_header, pc, &fde_address)) return false;
  return ReadFde(fde_address, entry) && entry->function.Contains(pc);
}

bool EhFrameReader::FindInTable(const AddressRange& header, Address pc, Address* fde_address) {
  uint8_t start[32];
  if (header.size() < sizeof start) return false;
  if (!reader_->Read(header.start, start, sizeof start)) return false;
  DwarfCursor cursor(start, sizeof start, header.start);
  const auto version = cursor.Take<uint8_t>();
  const auto frame_encoding = cursor.Take<uint8_t>();
  const auto count_encoding = cursor.Take<uint8_t>();
  const auto table_encoding = cursor.Take<uint8_t>();
  if (version != 1 || table_encoding != kSortedTableEncoding) return false;
  TakeEncodedPointer(&cursor, frame_encoding, header.start);
  const uint64_t count = TakeEncodedPointer(&cursor, count_encoding, header.start).number();
  if (cursor.failed() || count > (header.end - cursor.address()) / sizeof(TableEntry)) return false;

  // The last entry that starts at or before pc.
  const Address table = cursor.address();
  uint64_t low = 0;
  uint64_t high = count;
  TableEntry found{};
  while (low < high) {
    const uint64_t middle = low + (high - low) / 2;
    TableEntry candidate{};
    if (!reader_->Load(table + middle * sizeof(TableEntry), &candidate)) return false;
    if (header.start + candidate.function <= pc) {
      found = candidate;
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  *fde_address = header.start + found.fde;
  return low > 0;
}

// Copies one length-prefixed record. `record` begins behind the length.
bool EhFrameReader::ReadRecord(Address address, uint8_t* to, size_t capacity, DwarfCursor* record) {
  uint32_t length = 0;
  // 0 ends the section; 0xffffffff announces 64-bit lengths, which no linker writes here.
  if (!reader_->Load(address, &length) || length == 0 || length > capacity) return false;
  if (!reader_->Read(address + sizeof length, to, length)) return false;
  *record = DwarfCursor(to, length, address + sizeof length);
  return true;
}

bool EhFrameReader::ReadFde(Address address, UnwindEntry* entry) {
  DwarfCursor record;
  if (!ReadRecord(address, fde_bytes_, sizeof fde_bytes_, &record)) return false;
  const Address cie_field = record.address();
  const auto cie_distance = record.Take<uint32_t>();
  // 0 would be a CIE where the table promised an FDE.
  if (cie_distance == 0 || !ReadCie(cie_field - cie_distance, entry)) return false;
  entry->function.start = TakeEncodedPointer(&record, entry->pointer_encoding, Address());
  entry->function.end = entry->function.start + TakeForm(&record, entry->pointer_encoding & kFormMask);
  if (entry->has_augmentation_data) record.TakeBlock(record.TakeUleb());
  entry->function_program = record;
  return !record.failed();
}

bool EhFrameReader::ReadCie(Address address, UnwindEntry* entry) {
  DwarfCursor record;
  if (!ReadRecord(address, cie_bytes_, sizeof cie_bytes_, &record)) return false;
  const auto id = record.Take<uint32_t>();
  const auto version = record.Take<uint8_t>();
  if (id != 0 || (version != 1 && version != 3)) return false;
  const void* end_of_names = std::memchr(record.data(), 0, record.left());
  if (end_of_names == nullptr) return false;
  DwarfCursor names =
      record.TakeBlock(static_cast<uint64_t>(static_cast<const uint8_t*>(end_of_names) - record.data()));
  record.Take<uint8_t>();
  entry->code_factor = record.TakeUleb();
  entry->data_factor = record.TakeSleb();
  entry->return_column = version == 1 ? record.Take<uint8_t>() : record.TakeUleb();
  if (!names.AtEnd()) {
    // Without 'z' there is no length, and old names such as "eh" have another layout.
    if (names.Take<uint8_t>() != 'z') return false;
    entry->has_augmentation_data = true;
    TakeAugmentation(names, record.TakeBlock(record.TakeUleb()), entry);
  }
  entry->common_program = record;
  return !record.failed();
}

}  // namespace gmr::platform
