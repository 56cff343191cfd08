// CodeRanges: where in memory V8's code is.
//
// Owns:        its numbers.
// Threads:     filled before a capture, then read by one thread.
// Signal-safe: no; but OwnerOf() takes no lock and does not allocate.
// Lifetime:    a snapshot: code that came later is not in it.
#ifndef GMR_NATIVE_IMAGE_STACK_CODE_RANGES_H_
#define GMR_NATIVE_IMAGE_STACK_CODE_RANGES_H_

#include <cstdint>

#include "../../process/modules.h"
#include "../../process/proc_maps.h"

namespace gmr::vm {

enum class CodeOwner : uint8_t {
  kNone,      // not V8's
  kJit,       // anonymous executable memory: compiled functions, wasm
  kBuiltins,  // the embedded blob, in the node binary or mapped a second time
};

class CodeRanges {
 public:
  // Enough for 100 workers; more code pages than that are merged where they touch.
  static constexpr int kMaxRanges = 512;

  void Clear() { count_ = 0; }
  // In any order, but of ascending ranges the neighbours become one. False: full.
  bool Add(platform::Address begin, platform::Address end, CodeOwner owner);
  CodeOwner OwnerOf(platform::Address pc) const;
  bool Has(platform::Address pc) const { return OwnerOf(pc) != CodeOwner::kNone; }

 private:
  struct Range {
    platform::Address begin;
    platform::Address end;
    CodeOwner owner = CodeOwner::kNone;
  };

  Range ranges_[kMaxRanges];
  int count_ = 0;
};

// Where an isolate's builtins are, v8::Isolate::GetEmbeddedCodeRange(). All
// isolates of a process share the file pages behind it, so one is enough.
struct BuiltinsBlob {
  platform::Address begin;
  platform::Address end;
};

// Anonymous executable memory outside of the loader's modules is taken for V8's:
// in a Node process only V8 makes any, bar rare addons, and what is found there
// is checked object by object. (With --use-largepages node moves its own text to
// anonymous memory.) The blob may be mapped several times, once per isolate; all
// have the same file offset.
//
// False: there are more ranges than fit, and the rest is missing.
bool FillCodeRanges(const platform::ProcMaps& maps, const platform::ModuleList& modules, BuiltinsBlob blob,
                    CodeRanges* ranges);

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_STACK_CODE_RANGES_H_
