#include "handler_reader.h"

#include <algorithm>
#include <iterator>

namespace gmr::vm {

void HandlerReader::Reset() { std::fill(std::begin(known_shared_), std::end(known_shared_), KnownShared()); }

bool HandlerReader::IsContext(Tagged* object) const {
  const int32_t type = heap_->TypeOf(object);
  return type >= 0 && type >= layout_->type_first_context && type <= layout_->type_last_context;
}

bool HandlerReader::IsSuspended(Tagged* object) const {
  const int32_t type = heap_->TypeOf(object);
  return type >= 0 && (type == layout_->type_async_function || type == layout_->type_async_generator);
}

bool HandlerReader::Read(Tagged object, Handler* handler) const {
  if (!heap_->IsFunction(&object)) return false;
  handler->function = object;
  if (!heap_->Load(object, heap_->layout().function_shared, &handler->shared)) return false;
  if (!heap_->Load(object, layout_->function_context, &handler->context)) return false;
  handler->builtin = BuiltinOf(handler->shared);
  return true;
}

int32_t HandlerReader::BuiltinOf(Tagged shared) const {
  KnownShared& known = known_shared_[shared.bits() / 64 % kKnownShared];
  if (known.shared == shared) return known.builtin;
  int32_t builtin = -1;
  Tagged script;
  // A function that was not compiled yet has a builtin's number too, in some versions.
  const bool has_script = heap_->Load(shared, heap_->layout().shared_script, &script) &&
                          heap_->Is(&script, heap_->layout().type_script);
  if (has_script || !heap_->LoadSmi(shared, layout_->shared_builtin, &builtin) || builtin <= 0) builtin = -1;
  known = {shared, builtin};
  return builtin;
}

Tagged HandlerReader::FunctionOf(const Handler& handler) const {
  Tagged context = handler.context;
  Tagged word;
  if (handler.builtin < 0 || layout_->await_generator < 0 || !IsContext(&context)) return {};
  if (!heap_->Load(context, layout_->await_generator, &word) || !IsSuspended(&word)) return {};
  return word;
}

Tagged HandlerReader::SoleFunctionOf(Tagged reactions) const {
  Tagged next;
  Tagged fulfill;
  Handler handler;
  if (!heap_->Is(&reactions, layout_->type_reaction)) return {};
  if (!heap_->Load(reactions, layout_->reaction_next, &next) || next.IsObject()) return {};
  if (!heap_->Load(reactions, layout_->reaction_fulfill, &fulfill)) return {};
  if (Read(fulfill, &handler)) return FunctionOf(handler);
  // V8 15 is to keep the function itself there.
  return IsSuspended(&fulfill) ? fulfill : Tagged();
}

}  // namespace gmr::vm
