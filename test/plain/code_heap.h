// CodeHeap: functions, scripts and compiled code, as V8 11.3 lays them out.
//
// Owns:        what Heap does.
// Threads:     one at a time.
// Signal-safe: no.
// Lifetime:    of a test.
#ifndef GMR_TEST_PLAIN_CODE_HEAP_H_
#define GMR_TEST_PLAIN_CODE_HEAP_H_

#include <memory>

#include "../../native/image/objects/script_table.h"
#include "../../native/image/objects/shared_function.h"
#include "../../native/image/stack/code_lookup.h"
#include "heap.h"

namespace gmr::test {

// One entry of a table of source positions.
struct Position {
  int32_t code = 0;
  int32_t script = 0;
  bool is_statement = true;
};

// As SourcePositionTableBuilder encodes them, src/codegen/source-position-table.cc.
std::vector<uint8_t> EncodePositions(const std::vector<Position>& positions);
void AppendSigned(int64_t value, std::vector<uint8_t>* bytes);
void AppendUnsigned(uint64_t value, std::vector<uint8_t>* bytes);
// A table of safepoints. As it is configured here, an entry has two bytes for its pc, one for its index plus
// one, two for a trampoline plus one, and one for registers.
std::vector<uint8_t> Safepoints(const std::vector<std::vector<uint8_t>>& entries,
                                uint32_t configuration = 0xa3);

class CodeHeap : public Heap {
 public:
  // With the file's name and source. Lines are counted, as long as nobody asked V8 for one.
  Tagged Script(std::string_view name, std::string_view source);
  // A bytecode array with this table of positions and this code.
  Tagged Bytecode(const std::vector<Position>& positions, const std::vector<uint8_t>& code = {});

  struct Function {
    std::string_view name = "";
    Tagged script = {};
    Tagged bytecode = {};
    int32_t start = 0;
    std::string_view inferred_name = "";
    int32_t kind = 0;
    int32_t locals = 0;
    int32_t length = 1000;
    // Else the names are numbers.
    std::vector<std::string_view> names = {};
    // ScopeType, src/objects/scope-info.tq.
    int32_t scope_type = 2;
  };
  // A SharedFunctionInfo, whose name is in a ScopeInfo.
  Tagged Shared(const Function& function);
  // That of a builtin of V8's.
  Tagged SharedOfBuiltin(int32_t number);
  Tagged JsFunction(Tagged shared, Tagged context = Tagged());
  Tagged ScopeInfo(const Function& function);
  // With these values of the variables, behind the description and `previous`.
  Tagged Context(Tagged scope_info, Tagged previous, const std::vector<Tagged>& values);
  // The table of names that V8 makes for many variables.
  Tagged NameTable(const std::vector<std::string_view>& names);

  // Objects with properties: keys, and their values in the object.
  struct Property {
    Tagged key;
    Tagged value;
    bool is_accessor = false;
    bool is_in_descriptor = false;
  };
  // Where fields do not fit into the object, they are in an array.
  Tagged ObjectWith(const std::vector<Property>& properties, size_t in_object = 100, int32_t type = 1057);
  // With a map for objects of the class that `constructor` is; its map's constructor leads there.
  Tagged Instance(Tagged constructor, Tagged prototype);

  // Code of this kind and size, with its Code object; where its instructions begin is a multiple of 32.
  vm::CodeObject Compiled(int32_t kind, uint32_t size, const std::vector<uint8_t>& safepoints = {});

  std::unique_ptr<vm::ScriptTable> scripts = std::make_unique<vm::ScriptTable>(&objects, &strings);
  std::unique_ptr<vm::FunctionTable> functions =
      std::make_unique<vm::FunctionTable>(&objects, &strings, scripts.get());
};

}  // namespace gmr::test

#endif  // GMR_TEST_PLAIN_CODE_HEAP_H_
