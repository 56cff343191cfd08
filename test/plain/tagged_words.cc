// Tagged words, objects that are checked by their maps, and V8's strings.

#include <memory>

#include "../../native/image/objects/byte_cursor.h"
#include "../../native/image/objects/long_string.h"
#include "../../native/image/text/utf8_writer.h"
#include "harness.h"
#include "heap.h"

namespace gmr::test {

namespace {

using vm::FlatString;
using vm::Utf8Writer;

TEST("Tagged tells small integers from objects") {
  CHECK(Heap::Smi(-5).IsSmi());
  CHECK_EQ(Heap::Smi(-5).ToSmi(), -5);
  CHECK(!Heap::Smi(-5).IsObject());
  CHECK(Tagged::At(0x1000'0000_at).IsObject());
  CHECK(!Tagged::At(0x1000'0000_at).IsSmi());
}

TEST("Tagged takes no word for an object that is no address of a process") {
  CHECK(!Tagged(0x801).IsObject());
  CHECK(!Tagged(0x1000'0003).IsObject());
  CHECK(!Tagged(0x1000'0005).IsObject());
  CHECK(!Tagged(0xffff'8000'0000'0001).IsObject());
}

TEST("Tagged makes a weak reference strong") { CHECK(Tagged(0x1000'0003).Strong() == Tagged(0x1000'0001)); }

TEST("HeapReader reads the type of an object from its map") {
  Heap heap;
  Tagged array = heap.Array({});
  CHECK_EQ(heap.objects.TypeOf(&array), heap.layout.type_fixed_array);
  CHECK(heap.objects.IsArray(&array));
  CHECK(!heap.objects.IsByteArray(&array));
}

TEST("HeapReader believes no map whose own map is none") {
  Heap heap;
  const Tagged no_map = heap.Object(heap.layout.type_fixed_array, 4);
  Tagged object = heap.ObjectOf(no_map, 2);
  CHECK_EQ(heap.objects.TypeOf(&object), -1);
  CHECK_EQ(heap.objects.TypeOfMap(no_map), -1);
}

TEST("HeapReader gives no type to small integers and to unreadable memory") {
  Heap heap;
  Tagged smi = Heap::Smi(7);
  Tagged nowhere = Tagged::At(0x1234'5678'0000_at);
  CHECK_EQ(heap.objects.TypeOf(&smi), -1);
  CHECK_EQ(heap.objects.TypeOf(&nowhere), -1);
}

TEST("HeapReader follows an object that was moved") {
  Heap heap;
  Tagged object = heap.Array({Heap::Smi(3)});
  const Tagged copy = heap.Move(object, 3);
  CHECK_EQ(heap.objects.TypeOf(&object), heap.layout.type_fixed_array);
  CHECK(object == copy);
}

TEST("HeapReader does not follow an object that was moved to itself") {
  Heap heap;
  Tagged object = heap.Object(heap.layout.type_fixed_array, 2);
  heap.Put(object, 0, object.bits() - 1);
  CHECK_EQ(heap.objects.TypeOf(&object), -1);
}

TEST("HeapReader follows a map that was moved") {
  Heap heap;
  const Tagged map = heap.NewMap(heap.layout.type_script);
  Tagged object = heap.ObjectOf(map, 2);
  heap.Move(map, 10);
  CHECK_EQ(heap.objects.TypeOf(&object), heap.layout.type_script);
}

TEST("HeapReader reads types anew when the memory may have changed") {
  Heap heap;
  Tagged object = heap.Object(heap.layout.type_script, 2);
  CHECK(heap.objects.Is(&object, heap.layout.type_script));
  heap.Put(heap.MapFor(heap.layout.type_script), heap.layout.map_instance_type, uint16_t{191});
  CHECK(heap.objects.Is(&object, 191));
}

TEST("HeapReader knows functions by a range of types") {
  Heap heap;
  for (const int32_t type : {heap.layout.type_first_js_function, heap.layout.type_last_js_function}) {
    Tagged function = heap.Object(type, 8);
    CHECK(heap.objects.IsFunction(&function));
  }
  Tagged other = heap.Object(heap.layout.type_last_js_function + 1, 8);
  CHECK(!heap.objects.IsFunction(&other));
}

TEST("HeapReader loads elements of an array, and none behind its end") {
  Heap heap;
  const Tagged array = heap.Array({Heap::Smi(3), heap.OneByte("x")});
  Tagged element;
  int32_t value = 0;
  CHECK(heap.objects.LoadElement(array, 1, &element));
  CHECK(element.IsObject());
  CHECK(heap.objects.LoadSmiElement(array, 0, &value));
  CHECK_EQ(value, 3);
  CHECK(!heap.objects.LoadSmiElement(array, 1, &value));
  CHECK(!heap.objects.LoadElement(array, 2, &element));
  CHECK(!heap.objects.LoadElement(array, -1, &element));
}

TEST("HeapReader believes no negative length") {
  Heap heap;
  const Tagged array = heap.Array({Heap::Smi(3)});
  heap.Set(array, heap.layout.array_length, Heap::Smi(-1));
  CHECK_EQ(heap.objects.LengthOf(array), -1);
  heap.Set(array, heap.layout.array_length, heap.OneByte("1"));
  CHECK_EQ(heap.objects.LengthOf(array), -1);
}

std::string Written(const std::vector<uint16_t>& units, size_t capacity = 100) {
  std::string text(capacity, '\0');
  Utf8Writer writer(text.data(), capacity);
  for (const uint16_t unit : units) writer.AppendUnit(unit);
  writer.Finish();
  return text.substr(0, writer.size());
}

TEST("Utf8Writer writes characters of one to four bytes") {
  CHECK_EQ(Written({'a', 0xe9, 0x65e5, 0xd83c, 0xdf89}), "aé日🎉");
}

TEST("Utf8Writer replaces halves of surrogate pairs") {
  CHECK_EQ(Written({0xd83c, 'a'}), "\ufffda");
  CHECK_EQ(Written({0xdf89}), "\ufffd");
  CHECK_EQ(Written({0xd83c}), "\ufffd");
  CHECK_EQ(Written({0xd83c, 0xd83c, 0xdf89}), "\ufffd🎉");
}

TEST("Utf8Writer writes whole characters only") {
  CHECK_EQ(Written({'a', 0x65e5, 'b'}, 3), "a");
  CHECK_EQ(Written({'a', 0xe9}, 3), "aé");
}

std::string Copied(const Heap& heap, Tagged string, size_t max_bytes = 100) {
  const char* text = heap.strings.Copy(string, max_bytes);
  return text == nullptr ? "(none)" : text;
}

TEST("RawStrings copies strings of one and of two bytes") {
  Heap heap;
  CHECK_EQ(Copied(heap, heap.OneByte("hello")), "hello");
  CHECK_EQ(Copied(heap, heap.OneByte("caf\xe9")), "café");
  CHECK_EQ(Copied(heap, heap.TwoByte(u"日本🎉")), "日本🎉");
  CHECK_EQ(Copied(heap, heap.OneByte("")), "");
}

TEST("RawStrings copies no other objects") {
  Heap heap;
  CHECK_EQ(Copied(heap, Heap::Smi(1)), "(none)");
  CHECK_EQ(Copied(heap, heap.Array({})), "(none)");
  CHECK_EQ(Copied(heap, Tagged()), "(none)");
}

TEST("RawStrings cuts long strings") {
  Heap heap;
  CHECK_EQ(Copied(heap, heap.OneByte("abcdefgh"), 5), "abcde...");
  CHECK_EQ(Copied(heap, heap.OneByte("abcde"), 5), "abcde");
  CHECK_EQ(Copied(heap, heap.OneByte(std::string(10'000, 'x')), 100'000).size(), 4099);
}

TEST("RawStrings joins the parts of a rope") {
  Heap heap;
  const Tagged left = heap.Cons(heap.OneByte("a"), heap.OneByte("b"), 2);
  const Tagged rope = heap.Cons(left, heap.Cons(heap.OneByte("c"), heap.TwoByte(u"日"), 2), 4);
  FlatString flat;
  CHECK_EQ(Copied(heap, rope), "abc日");
  CHECK(!heap.strings.Flatten(rope, &flat));
}

TEST("RawStrings follows a rope that V8 has flattened") {
  Heap heap;
  const Tagged rope = heap.Cons(heap.OneByte("flat"), heap.OneByte(""), 4);
  FlatString flat;
  CHECK(heap.strings.Flatten(rope, &flat));
  CHECK_EQ(flat.length, 4);
  CHECK(heap.strings.Equals(rope, "flat"));
}

TEST("RawStrings gives up on a rope that holds itself") {
  Heap heap;
  const Tagged rope = heap.Cons(heap.OneByte("a"), heap.OneByte("b"), 1000);
  heap.Set(rope, heap.layout.cons_first, rope);
  CHECK_EQ(Copied(heap, rope), "(none)");
  heap.Set(rope, heap.layout.cons_second, heap.OneByte(""));
  CHECK_EQ(Copied(heap, rope), "(none)");
}

TEST("RawStrings gives up on a rope of too many parts") {
  Heap heap;
  Tagged rope = heap.OneByte("x");
  for (uint32_t i = 2; i <= 20; ++i) rope = heap.Cons(rope, heap.OneByte("x"), i);
  CHECK_EQ(Copied(heap, rope), std::string(20, 'x'));
  for (uint32_t i = 21; i <= 80; ++i) rope = heap.Cons(rope, heap.OneByte("x"), i);
  CHECK_EQ(Copied(heap, rope), "(none)");
}

TEST("RawStrings reads a part of another string") {
  Heap heap;
  const Tagged parent = heap.OneByte("hello world");
  FlatString flat;
  CHECK_EQ(Copied(heap, heap.Sliced(parent, 6, 5)), "world");
  CHECK(heap.strings.Flatten(heap.Sliced(parent, 6, 5), &flat));
  CHECK_EQ(flat.data, parent.Slot(heap.layout.string_chars) + 6);
}

TEST("RawStrings refuses a part that is not in its string") {
  Heap heap;
  const Tagged parent = heap.OneByte("hello");
  CHECK_EQ(Copied(heap, heap.Sliced(parent, 3, 3)), "(none)");
  CHECK_EQ(Copied(heap, heap.Sliced(parent, -1, 1)), "(none)");
  CHECK_EQ(Copied(heap, heap.Sliced(heap.Array({}), 0, 1)), "(none)");
}

TEST("RawStrings follows thin strings, but not in a circle") {
  Heap heap;
  const Tagged thin = heap.Thin(heap.OneByte("actual"), 6);
  CHECK_EQ(Copied(heap, thin), "actual");
  CHECK_EQ(Copied(heap, heap.Sliced(thin, 3, 3)), "ual");
  heap.Set(thin, heap.layout.thin_actual, thin);
  CHECK_EQ(Copied(heap, thin), "(none)");
}

TEST("RawStrings reads characters outside of the heap") {
  Heap heap;
  constexpr platform::Address kOutside(0x5000'0000);
  heap.memory.Map(kOutside, 4096);
  heap.memory.WriteText(kOutside + 8, "outside");
  CHECK_EQ(Copied(heap, heap.External(Heap::kExternalOneByte, kOutside + 8, 7)), "outside");
  CHECK_EQ(Copied(heap, heap.External(Heap::kExternalOneByte, kOutside + 4090, 7)), "(none)");
  CHECK_EQ(Copied(heap, heap.External(Heap::kExternalOneByte, 0_at, 7)), "(none)");
  CHECK_EQ(Copied(heap, heap.External(Heap::kExternalOneByte | Heap::kUncached, kOutside + 8, 7)), "(none)");
  heap.memory.Write(kOutside + 64, u"日本", 4);
  CHECK_EQ(Copied(heap, heap.External(Heap::kExternalTwoByte, kOutside + 64, 2)), "日本");
}

TEST("RawStrings knows where the object of a flat string is") {
  Heap heap;
  const Tagged actual = heap.OneByte("actual");
  Tagged object;
  FlatString flat;
  CHECK(heap.strings.FlattenInHeap(heap.Thin(actual, 6), &object, &flat));
  CHECK(object == actual);
  CHECK(!heap.strings.FlattenInHeap(heap.Sliced(actual, 0, 2), &object, &flat));
}

TEST("RawStrings compares whole strings") {
  Heap heap;
  const Tagged name = heap.OneByte("name");
  CHECK(heap.strings.Equals(name, "name"));
  CHECK(!heap.strings.Equals(name, "nam"));
  CHECK(!heap.strings.Equals(name, "nama"));
  CHECK(!heap.strings.Equals(heap.TwoByte(u"name"), "name"));
  CHECK(!heap.strings.Equals(heap.OneByte(std::string(129, 'x')), std::string(129, 'x')));
}

TEST("RawStrings copies a part, whose end may not be behind the string") {
  Heap heap;
  FlatString flat;
  std::string_view text;
  CHECK(heap.strings.Flatten(heap.TwoByte(u"a日b"), &flat));
  CHECK(heap.strings.CopyPart(flat, 1, 3, &text));
  CHECK_EQ(text, "日b");
  CHECK(heap.strings.CopyPart(flat, 2, 2, &text));
  CHECK_EQ(text, "");
  CHECK(!heap.strings.CopyPart(flat, 2, 4, &text));
  CHECK(!heap.strings.CopyPart(flat, 2, 1, &text));
}

TEST("RawStrings copies nothing without room for it") {
  Heap heap;
  const Tagged string = heap.OneByte("text");
  char small[4];
  char text[6];
  CHECK(!heap.strings.CopyTo(string, small, sizeof small));
  CHECK(heap.strings.CopyTo(string, text, sizeof text));
  CHECK_EQ(std::string_view(text), "te...");
  CHECK(heap.arena.Allocate((size_t{1} << 20) - 64) != nullptr);
  CHECK(heap.arena.Allocate(48) != nullptr);
  CHECK(heap.strings.Copy(heap.OneByte(std::string(40, 'x')), 100) == nullptr);
  CHECK_EQ(heap.strings.Keep(std::string(40, 'x').c_str()), "");
}

vm::LongString LongStringOf(Heap& heap, Tagged string, uint32_t length) {
  vm::LongString found;
  found.object = string.Slot(0);
  found.map = heap.MapFor(Heap::kOneByte).bits();
  found.length_at = string.Slot(heap.layout.string_length);
  found.data_at = string.Slot(heap.layout.string_chars);
  found.length = length;
  return found;
}

TEST("ReadLongString hands a string over in pieces") {
  Heap heap;
  const std::string content = std::string(65'536, 'a') + "caf\xe9";
  const Tagged string = heap.OneByte(content);
  const vm::LongString found = LongStringOf(heap, string, static_cast<uint32_t>(content.size()));
  std::vector<size_t> sizes;
  std::string last;
  const auto feed = [&](std::string_view piece) {
    sizes.push_back(piece.size());
    last = piece;
    return true;
  };
  CHECK(vm::ReadLongString(&heap.memory, found, feed));
  CHECK_EQ(sizes, std::vector<size_t>({65'536, 5}));
  CHECK_EQ(last, "café");
}

TEST("ReadLongString refuses a string that is another one now, and stops when it is told to") {
  Heap heap;
  const Tagged string = heap.OneByte("abc");
  const vm::LongString found = LongStringOf(heap, string, 3);
  CHECK(vm::ReadLongString(&heap.memory, found, [](std::string_view) { return true; }));
  CHECK(!vm::ReadLongString(&heap.memory, found, [](std::string_view) { return false; }));
  heap.Put(string, heap.layout.string_length, uint32_t{4});
  CHECK(!vm::ReadLongString(&heap.memory, found, [](std::string_view) { return true; }));
  CHECK(!vm::ReadLongString(&heap.memory, vm::LongString(), [](std::string_view) { return true; }));
}

TEST("ByteCursor reads numbers of any length") {
  Heap heap;
  const Tagged bytes = heap.ByteArray({0x05, 0x81, 0x01, 0x06, 0x07, 0x03});
  vm::ByteCursor cursor(&heap.reader, bytes.Slot(heap.layout.array_data), 6);
  CHECK_EQ(cursor.Byte(), 5);
  CHECK_EQ(cursor.Unsigned(), 129);
  CHECK_EQ(cursor.Signed(), 3);
  CHECK_EQ(cursor.Signed(), -4);
  CHECK_EQ(cursor.SignedMagnitude(), -1);
  CHECK(cursor.AtEnd() && !cursor.failed());
  cursor.Byte();
  CHECK(cursor.failed());
}

TEST("ByteCursor refuses numbers that do not end, and what is not readable") {
  Heap heap;
  const Tagged bytes = heap.ByteArray(std::vector<uint8_t>(12, 0x80));
  vm::ByteCursor endless(&heap.reader, bytes.Slot(heap.layout.array_data), 12);
  CHECK_EQ(endless.Unsigned(), 0);
  CHECK(endless.failed());
  vm::ByteCursor nowhere(&heap.reader, 0x1000_at, 12);
  CHECK_EQ(nowhere.Byte(), 0);
  CHECK(nowhere.failed());
}

}  // namespace

}  // namespace gmr::test
