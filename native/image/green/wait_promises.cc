// From promises to what they depend on, which the graph knows, from a variable to who uses it, and from an
// object to the whole list that it is in: parts of WaitSearch.

#include <algorithm>
#include <string_view>

#include "../objects/own_name.h"
#include "wait_search.h"

namespace gmr::vm {

// `object` is searched for what holds it unless somebody settles it that is known already.
bool WaitSearch::ExpandPromise(uint32_t index) {
  const uint32_t promise = graph_->FindPromise(nodes_[index].object);
  const bool was_seen = nodes_[index].first_edge != kNoIndex;
  if (!was_seen && promise != kNoIndex) {
    const AsyncPromise& known = graph_->promises()[promise];
    if (known.producer != kNoIndex) {
      WaitNode end;
      end.object = graph_->functions()[known.producer].suspended.object;
      end.role = WaitRole::kEnd;
      end.end = WaitEndKind::kFunction;
      end.effect = nodes_[index].effect;
      end.function = known.producer;
      const uint32_t to = Connect(index, end, {});
      if (end.effect == WaitEffect::kMaySettle && to != kNoIndex) FollowAwait(to, end.function);
      return true;
    }
    FollowSources(index, promise);
    if (nodes_[index].first_edge != kNoIndex) return true;
  }
  if (!was_seen) FollowResolvers(index);
  return ExpandHeld(index);
}

void WaitSearch::FollowSources(uint32_t index, uint32_t promise) {
  for (uint32_t i = graph_->promises()[promise].first_source; i != kNoIndex;
       i = graph_->edges()[i].next_source) {
    const AsyncEdge& edge = graph_->edges()[i];
    WaitNode source;
    source.object = graph_->promises()[edge.promise].pending.object;
    source.effect = nodes_[index].effect;
    source.inner = nodes_[index].inner;
    WaitEdge to;
    to.via = edge.via;
    if (Connect(index, source, to) == kNoIndex) return;
  }
}

// Where a handler of this promise settles the one that was asked for: only what calls that handler counts.
void WaitSearch::FollowResolvers(uint32_t index) {
  const WaitRole by = nodes_[index].inner;
  const uint32_t* first = first_resolver_.Find(nodes_[index].object.bits());
  for (uint32_t i = first == nullptr ? kNoIndex : *first; i != kNoIndex; i = next_resolver_[i]) {
    const bool rejects = search_->scan.resolvers()[i].rejects;
    if (by == (rejects ? kByFulfilment : kByRejection)) continue;
    WaitNode resolver;
    resolver.object = search_->scan.resolvers()[i].object;
    resolver.role = WaitRole::kFunction;
    resolver.effect = rejects && by == kByBoth ? WaitEffect::kRejects : nodes_[index].effect;
    WaitEdge to;
    to.offset = layout_->resolve_promise;
    to.table = search_->scan.resolvers()[i].context;
    if (Connect(index, resolver, to) == kNoIndex) return;
  }
}

bool WaitSearch::ExpandReaction(uint32_t index) {
  if (!has_reactions_) {
    has_reactions_ = true;
    for (uint32_t i = 0; i < graph_->promises().size(); ++i) {
      const Tagged newest = graph_->promises()[i].pending.reactions;
      uint32_t present = i;
      if (newest.IsObject() && !newest_reactions_.Insert(newest.bits(), i, &present)) break;
    }
  }
  const uint32_t* promise = newest_reactions_.Find(nodes_[index].object.bits());
  if (promise == nullptr) return ExpandHeld(index);
  WaitNode next;
  next.object = graph_->promises()[*promise].pending.object;
  next.effect = nodes_[index].effect;
  next.inner = nodes_[index].inner;
  WaitEdge edge;
  edge.offset = layout_->promise_reactions;
  Connect(index, next, edge);
  return true;
}

// An older one is behind the newest ones of its promise.
void WaitSearch::VisitReactionHolder(uint32_t index, const FoundHolder& found) {
  Tagged holder = found.object;
  const int32_t type = heap_->TypeOf(&holder);
  const bool is_next = type == layout_->type_reaction && found.offset == layout_->reaction_next;
  const bool is_promise = type == layout_->type_promise && found.offset == layout_->promise_reactions;
  if (!is_next && !is_promise) return;
  WaitNode next;
  next.object = found.object;
  next.role = is_next ? WaitRole::kReaction : WaitRole::kPromise;
  next.effect = nodes_[index].effect;
  next.inner = nodes_[index].inner;
  WaitEdge edge;
  edge.offset = found.offset;
  Connect(index, next, edge);
}

// A function that may settle it goes on when what it waits for itself is there.
void WaitSearch::FollowAwait(uint32_t index, uint32_t function) {
  const uint32_t awaited = graph_->functions()[function].awaited;
  if (awaited == kNoIndex || nodes_[index].first_edge != kNoIndex) return;
  WaitNode next;
  next.object = graph_->promises()[awaited].pending.object;
  next.effect = std::min(nodes_[index].effect, WaitEffect::kMaySettle);
  next.inner = kByEither;
  WaitEdge edge;
  edge.offset = 0;
  Connect(index, next, edge);
}

// ---- Variables

Mention WaitSearch::UseOf(uint32_t index, Tagged function) {
  const WaitNode held = nodes_[index];
  const Mention mention = *held.variable == '\0' ? Mention::kUnknown : use_.Mentions(function, held.variable);
  if (mention == Mention::kNo || held.inner != WaitRole::kEntry) return mention;
  const Mention property =
      *held.property == '\0' ? Mention::kUnknown : use_.MentionsProperty(function, held.property);
  // It may hand the entry to a function that does.
  if (property == Mention::kNo) Cut(index, kCutText);
  return property == Mention::kYes ? mention : property;
}

// Whether the function declares the variable itself. `scope` is the innermost scope that it has, or else the
// one that it was made in.
bool WaitSearch::IsOwnVariable(Tagged scope, Tagged function, const char* name) {
  Tagged around;
  if (*name == '\0' || !heap_->Load(function, layout_->function_context, &around)) return true;
  for (int i = 0; i < kMaxOwnScopes && scope.IsObject() && scope != around; ++i) {
    if (scopes_.Sibling(scope, name).bits() != 0) return true;
    if (!heap_->Load(scope, layout_->context_previous, &scope)) return true;
  }
  return scope != around;
}

// Whether a suspended function, once it goes on, may use the variable that is followed.
bool WaitSearch::MayGoOnWith(uint32_t index, Tagged suspended) {
  const uint32_t number = graph_->FindFunction(suspended);
  Tagged function;
  if (number != kNoIndex) {
    function = graph_->functions()[number].suspended.function;
  } else if (!heap_->Load(suspended, layout_->generator_function, &function)) {
    return true;
  }
  if (IsOwnVariable(nodes_[index].object, function, nodes_[index].variable)) return true;
  const Mention use = UseOf(index, function);
  if (use != Mention::kUnknown || nodes_[index].effect != WaitEffect::kRejects) return use != Mention::kNo;
  // A limit of time must be certain.
  Cut(index, kCutText);
  return false;
}

void WaitSearch::VisitScopeHolder(uint32_t index, const FoundHolder& found, HolderShape shape,
                                  const WaitStep& step) {
  const WaitNode held = nodes_[index];
  WaitNode next;
  next.object = found.object;
  next.role = step.role;
  next.effect = held.effect;
  WaitEdge edge;
  edge.offset = found.offset;
  if (shape == HolderShape::kInnerScope) {
    // A variable of the same name hides it there.
    if (*held.variable != '\0' && scopes_.Sibling(found.object, held.variable).bits() != 0) return;
    next.variable = held.variable;
    next.property = held.property;
    next.inner = held.inner;
    Connect(index, next, edge);
    return;
  }
  const Mention use = UseOf(index, found.object);
  if (use == Mention::kNo) return;
  // Behind a container, it says nothing that no caller of this function was found.
  if (held.inner == WaitRole::kContainer) next.level = 1;
  if (use == Mention::kUnknown) next.effect = std::min(next.effect, WaitEffect::kMaySettle);
  Connect(index, next, edge);
}

// A generator that waits for its caller goes on when that calls next(). The graph has those only whose caller
// is known.
bool WaitSearch::IsGenerator(Tagged object) const {
  const int32_t type = heap_->TypeOf(&object);
  return type >= 0 && (type == layout_->type_generator || type == layout_->type_async_generator) &&
         graph_->FindFunction(object) == kNoIndex;
}

void WaitSearch::FollowGenerator(uint32_t index, const FoundHolder& found) {
  Tagged continuation;
  // Negative while it runs and when it has ended.
  if (!heap_->Load(found.object, layout_->generator_continuation, &continuation) || !continuation.IsSmi() ||
      continuation.ToSmi() < 0)
    return;
  WaitNode next;
  next.object = found.object;
  next.role = WaitRole::kEntry;
  next.property = "next";
  next.effect = std::min(nodes_[index].effect, WaitEffect::kMaySettle);
  WaitEdge edge;
  edge.offset = found.offset;
  Connect(index, next, edge);
}

// A function that adds its own callback to a variable, as the array of arguments of what util.promisify()
// returns: that callback has the scope, so that the variable is there for it alone. Such a variable is no
// answer; who calls a function that uses it may be. True: the node is that scope now.
bool WaitSearch::EnterOwnScope(uint32_t index) {
  WaitNode& node = nodes_[index];
  // Of an object of a class, a variable is the owner only.
  if (node.is_outer || node.inner != WaitRole::kContainer) return false;
  const Tagged closure = ClosureOf(node.object);
  const uint32_t place = closure.IsObject() ? kinds_.PlaceOf(closure) : kNoIndex;
  const bool is_of_node =
      place != kNoIndex && std::string_view(kinds_.places()[place].file).starts_with("node:internal/");
  if (!is_of_node && (closure.IsObject() || HasActivation(node.object))) return false;
  node.role = WaitRole::kScope;
  node.end = WaitEndKind::kNone;
  node.effect = std::min(node.effect, WaitEffect::kMaySettle);
  return true;
}

bool WaitSearch::HasActivation(Tagged scope) const {
  const uint32_t number = passes_.Find(scope);
  for (uint32_t i = number == kNoIndex ? kNoIndex : passes_[number].first; i != kNoIndex;
       i = passes_.HolderAt(i).next) {
    WaitNode held;
    held.object = scope;
    held.role = WaitRole::kScope;
    if (shapes_.Of(held, passes_.HolderAt(i)) == HolderShape::kActivation) return true;
  }
  return false;
}

// ---- Lists

// From one node of a list to all of them.
void WaitSearch::JoinList(uint32_t index, uint32_t list) {
  WaitNode all = nodes_[index];
  all.first_edge = all.last_edge = kNoIndex;
  all.list = list;
  all.list_offset = passes_[list].list_offset;
  WaitEdge edge;
  edge.offset = 0;
  Connect(index, all, edge);
}

bool WaitSearch::IsNextInList(uint32_t index, const FoundHolder& found) const {
  Tagged map;
  Tagged map_of_holder;
  return nodes_[index].role == WaitRole::kContainer && !nodes_[index].in_array &&
         heap_->MapOf(nodes_[index].object, &map) && heap_->MapOf(found.object, &map_of_holder) &&
         map == map_of_holder;
}

void WaitSearch::FollowList(uint32_t index, const FoundHolder& found) {
  Tagged map;
  const bool is_found =
      heap_->MapOf(found.object, &map) &&
      lists_.Collect(search_->pages, *search_->targets, map, found.offset, search_->deadline_ns) &&
      lists_.WalkBack(nodes_[index].object, &chain_);
  const uint32_t list = is_found ? passes_.WantList(chain_, map, found.offset, kMaxHolders) : kNoIndex;
  list == kNoIndex ? Cut(index, kCutMany) : JoinList(index, list);
}

// What has a node of a list that was wanted by itself before the list was known, other than the node in front
// of it.
void WaitSearch::VisitNodes(uint32_t index, uint32_t number) {
  for (uint32_t i = passes_[number].first_node; i != kNoIndex; i = passes_.NodeAt(i).next) {
    const HeldObject node = passes_[passes_.NodeAt(i).number];
    if (node.is_popular) Cut(index, kCutPopular);
    if (node.is_unseen) Cut(index, kCutUnseen);
    for (uint32_t holder = node.first; holder != kNoIndex; holder = passes_.HolderAt(holder).next) {
      FoundHolder found = passes_.HolderAt(holder);
      Tagged map;
      if (heap_->MapOf(found.object, &map) && map == passes_[number].ignored_map) continue;
      found.held = node.object;
      Visit(index, found);
    }
  }
}

// Two objects that refer to each other: neither is said to own the other one.
bool WaitSearch::RefersBack(uint32_t index, Tagged owner) const {
  const WaitNode& held = nodes_[index];
  const Tagged object = held.in_array ? held.content : held.object;
  return NameOfValue(*heap_, *strings_, object, owner) != nullptr;
}

}  // namespace gmr::vm
