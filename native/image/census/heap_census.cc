#include "heap_census.h"

#include <algorithm>
#include <utility>

#include "../../base/clock.h"
#include "../../base/sleep.h"

namespace gmr::vm {

namespace {

constexpr const char* kUnknownTypes = "the object types of this V8 are not known";
constexpr const char* kTooMuchMemory = "the process has more memory than gmr-native examines";
constexpr const char* kOutOfTime = "the time for it was used up";
constexpr const char* kTooManyMaps = "the heap has more kinds of objects than gmr-native counts";

}  // namespace

HeapCensus::HeapCensus(platform::MemorySource* source, const Layout* layout, const CensusQuestion* question)
    : memory_(source),
      question_(question),
      heap_(&memory_, layout),
      strings_(&heap_, &arena_),
      scripts_(&heap_, &strings_),
      functions_(&heap_, &strings_, &scripts_),
      classes_(&heap_, &strings_, &functions_),
      maps_(&heap_, &question->types),
      walk_(&heap_, &layout_, &maps_),
      kinds_(&heap_, &layout_, &maps_, &walk_),
      class_rows_(&heap_, &classes_, &question->rows),
      scopes_(&heap_, &layout_, &strings_),
      paths_(&heap_, &layout_, &strings_, &question->types, &scopes_),
      places_(&heap_, &layout_, &functions_, &scripts_),
      reader_(&paths_, &places_, &classes_, &question->rows),
      groups_(&question->rows, &places_) {}

void HeapCensus::Capture(const Job& job) {
  const int64_t start_ns = platform::MonotonicNs();
  problem_ = Run(job);
  cost_ms_ = platform::MsBetween(start_ns, platform::MonotonicNs());
}

bool HeapCensus::has_all_holders() const {
  return !question_->types.usable() || (*problem_ == '\0' && !lacks_holders_);
}

void HeapCensus::Begin() {
  groups_.Reset();
  // The same moment for all timers.
  const bool has_clock = anchors_.timer_base_ms >= 0;
  const double now_ms = platform::MsBetween(0, platform::MonotonicNs());
  paths_.Reset(question_->fds, has_clock ? now_ms - anchors_.timer_base_ms : -1);
  changed_ = 0;
}

const char* HeapCensus::Run(const Job& job) {
  layout_ = job.layout;
  anchors_ = job.anchors;
  loop_ = job.loop;
  memory_.Forget();
  arena_.Reset();
  scripts_.Reset();
  functions_.Reset();
  scopes_.Reset();
  places_.Reset();
  class_rows_.Reset();
  maps_.Reset();
  candidates_.Truncate(0);
  holders_.clear();
  lacks_holders_ = false;
  objects_left_out_ = 0;
  kinds_.Reset();
  by_tag_.clear();
  is_partial_ = false;
  Begin();
  if (!question_->types.usable()) return kUnknownTypes;
  if (!pages_.Select(job.index, anchors_.heap, false)) return kTooMuchMemory;
  if (!Walk(job.deadline_ns)) return kOutOfTime;
  if (maps_.full()) return kTooManyMaps;
  ReadAtRest(job);
  return "";
}

void HeapCensus::Visit(const PageWords& page, uint32_t map, size_t index, uint64_t words) {
  ++maps_[map].count;
  maps_[map].bytes += words * sizeof(uint64_t);
  // A copy: the table may grow.
  const MapEntry entry = maps_[map];
  if (entry.kind != HeapKind::kObject) return kinds_.Visit(page, entry, index, words, is_read_only_);
  const ClassOfMap of = class_rows_.Find(map, entry.map);
  const Tagged object = Tagged::At(page.start + index * sizeof(uint64_t));
  if (of.is_nameless_prototype) CountByTag(object, map, words * sizeof(uint64_t));
  if (of.rows != platform::kNoIndex) NoteRows(object, map, of.rows);
}

// As a heap snapshot does.
void HeapCensus::CountByTag(Tagged prototype, uint32_t map, uint64_t bytes) {
  const char* tag = classes_.TagOf(prototype);
  if (*tag == '\0' || by_tag_.size() >= kMaxTags) return;
  CountOfTag& known = by_tag_[tag];
  ++known.count;
  known.bytes += bytes;
  --maps_[map].count;
  maps_[map].bytes -= bytes;
}

void HeapCensus::NoteRows(Tagged object, uint32_t map, uint32_t rows) {
  bool may_be_open = false;
  for (const uint16_t row : class_rows_.List(rows)) {
    const bool has_callbacks = !question_->rows.rows()[row].callbacks.empty();
    may_be_open = may_be_open || !has_callbacks;
    if (!has_callbacks) continue;
    lacks_holders_ = holders_.size() == kMaxHolders;
    if (!lacks_holders_) holders_.emplace_back(object, row);
  }
  if (may_be_open && !candidates_.Append({object, map})) ++objects_left_out_;
}

bool HeapCensus::IsOwn(platform::Address address) const {
  const auto* behind =
      std::upper_bound(pages_.pages().begin(), pages_.pages().end(), address,
                       [](platform::Address at, const HeapPage& page) { return at < page.start; });
  return behind != pages_.pages().begin() && address < (behind - 1)->end;
}

// The maps of V8's own objects are in pages that all isolates share, which belong to no heap.
std::vector<platform::Address> HeapCensus::ReadOnlyPages() const {
  std::vector<platform::Address> found;
  for (uint32_t i = 0; i < maps_.size(); ++i) {
    Tagged meta;
    const Tagged map = maps_[i].map;
    const platform::Address page = map.Slot(0).AlignedDown(kPageBytes);
    if (found.size() >= kMaxReadOnlyPages || std::find(found.begin(), found.end(), page) != found.end() ||
        IsOwn(map.Slot(0)) || !heap_.MapOf(map, &meta) || IsOwn(meta.Slot(0)))
      continue;
    found.push_back(page);
  }
  return found;
}

void HeapCensus::WalkPage(platform::Address start, size_t bytes) {
  // These are free for new objects, and may still have remains of objects from before the last collection. A
  // thread that runs moves on in them.
  AllocationGap gaps[kAllocationGaps];
  ReadGapsNow(heap_, anchors_, gaps);
  walk_.SetGaps(gaps);
  const uint64_t* words = memory_.OpenWindow(start, bytes);
  if (words == nullptr) return;
  const PageWords copy{words, bytes / sizeof(uint64_t), start};
  walk_.Page(copy, [&](uint32_t map, size_t index, uint64_t size) { Visit(copy, map, index, size); });
}

bool HeapCensus::Walk(int64_t deadline_ns) {
  is_read_only_ = false;
  for (const HeapPage& page : pages_.pages()) {
    if (platform::MonotonicNs() > deadline_ns) return false;
    WalkPage(page.start, std::min<size_t>(page.end - page.start, kPageBytes));
  }
  is_read_only_ = true;
  for (const platform::Address page : ReadOnlyPages()) WalkPage(page, kPageBytes);
  kinds_.Finish();
  return true;
}

bool HeapCensus::IsStillThere(const Candidate& candidate) const {
  Tagged map;
  return heap_.Load(candidate.object, 0, &map) && map == maps_[candidate.map].map;
}

void HeapCensus::ReadAtRest(const Job& job) {
  // The cache holds pages as they were during the walk. These reads must be fresh.
  memory_.Forget();
  for (size_t i = 0; i < candidates_.size(); ++i) {
    if (i % kBatch == 0) {
      // ReadAgain() will do it.
      if (!job.is_at_rest()) return;
      paths_.ForgetDescriptors();
      if (platform::MonotonicNs() > job.deadline_ns) {
        is_partial_ = true;
        return;
      }
    }
    const Candidate& candidate = candidates_[i];
    const ClassOfMap& of = class_rows_.Find(candidate.map, maps_[candidate.map].map);
    if (IsStillThere(candidate) && reader_.Read(candidate.object, class_rows_.List(of.rows), &second_))
      groups_.Add(second_, of);
  }
}

// False: V8 collected garbage meanwhile.
bool HeapCensus::ReadBatch(size_t first, size_t count) {
  GcEpoch before;
  GcEpoch after;
  if (!LoadGcEpoch(memory_.source(), layout_, anchors_.heap, &before) || !before.at_rest()) return false;
  memory_.Forget();
  paths_.ForgetDescriptors();
  const auto rows_of = [&](const Candidate& candidate) -> const std::vector<uint16_t>& {
    return class_rows_.List(class_rows_.Find(candidate.map, maps_[candidate.map].map).rows);
  };
  for (size_t i = 0; i < count; ++i) {
    const Candidate& candidate = candidates_[first + i];
    batch_[i].is_listed =
        IsStillThere(candidate) && reader_.Read(candidate.object, rows_of(candidate), &batch_[i].reading);
  }
  memory_.Refresh();
  paths_.Forget();
  for (size_t i = 0; i < count; ++i) {
    const Candidate& candidate = candidates_[first + i];
    const bool is_listed =
        IsStillThere(candidate) && reader_.ReadIdentity(candidate.object, rows_of(candidate), &second_);
    batch_[i].is_so =
        is_listed == batch_[i].is_listed &&
        (!is_listed || (second_.row == batch_[i].reading.row && second_.key == batch_[i].reading.key));
  }
  return LoadGcEpoch(memory_.source(), layout_, anchors_.heap, &after) && after == before;
}

void HeapCensus::ReadAgain(int64_t deadline_ns) {
  if (*problem_ != '\0') return;
  const int64_t start_ns = platform::MonotonicNs();
  Begin();
  is_partial_ = false;
  if (candidates_.size() > kMany) memory_.UseLargeCache();
  batch_.resize(std::min(kBatch, candidates_.size()));
  size_t size = kBatch;
  for (size_t first = 0, count = 0; first < candidates_.size(); first += count) {
    if (platform::MonotonicNs() > deadline_ns) {
      is_partial_ = true;
      break;
    }
    count = std::min(size, candidates_.size() - first);
    bool is_read = ReadBatch(first, count);
    for (int tries = 1; tries < kMaxTries && !is_read; ++tries) {
      platform::SleepNs(kCollectionNs);
      is_read = ReadBatch(first, count);
    }
    if (!is_read && size > 1) {
      // Fewer objects fit between two collections.
      size = size > kSmallBatch ? kSmallBatch : 1;
      count = 0;
      continue;
    }
    if (is_read) size = std::min(kBatch, size * 2);
    AddBatch(first, count, is_read);
  }
  cost_ms_ += platform::MsBetween(start_ns, platform::MonotonicNs());
}

void HeapCensus::AddBatch(size_t first, size_t count, bool is_read) {
  for (size_t i = 0; i < count; ++i) {
    const bool is_so = is_read && batch_[i].is_so;
    const bool is_listed = is_so && batch_[i].is_listed;
    // An object that is not where it was has been moved.
    if (!is_so || (!is_listed && !IsStillThere(candidates_[first + i]))) ++changed_;
    if (!is_listed) continue;
    groups_.Add(batch_[i].reading, class_rows_.Find(candidates_[first + i].map, Tagged()));
  }
}

HeapClasses HeapCensus::CountClasses() {
  std::map<std::pair<std::string, std::string>, HeapClass> by_name;
  HeapClasses result;
  for (uint32_t i = 0; i < maps_.size(); ++i) {
    const MapEntry& entry = maps_[i];
    if (entry.count == 0) continue;
    const bool is_object = entry.kind == HeapKind::kObject;
    const ClassOfMap of = is_object ? class_rows_.Find(i, entry.map) : ClassOfMap{NameOf(entry.kind), "", 0};
    HeapClass& known = by_name[{of.name, of.file}];
    known.count += entry.count;
    known.bytes += entry.bytes;
    result.total_objects += entry.count;
  }
  for (size_t i = 0; i < kHeapKinds; ++i) {
    const auto kind = static_cast<HeapKind>(i);
    if (kinds_.CountOf(kind) == 0) continue;
    HeapClass& known = by_name[{NameOf(kind), ""}];
    known.count += static_cast<uint64_t>(kinds_.CountOf(kind));
    known.bytes += static_cast<uint64_t>(kinds_.BytesOf(kind));
    result.total_objects += static_cast<uint64_t>(kinds_.CountOf(kind));
  }
  for (const auto& [tag, of] : by_tag_) {
    HeapClass& known = by_name[{tag, ""}];
    known.count += of.count;
    known.bytes += of.bytes;
    result.total_objects += of.count;
  }
  for (auto& [name, known] : by_name)
    result.classes.push_back({name.first, name.second, known.count, known.bytes});
  std::stable_sort(result.classes.begin(), result.classes.end(),
                   [](const HeapClass& a, const HeapClass& b) { return a.bytes > b.bytes; });
  for (size_t i = kMaxClasses; i < result.classes.size(); ++i) {
    ++result.other_classes;
    result.other_bytes += result.classes[i].bytes;
  }
  if (result.classes.size() > kMaxClasses) result.classes.resize(kMaxClasses);
  return result;
}

CensusResult HeapCensus::Take() {
  CensusResult result;
  result.problem = problem_;
  result.cost_ms = cost_ms_;
  if (*problem_ != '\0') return result;
  result.open.objects_left_out = objects_left_out_;
  result.open.changed = changed_;
  if (is_partial_) result.open.partial = kOutOfTime;
  groups_.TakeInto(&result.open);
  const platform::Address loop = loop_.IsNull() ? paths_.loop() : loop_;
  result.open.loop_problem = ReadLoop(&memory_, loop, &result.open.loop);
  result.classes = CountClasses();
  return result;
}

}  // namespace gmr::vm
