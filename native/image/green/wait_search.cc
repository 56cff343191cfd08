#include "wait_search.h"

#include <algorithm>
#include <cstring>

#include "../../base/clock.h"
#include "../objects/own_name.h"

namespace gmr::vm {

namespace {

constexpr uint32_t kPerLook = 64;

bool IsContextShape(HolderShape shape) {
  return shape == HolderShape::kVariable || shape == HolderShape::kOuterVariable;
}

}  // namespace

void WaitSearch::Reset(const WantedValues* wanted) {
  wanted_ = wanted;
  scopes_.Reset();
  use_.Reset();
  kinds_.Reset();
  passes_.Reset();
  lists_.Reset();
  nodes_.Reset();
  next_resolver_.Truncate(0);
  first_resolver_.Clear();
  newest_reactions_.Clear();
  waiting_.Truncate(0);
  search_ = nullptr;
  next_ = 0;
  has_reactions_ = is_indexed_ = false;
}

uint32_t WaitSearch::Add(Tagged promise) {
  WaitNode node;
  node.object = promise;
  return nodes_.Add(node);
}

uint32_t WaitSearch::AddFunction(Tagged function, Tagged owner) {
  WaitNode node;
  node.object = function;
  node.only = owner;
  node.role = heap_->IsFunction(&function) ? WaitRole::kFunction : WaitRole::kUserland;
  return nodes_.Add(node);
}

// They are known already, with the context that leads to the promise.
bool WaitSearch::IndexResolvers(const HeapScan& scan) {
  if (!next_resolver_.Assign(scan.resolvers().size(), kNoIndex)) return scan.resolvers().empty();
  for (uint32_t index = 0; index < scan.resolvers().size(); ++index) {
    const ResolverFunction& resolver = scan.resolvers()[index];
    Tagged promise;
    if (!resolver.context.IsObject() || !heap_->Load(resolver.context, layout_->resolve_promise, &promise) ||
        !promise.IsObject())
      continue;
    uint32_t first = index;
    if (!first_resolver_.Insert(promise.bits(), index, &first)) return false;
    if (first == index) continue;
    next_resolver_[index] = next_resolver_[first];
    next_resolver_[first] = index;
  }
  return true;
}

bool WaitSearch::Run(const Search& search) {
  if (nodes_.size() == 0) return true;
  search_ = &search;
  if (!is_indexed_ && !IndexResolvers(search.scan)) return Stop(kCutMany);
  is_indexed_ = true;
  for (int pass = 0; pass < kMaxPasses; ++pass) {
    if (!ExpandOpen(search)) return Stop(kCutTime);
    if (waiting_.empty()) return true;
    const HolderPasses::Search next{search.pages, search.targets, search.scan.free_areas(),
                                    search.deadline_ns, search.may_split};
    if (passes_.has_open() && !passes_.Run(next)) return Stop(kCutTime);
    if (!ExpandWaiting(search)) return Stop(kCutTime);
  }
  return Stop(kCutMany);
}

bool WaitSearch::Stop(uint8_t reason) {
  for (const uint32_t index : waiting_) Cut(index, reason);
  for (; next_ < nodes_.size(); ++next_) Cut(next_, reason);
  return false;
}

bool WaitSearch::ExpandOpen(const Search& search) {
  for (uint32_t count = 0; next_ < nodes_.size(); ++next_) {
    if (++count % kPerLook == 0 && platform::MonotonicNs() > search.deadline_ns) return false;
    if (!Expand(next_) && !waiting_.Append(next_)) Cut(next_, kCutMany);
  }
  return true;
}

bool WaitSearch::ExpandWaiting(const Search& search) {
  for (size_t i = 0; i < waiting_.size(); ++i) {
    if (i % kPerLook == kPerLook - 1 && platform::MonotonicNs() > search.deadline_ns) return false;
    if (!Expand(waiting_[i])) Cut(waiting_[i], kCutMany);
  }
  waiting_.Truncate(0);
  return true;
}

void WaitSearch::Cut(uint32_t index, uint8_t reason) { nodes_[index].cut |= reason; }

uint32_t WaitSearch::Connect(uint32_t from, const WaitNode& node, const WaitEdge& edge) {
  WaitEdge with_end = edge;
  with_end.to = nodes_.Add(node);
  if (with_end.to == kNoIndex || !nodes_.Connect(from, with_end)) Cut(from, kCutMany);
  return with_end.to;
}

bool WaitSearch::Expand(uint32_t index) {
  switch (nodes_[index].role) {
    case WaitRole::kPromise:
      return nodes_[index].in_array ? ExpandHeld(index) : ExpandPromise(index);
    case WaitRole::kReaction:
      return ExpandReaction(index);
    case WaitRole::kEnd:
      // Only for the file that a variable is in.
      if (nodes_[index].end != WaitEndKind::kVariable) return true;
      [[fallthrough]];
    default:
      return ExpandHeld(index);
  }
}

bool WaitSearch::ExpandHeld(uint32_t index) {
  const Tagged object = nodes_[index].object;
  Tagged same = object;
  const int32_t type = heap_->TypeOf(&same);
  const bool is_scope = type >= layout_->type_first_context && type <= layout_->type_last_context;
  const uint32_t list = nodes_[index].list;
  const uint32_t number =
      list != kNoIndex ? list : passes_.Want(object, is_scope ? kMaxClosures : kMaxHolders);
  if (number == kNoIndex) {
    Cut(index, kCutMany);
    return true;
  }
  if (list == kNoIndex && passes_[number].list_offset >= 0) {
    JoinList(index, number);
    return true;
  }
  if (!passes_[number].is_searched) return false;
  // Only the file was wanted.
  if (nodes_[index].role == WaitRole::kEnd && !EnterOwnScope(index)) {
    FollowClosures(index, number);
    return true;
  }
  // Of a promise only requests are of interest.
  const bool is_promise = nodes_[index].role == WaitRole::kPromise;
  if (passes_[number].is_popular && !is_promise) Cut(index, kCutPopular);
  if (passes_[number].is_unseen && !is_promise) Cut(index, kCutUnseen);
  if (passes_.has_unreadable_pages()) Cut(index, kCutPages);
  for (uint32_t i = passes_[number].first; i != kNoIndex; i = passes_.HolderAt(i).next) {
    const FoundHolder found = passes_.HolderAt(i);
    if (IsOther(index, found)) continue;
    if (nodes_[index].role == WaitRole::kReaction) {
      VisitReactionHolder(index, found);
    } else {
      Visit(index, found);
    }
  }
  VisitNodes(index, number);
  return true;
}

// Whether this is not the reference that counts, nor an array or cell of that object or scope.
bool WaitSearch::IsOther(uint32_t index, const FoundHolder& found) const {
  const Tagged only = nodes_[index].only;
  if (!only.IsObject() || found.object == only) return false;
  Tagged holder = found.object;
  Tagged owner = only;
  Tagged word;
  const int32_t type = heap_->TypeOf(&owner);
  const bool is_scope = type >= layout_->type_first_context && type <= layout_->type_last_context;
  if (is_scope) return !scopes_.IsCell(&holder);
  const auto has = [&](int32_t offset) { return heap_->Load(only, offset, &word) && word == found.object; };
  return !has(heap_->layout().object_properties) && !has(layout_->object_elements);
}

void WaitSearch::Visit(uint32_t index, const FoundHolder& found) {
  const HolderShape shape = shapes_.Of(nodes_[index], found);
  const bool is_of_library = nodes_[index].role == WaitRole::kUserland && shape == HolderShape::kClass;
  const bool is_helper = is_of_library && IsHelperOf(nodes_[index].object, found.object);
  WaitStep step = StepFor(nodes_[index].role, is_helper ? HolderShape::kThenable : shape);
  if (shape == HolderShape::kTimer && step.action == WaitStep::Action::kEnd &&
      !MayReachTimer(index, found.object, &step.at_most)) {
    Cut(index, kCutText);
    return;
  }
  if (shape == HolderShape::kActivation && !MayGoOnWith(index, found.object)) return;
  if (step.action == WaitStep::Action::kEnd && IsGenerator(found.object))
    return FollowGenerator(index, found);
  switch (step.action) {
    case WaitStep::Action::kIgnore:
      return;
    case WaitStep::Action::kCut:
      Cut(index, kCutUnseen);
      return;
    case WaitStep::Action::kEnd:
      End(index, found, shape, step);
      return;
    case WaitStep::Action::kFollow:
      break;
  }
  if (nodes_[index].role == WaitRole::kScope) return VisitScopeHolder(index, found, shape, step);
  Follow(index, found, shape, step);
}

// A library settles the promise of its Promise.all() with an object that collects the results. The promises
// that are waited for know that object, as they know who waits for them.
bool WaitSearch::IsHelperOf(Tagged promise, Tagged object) {
  return kinds_.IsPromiseHelper(kinds_.Of(object), kinds_.Of(promise));
}

// An entry that is an argument of a timer's callback: what the callback does with it is in its source.
bool WaitSearch::MayReachTimer(uint32_t index, Tagged timer, WaitEffect* at_most) {
  if (nodes_[index].role != WaitRole::kEntry) return true;
  Tagged callback;
  if (!ReadOwnProperty(*heap_, *strings_, timer, "_onTimeout", &callback)) return false;
  const Mention mention = use_.MentionsProperty(callback, nodes_[index].property);
  if (mention == Mention::kUnknown) *at_most = std::min(*at_most, WaitEffect::kMaySettle);
  return mention != Mention::kNo;
}

// The property by which an object holds it, be it in the object or in an array of its properties.
const char* WaitSearch::MemberOf(uint32_t index, const FoundHolder& found, HolderShape shape) {
  const WaitNode& held = nodes_[index];
  if (shape < HolderShape::kFunctionObject) return "";
  if (held.in_array && found.offset != heap_->layout().object_properties) return "";
  const Tagged value = held.list != kNoIndex ? found.held : held.in_array ? held.content : held.object;
  const char* name = NameOfValue(*heap_, *strings_, found.object, value);
  return name == nullptr ? "" : name;
}

void WaitSearch::EnterArray(const WaitNode& held, HolderShape shape, WaitNode* next) const {
  next->in_array = shape == HolderShape::kArray;
  // Only properties have names: who is in the same array of elements may share the rest of the way.
  Tagged array = next->object;
  const int32_t type = heap_->TypeOf(&array);
  const bool has_names =
      type == heap_->layout().type_property_array || type == heap_->layout().type_name_dictionary;
  Tagged cell = held.object;
  if (has_names || shape == HolderShape::kCell || scopes_.IsExportCell(&cell)) {
    next->content = held.object;
  } else if (scopes_.IsModule(&array)) {
    // Still the cell: it tells which of the module's variables it is.
    next->content = held.content;
  }
  next->property = held.property;
  next->level = held.level;
}

void WaitSearch::EnterScope(uint32_t index, const WaitEdge& edge, HolderShape shape, WaitNode* next) {
  const char* name = VariableName(index, next->object, edge.offset);
  next->variable = name == nullptr ? "" : name;
  next->property = nodes_[index].property;
  next->inner = nodes_[index].role;
  if (shape != HolderShape::kOuterVariable || *next->variable == '\0') return;
  // Whoever can see a variable of a whole file may settle it: the variable is the answer.
  WaitNode end = *next;
  end.role = WaitRole::kEnd;
  end.end = WaitEndKind::kVariable;
  end.is_outer = true;
  Connect(index, end, edge);
  next->effect = std::min(next->effect, WaitEffect::kMaySettle);
}

void WaitSearch::Follow(uint32_t index, const FoundHolder& found, HolderShape shape, const WaitStep& step) {
  const WaitNode held = nodes_[index];
  const bool is_in_list = shape == HolderShape::kListNode && IsNextInList(index, found);
  if (is_in_list && held.level >= kMaxListNodes) {
    if (held.list == kNoIndex) FollowList(index, found);
    return;
  }
  WaitNode next;
  next.object = found.object;
  next.role = step.role;
  next.effect = std::min(held.effect, step.at_most);
  WaitEdge edge;
  edge.offset = found.offset;
  edge.member = MemberOf(index, found, shape);
  if (held.list != kNoIndex) edge.list_node = found.held;
  if (shape == HolderShape::kArray || shape == HolderShape::kCell) {
    EnterArray(held, shape, &next);
  } else if (IsContextShape(shape)) {
    EnterScope(index, edge, shape, &next);
  } else if (shape == HolderShape::kWeakTable) {
    edge.table = found.object;
    edge.key_offset = shapes_.KeyOffset(found);
    next.object = shapes_.KeyOfWeak(found);
    const HolderShape key = kinds_.Of(next.object).shape;
    if (key == HolderShape::kClass || key == HolderShape::kThenable) next.role = WaitRole::kNamed;
  } else if (next.role == WaitRole::kReaction) {
    next.inner = shape == HolderShape::kRejectReaction ? kByRejection : kByFulfilment;
  } else if (next.role == WaitRole::kEntry) {
    next.property = held.role == WaitRole::kEntry ? held.property : edge.member;
  } else if (next.role == WaitRole::kNamed && held.role == WaitRole::kNamed) {
    next.level = static_cast<uint8_t>(held.level + 1);
    if (next.level > kMaxOwners || RefersBack(index, found.object)) return;
  } else if (is_in_list) {
    next.level = static_cast<uint8_t>(held.level + 1);
  }
  Connect(index, next, edge);
}

// What a function like p-limit's pLimit() returns is one of its closures, and the program's variable has
// that.
void WaitSearch::FollowClosures(uint32_t index, uint32_t number) {
  Scope scope;
  const Tagged object = nodes_[index].object;
  if (wanted_ == nullptr || !scopes_.Read(object, &scope) || scope.is_top_level) return;
  const WantedRow* row = wanted_->Find(std::string(scope.function_name) + "()");
  if (row == nullptr || (!row->by_closures && !row->through_closures)) return;
  int count = 0;
  for (uint32_t i = passes_[number].first; i != kNoIndex && count < kMaxThrough;
       i = passes_.HolderAt(i).next) {
    const FoundHolder found = passes_.HolderAt(i);
    WaitNode closure;
    closure.object = found.object;
    closure.role = WaitRole::kNamed;
    closure.effect = nodes_[index].effect;
    if (!heap_->IsFunction(&closure.object) || found.offset != layout_->function_context) continue;
    WaitEdge edge;
    edge.offset = found.offset;
    Connect(index, closure, edge);
    ++count;
  }
}

void WaitSearch::End(uint32_t index, const FoundHolder& found, HolderShape shape, const WaitStep& step) {
  const WaitNode held = nodes_[index];
  WaitNode end;
  end.object = found.object;
  end.role = WaitRole::kEnd;
  end.end = step.end;
  end.effect = std::min(held.effect, step.at_most);
  WaitEdge edge;
  edge.offset = found.offset;
  edge.member = MemberOf(index, found, shape);
  if (held.list != kNoIndex) edge.list_node = found.held;
  if (IsContextShape(shape)) {
    const char* name = VariableName(index, found.object, found.offset);
    // Closures have `this` of the function around them there.
    if (name != nullptr && std::strcmp(name, "this") == 0) return;
    end.variable = name == nullptr ? "" : name;
    end.is_outer = shape == HolderShape::kOuterVariable;
    if (held.role == WaitRole::kContainer) end.inner = WaitRole::kContainer;
  }
  const bool is_function = step.end == WaitEndKind::kGoingOn || step.end == WaitEndKind::kLocal;
  if (is_function) {
    end.function = graph_->FindFunction(found.object);
    if (end.function == kNoIndex) return;
  }
  const uint32_t to = Connect(index, end, edge);
  if (is_function && to != kNoIndex) FollowAwait(to, end.function);
}

// A module's context has the module where others have a variable.
const char* WaitSearch::VariableName(uint32_t index, Tagged scope, int32_t offset) {
  Tagged module = nodes_[index].object;
  return nodes_[index].in_array && scopes_.IsModule(&module)
             ? scopes_.NameOfExport(scope, nodes_[index].content)
             : scopes_.NameOfSlot(scope, offset);
}

Tagged WaitSearch::ClosureOf(Tagged scope) const {
  const uint32_t number = passes_.Find(scope);
  if (number == kNoIndex) return {};
  Tagged code;
  for (uint32_t i = passes_[number].first; i != kNoIndex; i = passes_.HolderAt(i).next) {
    Tagged holder = passes_.HolderAt(i).object;
    if (heap_->IsFunction(&holder) && passes_.HolderAt(i).offset == layout_->function_context) return holder;
    // A module without functions has the generator that ran it.
    Tagged function;
    if (heap_->Is(&holder, layout_->type_generator) &&
        passes_.HolderAt(i).offset == layout_->generator_context &&
        heap_->Load(holder, layout_->generator_function, &function) && heap_->IsFunction(&function))
      code = function;
  }
  return code;
}

}  // namespace gmr::vm
