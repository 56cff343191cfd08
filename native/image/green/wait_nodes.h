// WaitNodes: what was found on the ways from promises to those who can settle them.
//
// Owns:        nodes and edges, in mappings.
// Threads:     one at a time.
// Signal-safe: no; but it takes no lock of this process.
// Lifetime:    until Reset(); names are in the Arena of who adds them.
//
// A node is an object in one role, for one variable or property, with one effect: an object that is reached
// in two roles is two nodes. Nodes are shared by all promises, so what many functions wait for is searched
// once. Edges lead outwards, from what is held to what holds it.
#ifndef GMR_NATIVE_IMAGE_GREEN_WAIT_NODES_H_
#define GMR_NATIVE_IMAGE_GREEN_WAIT_NODES_H_

#include <cstdint>

#include "../../base/containers/index_table.h"
#include "../../base/containers/mapped_array.h"
#include "../../base/containers/number_table.h"
#include "../objects/tagged.h"

namespace gmr::vm {

using platform::kNoIndex;

// What a way can do to the promise that it began at. The lesser of two counts.
enum class WaitEffect : uint8_t { kRejects, kMaySettle, kSettles };

enum class WaitRole : uint8_t {
  kPromise,
  kFunction,   // calling it settles the promise
  kReaction,   // calls such a function when its promise settles
  kEntry,      // a plain object that has such a function as a property
  kUserland,   // an object with a then() of its own, whose settling settles the promise
  kScope,      // has one of these in a variable: its closures that mention the variable count
  kContainer,  // an array, a Map, a plain object, a node of a list: who owns it is looked for
  kItem,       // a plain object that has an object of a class, as the items of queues do
  kNamed,      // an object of a class: an answer; who owns it is looked for
  kEnd,
};

enum class WaitEndKind : uint8_t {
  kNone,
  kFunction,  // an async function whose result the promise is
  kGoingOn,   // an async function that mentions what settles it, and may go on
  kLocal,     // an async function has it in a variable of its own
  kVariable,  // of a scope
  kGlobal,    // a property of the global object
  kExports,   // what a CommonJS module exports
  kStatic,    // of a class or function
  kTimer,
  kSignal,   // an AbortSignal
  kRequest,  // of Node's own
};

// Reasons why there may be more than was found. Bits.
inline constexpr uint8_t kCutTime = 1;
inline constexpr uint8_t kCutMany = 2;     // no room for more nodes
inline constexpr uint8_t kCutPopular = 4;  // more holders of one object than are looked at
inline constexpr uint8_t kCutUnseen = 8;   // something holds it that was not recognised
inline constexpr uint8_t kCutPages = 16;   // a part of the heap could not be read
inline constexpr uint8_t kCutText = 32;    // what a function's source does with it is not known
inline constexpr uint8_t kCutUnsearched = 64;
inline constexpr uint8_t kCutLibrary = 128;  // a promise of a library takes part

struct WaitNode {
  Tagged object;
  Tagged content;             // of an array of properties: the one on this way
  Tagged only;                // the object or scope whose reference to it counts; 0: all do
  const char* variable = "";  // of a scope
  const char* property = "";  // of an entry: the one that has the function
  uint32_t first_edge = kNoIndex;
  uint32_t last_edge = kNoIndex;
  uint32_t function = kNoIndex;  // of the AsyncGraph
  WaitRole role = WaitRole::kPromise;
  WaitRole inner = WaitRole::kPromise;  // what the variable of a scope has
  WaitEffect effect = WaitEffect::kSettles;
  WaitEndKind end = WaitEndKind::kNone;
  bool is_outer = false;  // a variable of a whole file
  bool in_array = false;  // an array in which an object keeps what it holds
  // Of a named one: how many named ones are inside of it. Of a node of a list: how many nodes.
  uint8_t level = 0;
  // Of all nodes of a list together: the number that HolderPasses has for them, and where each refers to the
  // next.
  uint32_t list = kNoIndex;
  int32_t list_offset = -1;
  uint8_t cut = 0;
};

struct WaitEdge {
  uint32_t to = kNoIndex;
  uint32_t next = kNoIndex;  // of the same node
  int32_t offset = -1;       // in the object that holds
  uint8_t via = 0;           // kVia* between two promises
  const char* member = "";   // the property by which it holds; "": none, or unknown
  // Where it differs from the node's: a table that holds it for its key, and where the key is.
  Tagged table;
  int32_t key_offset = -1;
  // The node of a list that is held, where the list is held elsewhere than at the one that was asked for.
  Tagged list_node;
};

class WaitNodes {
 public:
  void Reset() {
    nodes_.Truncate(0);
    edges_.Truncate(0);
    numbers_.Clear();
  }

  // The number of the node, which is there already where an equal one is; kNoIndex: no room.
  uint32_t Add(const WaitNode& node);
  bool Connect(uint32_t from, const WaitEdge& edge);

  size_t size() const { return nodes_.size(); }
  WaitNode& operator[](uint32_t index) { return nodes_[index]; }
  const WaitNode& operator[](uint32_t index) const { return nodes_[index]; }
  const WaitEdge& EdgeAt(uint32_t index) const { return edges_[index]; }

 private:
  static constexpr size_t kMaxNodes = 200'000;
  static constexpr size_t kMaxEdges = 400'000;

  platform::MappedArray<WaitNode> nodes_{kMaxNodes};
  platform::MappedArray<WaitEdge> edges_{kMaxEdges};
  platform::NumberTable numbers_{kMaxNodes};
};

}  // namespace gmr::vm

#endif  // GMR_NATIVE_IMAGE_GREEN_WAIT_NODES_H_
