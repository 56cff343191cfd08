#include "leaf_labels.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <iterator>

#include "../../base/clock.h"

namespace gmr::vm {

namespace {

// So many pages of a pass are searched before it is known whether few of them have what is wanted.
constexpr size_t kFirstPages = 16;
constexpr size_t kFew = 4;

}  // namespace

void LeafLabels::Reset() {
  steps_.Truncate(0);
  answers_.Truncate(0);
  seen_.Clear();
  search_.Reset();
}

uint32_t LeafLabels::Add(Tagged promise) {
  const auto number = static_cast<uint32_t>(answers_.size());
  const uint32_t* present = seen_.Find(promise.bits());
  if (present != nullptr) return steps_[*present].promise;
  if (!answers_.Append({})) return kNoIndex;
  Step step;
  step.object = promise;
  step.promise = number;
  step.is_promise = true;
  AddStep(step);
  return number;
}

// One object may be on the way back from several promises. False: it was there
// already for this one, or there is no room.
bool LeafLabels::AddStep(const Step& step) {
  const auto index = static_cast<uint32_t>(steps_.size());
  uint32_t first = 0;
  if (!steps_.Append(step) || !seen_.Insert(step.object.bits(), index, &first)) {
    steps_.Truncate(index);
    answers_[step.promise].is_held = true;
    return false;
  }
  if (first == index) return true;
  for (uint32_t i = first; i != kNoIndex; i = steps_[i].same) {
    if (steps_[i].promise != step.promise) continue;
    steps_.Truncate(index);
    return false;
  }
  steps_[index].same = steps_[first].same;
  steps_[first].same = index;
  return true;
}

// They are known already, with the context that leads to the promise.
void LeafLabels::AddResolvers(const HeapScan& scan) {
  for (const ResolverFunction& resolver : scan.resolvers()) {
    Tagged promise;
    if (!resolver.context.IsObject() || !heap_->Load(resolver.context, layout_->resolve_promise, &promise) ||
        !promise.IsObject())
      continue;
    const uint32_t* step = seen_.Find(promise.bits());
    if (step == nullptr) continue;
    Step next;
    next.object = resolver.object;
    next.promise = steps_[*step].promise;
    next.from = *step;
    next.offset = HolderProof::kByContext;
    AddStep(next);
  }
}

bool LeafLabels::FillFilter(uint32_t first) {
  if (!filter_.Reset()) return false;
  for (uint32_t i = first; i < steps_.size(); ++i) filter_.Add(steps_[i].object.bits());
  return true;
}

bool LeafLabels::Run(const Search& search) {
  if (steps_.empty()) return true;
  AddResolvers(search.scan);
  allocation_top_ = search.scan.allocation_top();
  pass_begin_ = 0;
  for (int pass = 0; pass < kMaxPasses; ++pass) {
    pass_end_ = static_cast<uint32_t>(steps_.size());
    if (pass_begin_ == pass_end_) return true;
    if (!FillFilter(pass_begin_) || !hits_.Assign(pass_end_, 0)) return false;
    if (!ScanPages(search)) return false;
    pass_begin_ = pass_end_;
  }
  return true;
}

bool LeafLabels::ScanPages(const Search& search) {
  const HeapPages& pages = search.pages;
  PageTargets* targets = search.targets;
  const int64_t deadline_ns = search.deadline_ns;
  if (!ListPages(pages, *targets)) return false;
  size_t with_steps = 0;
  first_open_ = pass_begin_;
  const size_t first_count = std::min(kFirstPages, numbers_.size());
  for (size_t i = 0; i < first_count; ++i) {
    if (IsPassOver()) return true;
    if (platform::MonotonicNs() > deadline_ns) return false;
    with_steps += ScanPage(pages, numbers_[i], targets) ? 1 : 0;
  }
  const PageQuestion rest{pages.pages().begin(),
                          numbers_.begin() + first_count,
                          numbers_.size() - first_count,
                          &filter_,
                          targets,
                          deadline_ns,
                          search.may_split};
  const bool is_filtered = rest.count >= PageFilter::kWorthSplitting && with_steps <= kFew;
  if (is_filtered && !page_filter_.Run(rest)) return false;
  for (size_t i = 0; i < rest.count; ++i) {
    if (is_filtered && !page_filter_.MayHave(i)) continue;
    if (IsPassOver()) return true;
    if (platform::MonotonicNs() > deadline_ns) return false;
    ScanPage(pages, rest.numbers[i], targets);
  }
  return true;
}

// Those that may refer to a step of this pass.
bool LeafLabels::ListPages(const HeapPages& pages, const PageTargets& targets) {
  PageTargets::Set wanted;
  for (uint32_t i = pass_begin_; i < pass_end_; ++i) targets.Add(steps_[i].object.bits(), &wanted);
  numbers_.Truncate(0);
  for (uint32_t i = 0; i < pages.pages().size(); ++i) {
    if (targets.MayPointInto(i, wanted) && !numbers_.Append(i)) return false;
  }
  return true;
}

// A scope that all functions share is on nearly every page, and as many holders as are looked at on the
// first: the rest of the pass could change nothing.
bool LeafLabels::IsPassOver() {
  while (first_open_ < pass_end_ && !IsOpen(first_open_)) ++first_open_;
  return first_open_ == pass_end_;
}

// Whether the page has a word that may be a step.
bool LeafLabels::ScanPage(const HeapPages& pages, size_t number, PageTargets* targets) {
  const HeapPage& page = pages.pages()[number];
  const size_t bytes = std::min<size_t>(page.end - page.start, kPageBytes);
  page_ = heap_->memory().OpenWindow(page.start, bytes);
  if (page_ == nullptr) return false;
  const size_t words = bytes / sizeof(uint64_t);
  page.is_inside_large ? dead_.BeginInside() : dead_.Begin({page_, words, page.start}, allocation_top_);
  if (!targets->IsNoted(number)) targets->Note(number, page_, words);
  bool any = false;
  size_t i = 0;
  for (; i + WordSet::kStride <= words; i += WordSet::kStride) {
    if (!filter_.MayHaveOneOf(page_ + i)) continue;
    any = true;
    ScanWords(pages, number, i, i + WordSet::kStride);
  }
  ScanWords(pages, number, i, words);
  return any;
}

void LeafLabels::ScanWords(const HeapPages& pages, size_t number, size_t begin, size_t end) {
  for (size_t i = begin; i < end; ++i) {
    const uint64_t word = page_[i];
    if (!filter_.MayHave(word)) continue;
    const uint32_t* found = seen_.Find(word);
    if (found == nullptr || !IsAskedFor(*found) || dead_.Has(i)) continue;
    Holder holder;
    if (!search_.Find(pages, number, page_, i, &holder)) {
      HoldUnseen(*found);
      continue;
    }
    if (holder.object.bits() == word) continue;
    for (uint32_t step = *found; step != kNoIndex; step = steps_[step].same) {
      if (!IsOpen(step)) continue;
      // There may be more, and these are not looked at.
      if (++hits_[step] == kMaxPerStep) answers_[steps_[step].promise].is_held = true;
      Visit(step, holder.object, holder.offset);
    }
  }
}

// Whether another holder of this step would be visited.
bool LeafLabels::IsOpen(uint32_t step) const {
  return step >= pass_begin_ && step < pass_end_ && hits_[step] < kMaxPerStep &&
         !answers_[steps_[step].promise].final;
}

// To find the holder of a word takes long, and many words point to what everything refers to.
bool LeafLabels::IsAskedFor(uint32_t first) const {
  for (uint32_t step = first; step != kNoIndex; step = steps_[step].same) {
    if (IsOpen(step)) return true;
  }
  return false;
}

// Something refers to it, as a huge table may: who that is, is not known,
// but no longer that nobody does. Who merely has the promise cannot resolve it.
void LeafLabels::HoldUnseen(uint32_t first) {
  for (uint32_t step = first; step != kNoIndex; step = steps_[step].same) {
    if (!steps_[step].is_promise) answers_[steps_[step].promise].is_held = true;
  }
}

void LeafLabels::Name(uint32_t step, const char* name, bool final) {
  Answer& answer = answers_[steps_[step].promise];
  if (answer.final || (answer.step != kNoIndex && !final)) return;
  steps_[step].name = name;
  answer.step = step;
  answer.final = final;
}

void LeafLabels::Visit(uint32_t from, Tagged holder, int32_t offset) {
  const int32_t type = heap_->TypeOf(&holder);
  if (type < 0 || type == layout_->type_promise || type == layout_->type_reaction ||
      type == layout_->type_capability || type == layout_->type_async_function ||
      type == layout_->type_async_generator || type == layout_->type_async_generator_request)
    return;
  Step step;
  step.object = holder;
  step.promise = steps_[from].promise;
  step.from = from;
  step.offset = offset;
  step.is_callback = steps_[from].is_callback;
  const bool holds_promise = steps_[from].is_promise;
  if (type >= heap_->layout().type_first_receiver && !heap_->IsFunction(&holder)) {
    // Who merely has a promise waits for it like others; a request of Node's own settles it.
    if (!holds_promise || names_.OfObject(holder).is_request) VisitObject(step);
    return;
  }
  if (holds_promise) {
    // Node adds the promise to its requests as a property, for which they have no room in themselves.
    step.is_promise = type == heap_->layout().type_property_array;
    if (step.is_promise) AddStep(step);
    return;
  }
  answers_[step.promise].is_held = true;
  // A global variable. Only the global object is behind it, and cells are among objects that all of the heap
  // refers to, so to go on would take a good part of the pause.
  if (type == heap_->layout().type_property_cell) return;
  if (heap_->IsFunction(&holder)) return VisitFunction(step, offset);
  // From a callback's scope on, everything hangs together.
  const bool is_context = type >= layout_->type_first_context && type <= layout_->type_last_context;
  if (!is_context || !step.is_callback) AddStep(step);
}

void LeafLabels::VisitFunction(Step step, int32_t offset) {
  // A scope leads to all functions in it: only to the nearest ones.
  if (offset != layout_->function_context || step.is_callback) return;
  // A dead function may still have the address of its scope, which is something else's by now.
  Tagged scope = steps_[step.from].object;
  const int32_t type = heap_->TypeOf(&scope);
  if (type < layout_->type_first_context || type > layout_->type_last_context) return;
  bool is_own = false;
  const char* name = names_.OfCallback(step.object, &is_own);
  if (*name == '\0') return;
  // Node's own callbacks stand between the program's and what calls them.
  step.is_callback = !is_own;
  step.name = name;
  const auto index = static_cast<uint32_t>(steps_.size());
  if (AddStep(step)) Name(index, name, false);
}

void LeafLabels::VisitObject(Step step) {
  const HolderName name = names_.OfObject(step.object);
  answers_[step.promise].is_held = true;
  step.name = name.text;
  const auto index = static_cast<uint32_t>(steps_.size());
  if (AddStep(step)) Name(index, name.text, name.final);
}

bool LeafLabels::LabelOf(uint32_t number, char* text, size_t capacity) const {
  if (number >= answers_.size() || answers_[number].step == kNoIndex || capacity == 0) return false;
  size_t length = 0;
  text[0] = '\0';
  for (uint32_t i = answers_[number].step; i != kNoIndex && length < capacity; i = steps_[i].from) {
    if (*steps_[i].name == '\0') continue;
    const int added =
        std::snprintf(text + length, capacity - length, "%s%s", length == 0 ? "" : " <- ", steps_[i].name);
    length += static_cast<size_t>(std::max(0, added));
  }
  return true;
}

bool LeafLabels::Prove(uint32_t number) {
  return number < answers_.size() && answers_[number].step != kNoIndex && ProveSteps(answers_[number].step);
}

// From the promise to what holds it, and to what holds that.
bool LeafLabels::ProveSteps(uint32_t answer) {
  uint32_t path[kMaxPasses + 2];
  size_t count = 0;
  for (uint32_t i = answer; i != kNoIndex; i = steps_[i].from) {
    if (count == std::size(path)) return false;
    path[count++] = i;
  }
  if (count == 0) return false;
  Tagged held = steps_[path[--count]].object;
  while (count > 0) {
    const Step& step = steps_[path[--count]];
    const Step* outer = count > 0 ? &steps_[path[count - 1]] : nullptr;
    const HeldBy by{step.object, step.offset, outer == nullptr ? Tagged() : outer->object,
                    outer == nullptr ? -1 : outer->offset};
    if (!proof_.Find(held, by, &held) || !Rename(path[count])) return false;
  }
  return true;
}

// The object may be another one by now, or have got another name.
bool LeafLabels::Rename(uint32_t index) {
  Step& step = steps_[index];
  if (*step.name == '\0') return true;
  Tagged object = step.object;
  bool is_own = false;
  step.name = heap_->IsFunction(&object) ? names_.OfCallback(object, &is_own) : names_.OfObject(object).text;
  return *step.name != '\0';
}

}  // namespace gmr::vm
