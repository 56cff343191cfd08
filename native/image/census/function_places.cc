#include "function_places.h"

namespace gmr::vm {

void FunctionPlaces::Reset() {
  places_.clear();
  by_shared_.clear();
  by_text_.clear();
}

uint32_t FunctionPlaces::Intern(OpenFunction place) {
  std::string text = place.name;
  text.append(1, '\0').append(place.file).append(1, '\0');
  text.append(std::to_string(place.line)).append(":").append(std::to_string(place.column));
  const auto [at, is_new] = by_text_.emplace(std::move(text), static_cast<uint32_t>(places_.size()));
  if (is_new) places_.push_back(std::move(place));
  return at->second;
}

uint32_t FunctionPlaces::Find(Tagged function) {
  for (int i = 0;
       i < kMaxBound && layout_->bound_target >= 0 && heap_->Is(&function, layout_->type_bound_function);
       ++i) {
    if (!heap_->Load(function, layout_->bound_target, &function)) return platform::kNoIndex;
  }
  Tagged shared;
  FunctionInfo info;
  if (!heap_->IsFunction(&function) || !heap_->Load(function, heap_->layout().function_shared, &shared))
    return platform::kNoIndex;
  const auto known = by_shared_.find(shared.bits());
  if (known != by_shared_.end()) return known->second;
  if (!functions_->FindByFunction(function, &info)) return platform::kNoIndex;
  OpenFunction place;
  place.name = info.name;
  place.file = info.file;
  if (info.start_position >= 0 &&
      !scripts_->Locate(info.script, info.start_position, &place.line, &place.column))
    place.line = place.column = 0;
  const uint32_t index = Intern(std::move(place));
  by_shared_.emplace(shared.bits(), index);
  return index;
}

}  // namespace gmr::vm
