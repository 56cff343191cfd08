// ModuleReader: which promises wait for the top-level code of an ES module.
//
// Owns:        nothing.
// Threads:     one at a time, as the MemoryReader.
// Signal-safe: no; but it takes no lock and does not allocate.
// Lifetime:    of the HeapReader.
//
// V8 runs a module with a top-level await as an async function, whose promise calls a closure of V8's own. Of
// the modules that import it, directly or not, none runs before it has ended. Each may have a promise of its
// evaluation, which import() waits for.
#ifndef GMR_NATIVE_IMAGE_GRAPH_MODULE_READER_H_
#define GMR_NATIVE_IMAGE_GRAPH_MODULE_READER_H_

#include <cstddef>

#include "../objects/heap_layout.h"
#include "../scan/handler_reader.h"

namespace gmr::vm {

class ModuleReader {
 public:
  static constexpr size_t kMaxPromises = 32;

  ModuleReader(const HeapReader* heap, const HeapLayout* layout) : heap_(heap), layout_(layout) {}

  // The module that goes on when this builtin is called; 0: none, it is another one.
  Tagged ModuleOf(const Handler& handler) const;
  // The promises of the evaluation of `module` and of all that import it. Their number.
  size_t ReadPromises(Tagged module, Tagged (&promises)[kMaxPromises]) const;

 private:
  struct Module {
    Tagged promise;  // of its evaluation; 0: nothing waits for that
    Tagged parents;  // an array of those that wait for it
  };

  static constexpr size_t kMaxModules = 128;
  static constexpr int32_t kMaxParents = 256;

  bool IsModule(Tagged* object) const;
  Module Read(Tagged module) const;

  const HeapReader* heap_;
  const HeapLayout* layout_;
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_GRAPH_MODULE_READER_H_
