// The layout of V8 11.3, for heaps that tests build.
//
// Owns:        nothing.
// Threads:     any.
// Signal-safe: no.
// Lifetime:    plain values.
#ifndef GMR_TEST_PLAIN_NODE20_H_
#define GMR_TEST_PLAIN_NODE20_H_

#include "../../native/image/objects/heap_layout.h"
#include "../../native/image/objects/layout.h"

namespace gmr::test {

vm::Layout LayoutOfNode20();
vm::HeapLayout HeapLayoutOfNode20();

}  // namespace gmr::test

#endif  // GMR_TEST_PLAIN_NODE20_H_
