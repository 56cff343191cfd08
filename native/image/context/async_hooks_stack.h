// AsyncHooksStack: the async resource of the code that a thread runs, as Node's environment has it.
//
// Owns:        nothing.
// Threads:     one at a time, as the MemoryReader.
// Signal-safe: no; but it takes no lock and does not allocate.
// Lifetime:    that of the HeapReader. Where the stack is must be found anew for each environment.
//
// node::AsyncHooks, src/env.h, a member of node::Environment, is recognised by its shape, which is the same
// in Node 20 to 26: three arrays that JavaScript shares with C++ (of ids, of counts, of current ids), then
// the resources that JavaScript entered, and those that C++ entered.
#ifndef GMR_NATIVE_IMAGE_CONTEXT_ASYNC_HOOKS_STACK_H_
#define GMR_NATIVE_IMAGE_CONTEXT_ASYNC_HOOKS_STACK_H_

#include "../objects/heap_layout.h"
#include "../objects/raw_strings.h"
#include "../objects/tagged.h"

namespace gmr::vm {

// The addresses from which the context of an isolate's thread is read.
struct ThreadAddresses {
  platform::Address isolate;      // v8::Isolate
  platform::Address environment;  // node::Environment
};

class AsyncHooksStack {
 public:
  enum class Outcome : uint8_t {
    kFound,
    kEmpty,    // the code runs outside of all resources
    kUnknown,  // the environment does not look as expected
  };

  AsyncHooksStack(const HeapReader* heap, const HeapLayout* layout, const RawStrings* strings)
      : heap_(heap), layout_(layout), strings_(strings) {}

  Outcome FindResource(const ThreadAddresses& thread, Tagged* resource) const;

 private:
  bool FindHooks(const ThreadAddresses& thread, platform::Address* hooks) const;
  bool IsHooks(platform::Address at, platform::Address isolate) const;
  bool IsResource(Tagged* object) const;
  bool FindOfJavaScript(platform::Address hooks, uint32_t length, Tagged* resource) const;
  bool FindOfNative(platform::Address hooks, uint32_t length, Tagged* resource) const;
  bool FindInVector(platform::Address vector, uint32_t length, platform::Address* slot) const;
  bool FindInDeque(platform::Address deque, uint32_t length, platform::Address* slot) const;
  bool LoadWords(platform::Address at, uint64_t* words, int count) const;

  const HeapReader* heap_;
  const HeapLayout* layout_;
  const RawStrings* strings_;
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_CONTEXT_ASYNC_HOOKS_STACK_H_
