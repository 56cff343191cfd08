// What the functions of one group wait for, compared: the part of WaitAnswers that splits groups.

#include <algorithm>

#include "../../base/clock.h"
#include "wait_answers.h"

namespace gmr::vm {

namespace {

// In a larger group, only a few functions are examined.
constexpr uint32_t kMostOfSmall = 32;
constexpr uint32_t kFewOfLarge = 7;
constexpr uint32_t kMostInAll = 1500;
constexpr size_t kMostParts = 5;  // of one group

// Nodes of lists say nothing, and how many of them there are depends on the place in the list. So does the
// property by which its owner has one.
void AddToShape(const Holder& holder, bool is_behind_node, std::string* shape) {
  if (holder.kind == HolderKind::kListNode) return;
  const std::string part = std::to_string(static_cast<int>(holder.kind)) + " " + holder.class_name + " " +
                           holder.function_name + " " + holder.file + " " + std::to_string(holder.line) +
                           " " + (is_behind_node ? "" : holder.member) + "\n";
  if (!shape->ends_with(part)) *shape += part;
}

// The holders of which more is reported than what their shape has. Of the nodes of a list, the one that has
// the function: the others have those that wait before it.
void AddDescribed(const std::vector<Holder>& holders, std::vector<const Holder*>* found) {
  bool is_behind_node = false;
  for (const Holder& holder : holders) {
    const bool is_node = holder.kind == HolderKind::kListNode;
    const bool is_described = !holder.description.empty() || !holder.values.empty() || holder.after_ms >= 0;
    if (is_described && !(is_node && is_behind_node)) found->push_back(&holder);
    is_behind_node = is_node;
  }
}

std::vector<const Holder*> DescribedIn(const Wait& wait) {
  std::vector<const Holder*> found;
  for (const WaitEnd& end : wait.ends) {
    AddDescribed(end.holders, &found);
    AddDescribed(end.owners, &found);
  }
  return found;
}

bool AreSame(const HeldValue& a, const HeldValue& b) {
  return a.path == b.path && a.kind == b.kind && a.text == b.text;
}

// Whether a report says the same of waits of the same shape, except for the time that a timer has left.
bool SayTheSame(const Wait& a, const Wait& b) {
  const std::vector<const Holder*> of_a = DescribedIn(a);
  const std::vector<const Holder*> of_b = DescribedIn(b);
  return std::equal(of_a.begin(), of_a.end(), of_b.begin(), of_b.end(),
                    [](const Holder* one, const Holder* other) {
                      return one->description == other->description && one->after_ms == other->after_ms &&
                             std::equal(one->values.begin(), one->values.end(), other->values.begin(),
                                        other->values.end(), AreSame);
                    });
}

}  // namespace

// Whether it waits for another suspended function, directly or not.
bool WaitAnswers::AwaitsFunction(uint32_t function) const {
  const uint32_t awaited = graph_->functions()[function].awaited;
  if (awaited == kNoIndex) return false;
  const AsyncPromise& promise = graph_->promises()[awaited];
  return promise.producer != kNoIndex || promise.first_source != kNoIndex;
}

// What a function waits for that runs in a slot of a limiter is listed elsewhere. One that waits for a slot
// says more.
void WaitAnswers::ChooseSamples(AsyncGroups* groups) const {
  std::vector<uint8_t> is_open(groups->shown());
  for (uint32_t i = 0; i < groups->shown(); ++i)
    is_open[i] = AwaitsFunction(groups->groups()[i].sample) ? 1 : 0;
  if (std::find(is_open.begin(), is_open.end(), 1) == is_open.end()) return;
  for (uint32_t i = 0; i < graph_->functions().size(); ++i) {
    const uint32_t group = graph_->functions()[i].has_callee ? kNoIndex : groups->GroupOf(i);
    if (group >= is_open.size() || is_open[group] == 0 || AwaitsFunction(i)) continue;
    groups->SetSample(group, i);
    is_open[group] = 0;
  }
}

uint32_t WaitAnswers::AddSample(const AsyncFunction& sample) {
  if (sample.suspended.kind == SuspendedKind::kHeldCallback) {
    const SuspendedObject& held = sample.suspended;
    return held.receiver == held.object ? search_->AddFunction(held.object, Tagged())
                                        : search_->AddFunction(held.function, held.receiver);
  }
  return sample.waits() ? search_->Add(graph_->promises()[sample.awaited].pending.object) : kNoIndex;
}

void WaitAnswers::AddSamples(AsyncGroups* groups) {
  ChooseSamples(groups);
  for (uint32_t i = 0; i < groups_->shown(); ++i) {
    const AsyncFunction& sample = graph_->functions()[groups_->groups()[i].sample];
    promises_.push_back(AddSample(sample));
    reported_.emplace_back();
    reported_.back().goes_on = !sample.waits();
  }
  found_.resize(groups_->shown());
  others_.resize(groups_->shown());
}

void WaitAnswers::AddOthers() {
  struct Plan {
    uint32_t count = 0;
    uint32_t step = 1;
    uint32_t seen = 0;
  };
  std::vector<Plan> plans(others_.size());
  uint32_t left = kMostInAll;
  for (uint32_t i = 0; i < plans.size(); ++i) {
    const AsyncGroup& group = groups_->groups()[i];
    if (group.is_closed_cycle || group.count < 2) continue;
    plans[i].count = std::min(group.count <= kMostOfSmall ? group.count - 1 : kFewOfLarge, left);
    if (plans[i].count == 0) continue;
    plans[i].step = (group.count - 1) / plans[i].count;
    left -= plans[i].count;
  }
  if (left == kMostInAll) return;
  for (uint32_t i = 0; i < graph_->functions().size(); ++i) {
    const AsyncFunction& function = graph_->functions()[i];
    const uint32_t group = function.has_callee ? kNoIndex : groups_->GroupOf(i);
    if (group >= plans.size() || i == groups_->groups()[group].sample) continue;
    Plan& plan = plans[group];
    if (others_[group].size() >= plan.count || plan.seen++ % plan.step != 0) continue;
    Other other;
    other.function = i;
    other.wait.goes_on = !function.waits();
    other.promise = AddSample(function);
    others_[group].push_back(std::move(other));
  }
}

void WaitAnswers::Read(int64_t deadline_ns) {
  const auto count = static_cast<uint32_t>(found_.size());
  for (uint32_t i = 0; i < count; ++i) {
    if (promises_[i] == kNoIndex) continue;
    if (platform::MonotonicNs() > deadline_ns) {
      reported_[i].cut |= kCutTime;
    } else {
      ReadOne(groups_->groups()[i].sample, promises_[i], &found_[i], &reported_[i]);
    }
  }
}

bool WaitAnswers::SplitGroups(AsyncGroups* groups, int64_t deadline_ns) {
  const uint32_t shown = groups->shown();
  for (uint32_t i = 0; i < shown; ++i) {
    const bool has_read_all = ReadOthers(i, deadline_ns);
    Compare(groups, i, has_read_all);
  }
  return groups->shown() != shown;
}

// False: there was no time for some of them.
bool WaitAnswers::ReadOthers(uint32_t group, int64_t deadline_ns) {
  std::vector<Other>& others = others_[group];
  for (size_t i = 0; i < others.size(); ++i) {
    Other& other = others[i];
    const bool is_known = other.wait.goes_on || other.promise != kNoIndex;
    if (!is_known || platform::MonotonicNs() > deadline_ns) {
      others.resize(i);
      return false;
    }
    if (!other.wait.goes_on) ReadOne(other.function, other.promise, &other.found, &other.wait);
    other.shape = ShapeOf(other.wait);
  }
  return true;
}

bool WaitAnswers::IsResource(const Holder& holder) const {
  const WantedRow* row =
      holder.known_as.empty() || wanted_ == nullptr ? nullptr : wanted_->Find(holder.known_as);
  return row != nullptr && row->is_resource();
}

bool WaitAnswers::IsOfResource(const Wait& wait) const {
  return std::any_of(wait.ends.begin(), wait.ends.end(), [&](const WaitEnd& end) {
    const auto is_one = [&](const Holder& holder) { return IsResource(holder); };
    return std::any_of(end.holders.begin(), end.holders.end(), is_one) ||
           std::any_of(end.owners.begin(), end.owners.end(), is_one);
  });
}

// The same for waits of the same kind that lead to the same resources.
std::string WaitAnswers::ShapeOf(const Wait& wait) const {
  std::string shape = wait.goes_on ? "." : "";
  // Whether a promise was resolved with another one depends on hooks, too.
  shape += std::to_string(wait.via & ~kViaUnsaid);
  bool is_behind_node = false;
  const auto add = [&](const Holder& holder) {
    AddToShape(holder, is_behind_node, &shape);
    is_behind_node = holder.kind == HolderKind::kListNode;
    if (IsResource(holder)) shape += std::to_string(holder.object.bits());
  };
  for (const WaitEnd& end : wait.ends) {
    shape += "\n";
    shape += std::to_string(static_cast<int>(end.effect));
    std::for_each(end.holders.begin(), end.holders.end(), add);
    std::for_each(end.owners.begin(), end.owners.end(), add);
  }
  return shape;
}

bool WaitAnswers::AllLeadTo(uint32_t group, Tagged object) const {
  const auto is_it = [&](const Holder& holder) { return holder.object == object; };
  const auto leads_to = [&](const WaitEnd& end) {
    return std::any_of(end.holders.begin(), end.holders.end(), is_it) ||
           std::any_of(end.owners.begin(), end.owners.end(), is_it);
  };
  const auto may_lead_to = [&](const Wait& wait) {
    return wait.goes_on || std::any_of(wait.ends.begin(), wait.ends.end(), leads_to);
  };
  const std::vector<Other>& others = others_[group];
  if (others.empty() && groups_->groups()[group].count > 1) return false;
  return may_lead_to(reported_[group]) && std::all_of(others.begin(), others.end(), [&](const Other& other) {
           return may_lead_to(other.wait);
         });
}

void WaitAnswers::Compare(AsyncGroups* groups, uint32_t group, bool has_read_all) {
  const std::vector<Other>& others = others_[group];
  if (!reported_[group].goes_on && !reported_[group].is_searched) return;
  const bool is_whole = has_read_all && others.size() + 1 == groups->groups()[group].count;
  std::vector<std::string> shapes = {ShapeOf(reported_[group])};
  for (const Other& other : others) {
    if (std::find(shapes.begin(), shapes.end(), other.shape) == shapes.end()) shapes.push_back(other.shape);
  }
  if (is_whole && shapes.size() <= kMostParts) {
    for (size_t i = 1; i < shapes.size(); ++i) AddPart(groups, group, shapes[i]);
  } else {
    UseOther(groups, group);
  }
  Count(groups, group, ShapeOf(reported_[group]));
}

// One that waits for a resource says more than the others; otherwise most of those that were examined speak
// for the group.
void WaitAnswers::UseOther(AsyncGroups* groups, uint32_t group) {
  std::vector<Other>& others = others_[group];
  if (others.empty() || IsOfResource(reported_[group])) return;
  auto found = std::find_if(others.begin(), others.end(),
                            [&](const Other& other) { return IsOfResource(other.wait); });
  if (found == others.end()) {
    const auto like = [&](const std::string& shape) {
      return std::count_if(others.begin(), others.end(),
                           [&](const Other& other) { return other.shape == shape; });
    };
    found = std::max_element(others.begin(), others.end(),
                             [&](const Other& a, const Other& b) { return like(a.shape) < like(b.shape); });
    if (like(found->shape) <= like(ShapeOf(reported_[group])) + 1) return;
  }
  Other sample{groups->groups()[group].sample, promises_[group], std::move(found_[group]),
               std::move(reported_[group]), ""};
  sample.shape = ShapeOf(sample.wait);
  groups->SetSample(group, found->function);
  promises_[group] = found->promise;
  found_[group] = std::move(found->found);
  reported_[group] = std::move(found->wait);
  *found = std::move(sample);
}

// Moves the functions with this shape to a group of their own.
void WaitAnswers::AddPart(AsyncGroups* groups, uint32_t group, const std::string& shape) {
  std::vector<Other>& others = others_[group];
  const auto first = std::stable_partition(others.begin(), others.end(),
                                           [&](const Other& other) { return other.shape != shape; });
  std::vector<uint32_t> functions;
  for (auto i = first; i != others.end(); ++i) functions.push_back(i->function);
  if (groups->Split(group, functions) == kNoIndex) return;
  std::vector<Other> part(std::make_move_iterator(first), std::make_move_iterator(others.end()));
  others.erase(first, others.end());
  promises_.push_back(part.front().promise);
  found_.push_back(std::move(part.front().found));
  reported_.push_back(std::move(part.front().wait));
  part.erase(part.begin());
  others_.push_back(std::move(part));
  Count(groups, static_cast<uint32_t>(others_.size() - 1), shape);
}

void WaitAnswers::Count(AsyncGroups* groups, uint32_t group, const std::string& shape) const {
  const std::vector<Other>& others = others_[group];
  const auto same = std::count_if(others.begin(), others.end(), [&](const Other& other) {
    return other.shape == shape && SayTheSame(other.wait, reported_[group]);
  });
  groups->SetSeenIn(group, static_cast<uint32_t>(same + 1));
}

}  // namespace gmr::vm
