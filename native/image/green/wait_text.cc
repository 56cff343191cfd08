#include "wait_text.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <iterator>

#include "wait_reasons.h"

namespace gmr::vm {

namespace {

std::string InMs(double ms) {
  char text[32];
  std::snprintf(text, sizeof text, "%.0f ms", ms);
  return text;
}

// 600 s, 1.5 s, 250 ms
std::string Duration(double ms) {
  char text[32];
  if (ms < 1000) return InMs(ms);
  // As a double: a number from a heap that changes may be too large for an integer.
  const double tenths = std::floor(ms / 100);
  const bool is_whole = tenths >= 1000 || std::fmod(tenths, 10) == 0;
  std::snprintf(text, sizeof text, is_whole ? "%.0f s" : "%.1f s", tenths / 10);
  return text;
}

std::string TimerText(const Holder& timer) {
  if (timer.class_name == "Immediate") return "setImmediate";
  if (timer.after_ms < 0) return "timer";
  const std::string left = timer.left_ms < 0 ? "" : " (" + InMs(timer.left_ms) + " left)";
  return (timer.repeats ? "interval " : "timer ") + InMs(timer.after_ms) + left;
}

std::string LimitText(const Holder& limit) {
  if (limit.kind == HolderKind::kSignal) {
    return limit.description.empty() ? "given up when an AbortSignal is aborted"
                                     : "given up after the time of an " + limit.description;
  }
  if (limit.after_ms < 0) return "given up after a time";
  if (limit.repeats) {
    // Each time, its function may find that it is not yet time to give up.
    const std::string next = limit.left_ms < 0 ? "" : " (the next in " + Duration(limit.left_ms) + ")";
    return "given up by a check every " + Duration(limit.after_ms) + next;
  }
  const std::string left = limit.left_ms < 0 ? "" : " (" + Duration(limit.left_ms) + " left)";
  return "given up after " + Duration(limit.after_ms) + left;
}

std::string PlaceText(const Holder& holder) {
  return "(" + holder.file + ":" + std::to_string(holder.line) + ":" + std::to_string(holder.column) + ")";
}

std::string Named(const Holder& holder) {
  if (holder.function_name.empty() && !holder.enclosing_name.empty()) return "in " + holder.enclosing_name;
  const std::string name = holder.function_name.empty() ? "<anonymous>" : holder.function_name;
  return holder.class_name.empty() ? name : holder.class_name + "." + name;
}

std::string WithMember(const std::string& of, const std::string& member) {
  if (member.empty()) return of;
  return member.front() == '[' ? of + member : of + "." + member;
}

// Properties of plain objects between the end and what it holds, from the outside inwards.
std::string Inner(const WaitEnd& end) {
  std::string text;
  int count = 0;
  for (size_t i = end.holders.size() - 1; i-- > 0 && count < 3; ++count) {
    const Holder& holder = end.holders[i];
    // A function may have it as a property too.
    const bool has_members = holder.kind == HolderKind::kPlain || holder.kind == HolderKind::kCallback;
    if (!has_members || holder.member == "resolve" || holder.member == "reject") break;
    text = WithMember(text, holder.member);
  }
  return text;
}

std::string Quoted(const std::string& text) { return "\"" + text + "\""; }

// What is in a variable or a property: "Map", "object".
std::string ContentName(const WaitEnd& end) {
  if (end.holders.size() < 2) return "variable";
  const Holder& content = end.holders[end.holders.size() - 2];
  const bool has_function =
      end.holders.size() > 2 && end.holders[end.holders.size() - 3].kind == HolderKind::kCallback;
  if (content.kind == HolderKind::kPlain)
    return has_function && !content.member.empty() ? "function" : "object";
  return content.kind == HolderKind::kCallback ? "variable" : content.class_name;
}

// An emitter keeps its listeners in `_events`, by the name of the event.
bool IsEvent(const WaitEnd& end, size_t emitter, std::string* name) {
  if (emitter == 0 || end.holders[emitter].member != "_events") return false;
  *name = end.holders[emitter - 1].member;
  return !name->empty();
}

std::string EventText(const std::string& event, const Holder& emitter) {
  return "event " + Quoted(event) + " of " + emitter.class_name;
}

// An object of a class that a collection has.
std::string ItemText(const WaitEnd& end) {
  for (size_t i = end.holders.size() - 1; i-- > 0;) {
    const Holder& item = end.holders[i];
    const bool is_item = item.kind == HolderKind::kObject && !item.class_name.empty() &&
                         end.holders[i + 1].kind == HolderKind::kCollection;
    const bool is_plain_name = item.member == "resolve" || item.member == "reject";
    std::string event;
    if (is_item && IsEvent(end, i, &event)) return EventText(event, item) + " in ";
    if (is_item) return WithMember(item.class_name, is_plain_name ? "" : item.member) + " in ";
  }
  return "";
}

std::string VariableText(const WaitEnd& end) {
  const Holder& scope = end.holders.back();
  std::string text = scope.description.empty() ? "" : "an event of " + scope.description + ": ";
  const std::string content = ContentName(end);
  const bool is_global = scope.kind == HolderKind::kGlobal;
  text += ItemText(end) + (is_global && content == "variable" ? "global variable" : content);
  if (!scope.member.empty()) text += " " + Quoted(scope.member + Inner(end));
  if (is_global) return content == "variable" ? text : text + ", a global variable";
  if (!scope.function_name.empty()) text += " of " + scope.function_name;
  return scope.file.empty() ? text : text + " (" + scope.file + ")";
}

// Where the outermost owner is: its class, and the variable that has it.
std::string OwnerPlace(const Holder& named, const Holder* variable) {
  const std::string text = named.file;
  // A variable of one of Node's functions says nothing to whoever wrote the program.
  if (variable != nullptr && !variable->is_outer && variable->file.starts_with("node:")) variable = nullptr;
  if (variable == nullptr) return text.empty() ? "" : " (" + text + ")";
  std::string place = Quoted(variable->member);
  if (!variable->function_name.empty()) place += " of " + variable->function_name;
  if (!variable->file.empty()) place += " in " + variable->file;
  // The file of one of Node's classes says less than the variable.
  const bool is_same = variable->file == named.file || text.empty() || text.starts_with("node:");
  return " (" + (is_same ? place : text + "; " + place) + ")";
}

// Printed owners of an object, innermost first.
constexpr int kMostOwners = 2;

std::string ObjectText(const WaitEnd& end) {
  const Holder& named = end.holders.back();
  std::string text = ItemText(end);
  std::string event;
  const bool is_list =
      end.holders.size() > 1 && end.holders[end.holders.size() - 2].kind == HolderKind::kListNode;
  if (is_list) {
    // `head` and `tail` say nothing.
    text += named.class_name;
  } else if (IsEvent(end, end.holders.size() - 1, &event)) {
    text += EventText(event, named);
  } else {
    text += WithMember(named.class_name, named.member) + Inner(end);
  }
  const Holder* outer = &named;
  const Holder* variable = nullptr;
  int count = 0;
  for (const Holder& owner : end.owners) {
    if (owner.kind == HolderKind::kScope || owner.kind == HolderKind::kGlobal) {
      variable = &owner;
    } else if (owner.kind == HolderKind::kObject && ++count <= kMostOwners) {
      text += " of " + owner.class_name;
      outer = &owner;
    }
  }
  return text + OwnerPlace(*outer, variable);
}

std::string FunctionText(const Holder& function) {
  const std::string text = "async function " + Named(function) + " " + PlaceText(function);
  return function.kind == HolderKind::kLocal ? "local variable of " + text : text;
}

std::string EndText(const WaitEnd& end) {
  const Holder& last = end.holders.back();
  switch (last.kind) {
    case HolderKind::kTimer:
      return TimerText(last);
    case HolderKind::kSignal:
      return last.description.empty() ? "AbortSignal" : last.description;
    case HolderKind::kRequest:
      return last.description.empty() ? last.class_name : last.description;
    case HolderKind::kFunction:
    case HolderKind::kLocal:
      return FunctionText(last);
    case HolderKind::kScope:
    case HolderKind::kGlobal:
      return VariableText(end);
    case HolderKind::kCallback:
      return last.member.empty() ? "callback " + Named(last) + " " + PlaceText(last)
                                 : WithMember(Named(last), last.member) + " (" + last.file + ")";
    case HolderKind::kPlain:
    case HolderKind::kListNode:
    case HolderKind::kCollection:
      return last.class_name.empty() ? "object" : last.class_name;
    case HolderKind::kObject:
      break;
  }
  return ObjectText(end);
}

// A function that may settle it and is suspended itself stands before what it waits for.
std::string SuspendedBefore(const WaitEnd& end) {
  for (size_t i = 0; i + 1 < end.holders.size(); ++i) {
    const HolderKind kind = end.holders[i].kind;
    if (kind != HolderKind::kFunction && kind != HolderKind::kLocal) continue;
    Holder function = end.holders[i];
    function.kind = HolderKind::kFunction;
    return FunctionText(function) + ", which may settle it and waits for ";
  }
  return "";
}

// `is_whole`: nothing was overlooked, so that what was not found is not there.
WaitAnswer AnswerOf(const WaitEnd& end, bool is_whole) {
  WaitAnswer answer;
  answer.text = EndText(end);
  answer.holders = end.holders;
  answer.end = static_cast<uint32_t>(end.holders.size() - 1);
  answer.holders.insert(answer.holders.end(), end.owners.begin(), end.owners.end());
  if (end.effect == WaitEffect::kRejects) answer.after = ", which can only reject it";
  if (end.effect != WaitEffect::kMaySettle) return answer;
  if (end.is_uncalled) {
    const bool says_more = !end.variable.empty() && end.variable != "resolve" && end.variable != "reject";
    if (says_more) answer.text += " with " + Quoted(end.variable);
    answer.after = is_whole ? kUncalled : kCallerNotFound;
    return answer;
  }
  answer.before = SuspendedBefore(end);
  if (answer.before.empty()) answer.after = ", which may settle it";
  return answer;
}

bool IsLimit(const WaitEnd& end) {
  const HolderKind kind = end.holders.back().kind;
  return end.effect == WaitEffect::kRejects && (kind == HolderKind::kTimer || kind == HolderKind::kSignal);
}

std::string Reason(uint8_t cut) {
  const auto* known = std::find_if(std::begin(kCutNames), std::end(kCutNames),
                                   [&](const CutName& name) { return (cut & name.bit) != 0; });
  return known == std::end(kCutNames) ? "" : known->text;
}

// That it can do no more than reject is a claim of absence. A function whose promise is passed on by a
// handler fulfils it as a rule.
bool IsUncertain(const WaitEnd& end, bool is_at_rest) {
  return end.effect == WaitEffect::kRejects &&
         (!is_at_rest || end.holders.back().kind == HolderKind::kFunction);
}

struct Found {
  std::vector<WaitAnswer> answers;
  std::string limits;
  bool has_uncertain = false;
};

Found Sort(const Wait& wait, bool is_at_rest) {
  Found found;
  for (const WaitEnd& end : wait.ends) {
    if (IsLimit(end)) {
      found.limits += (found.limits.empty() ? "" : " or ") + LimitText(end.holders.back());
    } else if (IsUncertain(end, is_at_rest)) {
      found.has_uncertain = true;
    } else {
      WaitAnswer answer = AnswerOf(end, is_at_rest && wait.cut == 0);
      const std::string text = answer.ToText();
      const bool is_new = std::none_of(found.answers.begin(), found.answers.end(),
                                       [&](const WaitAnswer& other) { return other.ToText() == text; });
      if (is_new) found.answers.push_back(std::move(answer));
    }
  }
  return found;
}

// Where no answer was found.
std::string Unknown(const Wait& wait, bool has_uncertain, bool is_at_rest) {
  const uint8_t cut = wait.cut | (has_uncertain ? kCutText : 0);
  if (cut != 0) return "something that was not followed to the end: " + Reason(cut);
  return is_at_rest ? kNothing : "";
}

// Whether it cannot go on even when all answers have come.
bool HasDead(const Wait& wait, bool is_at_rest) { return wait.dead > 0 && wait.cut == 0 && is_at_rest; }

std::string RestOf(const Wait& wait, const Found& found, bool is_at_rest) {
  std::string rest;
  if (found.answers.empty()) {
    rest = Unknown(wait, found.has_uncertain, is_at_rest);
    if (found.limits.empty()) return rest == kNothing ? kNothingAtAll : rest;
    if (rest.empty()) rest = "something that was not found";
  } else if (wait.more > 0) {
    rest = " | " + std::to_string(wait.more) + " more";
  }
  if (!found.answers.empty() && HasDead(wait, is_at_rest)) rest += std::string(" | ") + kNothing;
  return found.limits.empty() ? rest : rest + ", " + found.limits;
}

}  // namespace

std::string WaitParts::ToText() const {
  std::string text;
  for (const WaitAnswer& answer : answers) text += (text.empty() ? "" : " | ") + answer.ToText();
  return (via.empty() ? "" : via + ": ") + text + rest;
}

WaitParts PartsOf(const Wait& wait, const std::string& via, bool is_at_rest) {
  WaitParts parts;
  // A thread that ran meanwhile may await a promise that was not read.
  if (wait.goes_on && is_at_rest) parts.rest = kGoesOn;
  if (wait.goes_on || !wait.is_searched) return parts;
  Found found = Sort(wait, is_at_rest);
  parts.rest = RestOf(wait, found, is_at_rest);
  if (found.answers.size() > 1 || HasDead(wait, is_at_rest)) parts.via = via;
  parts.answers = std::move(found.answers);
  return parts;
}

std::string WaitText(const Wait& wait, const std::string& via, bool is_at_rest) {
  return PartsOf(wait, via, is_at_rest).ToText();
}

}  // namespace gmr::vm
