#include "source_positions.h"

#include "byte_cursor.h"

namespace gmr::vm {

namespace {

// src/codegen/source-position.h: one bit "external", then these two fields,
// each stored plus one. The same in V8 11.3 to 14.6.
constexpr int kScriptOffsetShift = 1;
constexpr int kScriptOffsetBits = 30;

// Prefix bytecodes, src/interpreter/bytecodes.h: Wide, ExtraWide and their
// DebugBreak forms are the first four in all versions.
constexpr uint8_t kFirstUnprefixed = 4;

// Of a table: that of a function of several million characters.
constexpr int32_t kMaxTableBytes = 8 << 20;

int32_t Field(uint64_t bits, int shift, int width) {
  return static_cast<int32_t>(bits >> shift & ((uint64_t{1} << width) - 1)) - 1;
}

bool OpenByteArray(const HeapReader& heap, Tagged* array, uint32_t* length) {
  if (!heap.IsByteArray(array)) return false;
  const int32_t value = heap.LengthOf(*array);
  if (value <= 0 || value > kMaxTableBytes) return false;
  *length = static_cast<uint32_t>(value);
  return true;
}

// Bytes of the bytecode at the cursor, which moves behind its opcode; 0: unknown.
uint32_t BytecodeSize(const BytecodeSizes& sizes, ByteCursor* code) {
  uint8_t opcode = code->Byte();
  int32_t width = 0;
  uint32_t prefix = 0;
  if (opcode < kFirstUnprefixed) {
    width = opcode % 2 == 0 ? 1 : 2;
    prefix = 1;
    opcode = code->Byte();
  }
  if (code->failed() || opcode >= sizes.count) return 0;
  return prefix + sizes.sizes[width * sizes.count + opcode];
}

}  // namespace

int32_t SourcePosition::ScriptOffset() const {
  if ((bits & 1) != 0) return -1;
  return Field(bits, kScriptOffsetShift, kScriptOffsetBits);
}

bool FindSourcePosition(const HeapReader& heap, Tagged table, int64_t code_offset, SourcePosition* position) {
  uint32_t length = 0;
  if (!OpenByteArray(heap, &table, &length)) return false;
  ByteCursor cursor(&heap.memory(), table.Slot(heap.layout().array_data), length);
  const int shift = heap.layout().position_delta_shift & 1;
  // -1 is the offset of an entry that stands for the function itself.
  int64_t offset = -1;
  uint64_t bits = 0;
  bool found = false;
  while (!cursor.AtEnd()) {
    // The sign of the first number says whether the entry is a statement.
    const int64_t delta = cursor.Signed();
    const int64_t position_delta = cursor.Signed();
    if (cursor.failed()) break;
    offset += (delta >= 0 ? delta : ~delta) >> shift;
    if (offset > code_offset || offset < -1) break;
    bits += static_cast<uint64_t>(position_delta);
    found = true;
  }
  position->bits = bits;
  return found && !cursor.failed();
}

bool FindBytecodePosition(const HeapReader& heap, Tagged bytecode, int32_t bytecode_offset,
                          int32_t* script_offset) {
  Tagged table;
  SourcePosition position;
  if (!heap.Load(bytecode, heap.layout().bytecode_positions, &table)) return false;
  if (!FindSourcePosition(heap, table, bytecode_offset, &position)) return false;
  *script_offset = position.ScriptOffset();
  return *script_offset >= 0;
}

bool FindBytecode(const HeapReader& heap, Tagged array, int64_t offset, BytecodeAt* at, BytecodeAt* before) {
  const Layout& layout = heap.layout();
  int32_t length = 0;
  if (offset < 0 || !heap.LoadSmi(array, layout.bytecode_length, &length) || offset >= length) return false;
  ByteCursor code(&heap.memory(), array.Slot(layout.bytecode_data), static_cast<uint32_t>(length));
  for (int64_t next = 0; next <= offset;) {
    *before = *at;
    code.MoveTo(static_cast<uint32_t>(next));
    *at = {code.Byte(), 0};
    if (next == offset) return !code.failed();
    if (at->opcode < kFirstUnprefixed) {
      *at = {code.Byte(), static_cast<uint8_t>(at->opcode % 2 == 0 ? 1 : 2)};
      // The interpreter dispatches a second time behind a prefix.
      if (next + 1 == offset) return !code.failed();
    }
    code.MoveTo(static_cast<uint32_t>(next));
    const uint32_t size = BytecodeSize(layout.bytecode_sizes, &code);
    if (size == 0) return false;
    next += size;
  }
  return false;
}

// Each number of the table is the machine code that one bytecode took; the
// first is that of the prologue.
bool FindBaselineBytecodeOffset(const HeapReader& heap, Tagged offset_table, Tagged bytecode,
                                int64_t pc_offset, int32_t* bytecode_offset) {
  const Layout& layout = heap.layout();
  uint32_t table_length = 0;
  int32_t code_length = 0;
  if (!OpenByteArray(heap, &offset_table, &table_length)) return false;
  if (!heap.LoadSmi(bytecode, layout.bytecode_length, &code_length) || code_length <= 0) return false;
  ByteCursor table(&heap.memory(), offset_table.Slot(layout.array_data), table_length);
  ByteCursor code(&heap.memory(), bytecode.Slot(layout.bytecode_data), static_cast<uint32_t>(code_length));
  auto end = static_cast<int64_t>(table.Unsigned());
  uint32_t current = 0;
  uint32_t next = 0;
  while (end < pc_offset) {
    if (table.AtEnd() || next >= static_cast<uint32_t>(code_length)) return false;
    end += static_cast<int64_t>(table.Unsigned());
    current = next;
    code.MoveTo(next);
    const uint32_t size = BytecodeSize(layout.bytecode_sizes, &code);
    if (size == 0) return false;
    next += size;
  }
  *bytecode_offset = static_cast<int32_t>(current);
  return !table.failed();
}

}  // namespace gmr::vm
