// V8Compat: every difference between the supported V8 versions, in one place.
//
// Owns:        nothing.
// Threads:     as the V8 call that is wrapped.
// Signal-safe: no.
// Lifetime:    functions.
//
// No other file may test V8_MAJOR_VERSION or NODE_MODULE_VERSION; a test holds this.
#ifndef GMR_NATIVE_V8_V8_COMPAT_H_
#define GMR_NATIVE_V8_V8_COMPAT_H_

#include <node.h>
#include <v8.h>

#include <string>

namespace gmr::vm {

// The ABI that this binary was compiled for. Node does not check it for an
// addon that registers through Node-API, so the addon does.
inline constexpr int kNodeModuleVersion = NODE_MODULE_VERSION;

// Whether the address space that V8 reserves for code is writable and therefore counts against RLIMIT_DATA.
// Measured: VmData of an idle Node is 48 MB up to version 22, and 573 MB from 24 on.
inline constexpr bool kReservesCodeAsData = NODE_MODULE_VERSION >= 137;

// Gives an isolate made with node::NewIsolate back.
inline void DisposeIsolate(node::MultiIsolatePlatform* platform, v8::Isolate* isolate) {
#if NODE_MODULE_VERSION >= 131
  // Node 23 changed the order that is required: the platform must forget the
  // isolate only after its heap is gone, and does both itself.
  platform->DisposeIsolate(isolate);
#else
  platform->UnregisterIsolate(isolate);
  isolate->Dispose();
#endif
}

inline v8::Local<v8::Value> PrototypeOf(v8::Local<v8::Object> object) {
#if NODE_MODULE_VERSION >= 137
  return object->GetPrototypeV2();  // Node 26 has only this one
#else
  return object->GetPrototype();
#endif
}

inline v8::ScriptOrigin OriginNamed([[maybe_unused]] v8::Isolate* isolate, v8::Local<v8::Value> name) {
#if NODE_MODULE_VERSION >= 127
  return v8::ScriptOrigin(name);
#else
  return v8::ScriptOrigin(isolate, name);
#endif
}

// Data for a callback: a pointer of ours. Node 26 wants it to have a type.
inline v8::Local<v8::External> ExternalOf(v8::Isolate* isolate, void* pointer) {
#if NODE_MODULE_VERSION >= 147
  return v8::External::New(isolate, pointer, v8::kExternalPointerTypeTagDefault);
#else
  return v8::External::New(isolate, pointer);
#endif
}

// Converts a string to UTF-8; an unpaired surrogate, which is not a character, becomes U+FFFD.
inline std::string ToUtf8(v8::Isolate* isolate, v8::Local<v8::String> string) {
#if NODE_MODULE_VERSION >= 137
  std::string text(string->Utf8LengthV2(isolate), '\0');
  const size_t length =
      string->WriteUtf8V2(isolate, text.data(), text.size(), v8::String::WriteFlags::kReplaceInvalidUtf8);
  text.resize(length);
#else
  std::string text(static_cast<size_t>(string->Utf8Length(isolate)), '\0');
  const int options = v8::String::NO_NULL_TERMINATION | v8::String::REPLACE_INVALID_UTF8;
  const int length = string->WriteUtf8(isolate, text.data(), static_cast<int>(text.size()), nullptr, options);
  text.resize(static_cast<size_t>(length));
#endif
  return text;
}

inline void* PointerOf(v8::Local<v8::External> external) {
#if NODE_MODULE_VERSION >= 147
  return external->Value(v8::kExternalPointerTypeTagDefault);
#else
  return external->Value();
#endif
}

// What the embedder keeps for the code that runs, and V8 for each reaction of a promise. False: this V8 does
// not keep it in the isolate.
inline bool ExchangeContinuationData([[maybe_unused]] v8::Isolate* isolate,
                                     [[maybe_unused]] v8::Local<v8::Data>* data) {
#if NODE_MODULE_VERSION >= 147
  const v8::Local<v8::Data> before = isolate->GetContinuationPreservedEmbedderDataV2();
  isolate->SetContinuationPreservedEmbedderDataV2(*data);
  *data = before;
  return true;
#elif NODE_MODULE_VERSION >= 127
  const v8::Local<v8::Value> before = isolate->GetContinuationPreservedEmbedderData();
  isolate->SetContinuationPreservedEmbedderData(data->As<v8::Value>());
  *data = before;
  return true;
#else
  return false;
#endif
}

}  // namespace gmr::vm

#endif  // GMR_NATIVE_V8_V8_COMPAT_H_
