#include "open_groups.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace gmr::vm {

namespace {

void AddNumber(const OpenNumber& number, std::vector<OpenNumber>* numbers) {
  const auto known = std::find_if(numbers->begin(), numbers->end(),
                                  [&](const OpenNumber& other) { return other.path == number.path; });
  if (known == numbers->end()) {
    numbers->push_back(number);
    return;
  }
  known->min = std::min(known->min, number.min);
  known->max = std::max(known->max, number.max);
  known->sum += number.sum;
  known->count += number.count;
}

}  // namespace

void OpenGroups::Reset() {
  entries_.clear();
  by_key_.clear();
  is_full_ = false;
  groups_left_out_ = 0;
  objects_left_out_ = 0;
}

void OpenGroups::Count(const std::vector<ObjectReading::Number>& numbers, Entry* entry) const {
  ++entry->count;
  const OpenRow& row = rows_->rows()[entry->row];
  for (const ObjectReading::Number& number : numbers) {
    AddNumber({row.numbers[number.path].text, number.value, number.value, number.value, 1}, &entry->numbers);
  }
}

void OpenGroups::Add(const ObjectReading& reading, const ClassOfMap& of) {
  key_ = of.name;
  key_.append(1, '\0').append(of.file).append(1, '\0').append(reading.key);
  const auto known = by_key_.find(key_);
  if (known != by_key_.end()) {
    Count(reading.numbers, &entries_[known->second]);
    return;
  }
  if (entries_.size() >= kMaxGroups && !is_full_) {
    Condense();
    is_full_ = entries_.size() > kMaxGroups / 2;
  }
  if (entries_.size() >= kMaxGroups) {
    ++objects_left_out_;
    return;
  }
  by_key_.emplace(key_, static_cast<uint32_t>(entries_.size()));
  Entry& entry = entries_.emplace_back();
  entry.key = key_;
  entry.row = reading.row;
  entry.class_name = of.name;
  entry.file = of.file;
  entry.values.assign(reading.values.begin(),
                      reading.values.begin() + static_cast<ptrdiff_t>(reading.value_count));
  entry.functions = reading.functions;
  Count(reading.numbers, &entry);
}

// Puts the groups beyond the limit of each row together, and all into the order of TakeInto().
void OpenGroups::Condense() {
  const auto is_before = [](const Entry& a, const Entry& b) {
    return a.row != b.row ? a.row < b.row : a.count > b.count;
  };
  std::stable_sort(entries_.begin(), entries_.end(), is_before);
  std::vector<Entry> kept;
  std::vector<Entry> beyond;
  uint32_t of_row = 0;
  for (size_t i = 0; i < entries_.size(); ++i) {
    const uint16_t row = entries_[i].row;
    const bool is_last = i + 1 == entries_.size() || entries_[i + 1].row != row;
    // A group that was merged before may have to take in more.
    const bool is_kept = !entries_[i].is_joined && of_row++ < kMaxGroupsOfRow;
    (is_kept ? kept : beyond).push_back(std::move(entries_[i]));
    if (!is_last) continue;
    of_row = 0;
    for (Entry& entry : Joined(std::exchange(beyond, {}))) kept.push_back(std::move(entry));
  }
  entries_ = std::move(kept);
  std::stable_sort(entries_.begin(), entries_.end(), is_before);
  by_key_.clear();
  for (size_t i = 0; i < entries_.size(); ++i) by_key_.emplace(entries_[i].key, static_cast<uint32_t>(i));
}

// Texts with many different values become kVarious. The paths of a row have few of them.
void OpenGroups::DropVarious(std::vector<Entry>* entries) {
  std::map<uint16_t, std::set<std::string>> texts;
  for (const Entry& entry : *entries) {
    for (const ObjectReading::Value& value : entry.values) {
      std::set<std::string>& known = texts[value.path];
      if (value.kind == OpenValueKind::kString && known.size() <= kMaxDifferent) known.insert(value.text);
    }
  }
  for (Entry& entry : *entries) {
    for (ObjectReading::Value& value : entry.values) {
      const bool is_text = value.kind == OpenValueKind::kString;
      if (is_text && texts[value.path].size() > kMaxDifferent) value.text = kVarious;
    }
  }
}

std::string OpenGroups::KeyOf(const Entry& entry) {
  std::string key(kVarious);
  key.append(1, '\0').append(entry.class_name).append(1, '\0').append(entry.file);
  for (const ObjectReading::Value& value : entry.values) {
    key.append(1, '\0').append(std::to_string(value.path)).append(1, ' ');
    key.append(std::to_string(static_cast<int>(value.kind))).append(value.text);
  }
  for (const ObjectReading::Function& function : entry.functions) {
    key.append(1, '\0').append(std::to_string(function.path)).append(1, ' ');
    key.append(std::to_string(function.place));
  }
  return key;
}

// Merges groups that have become equal. Those that exceed the limit even then are omitted, and counted.
std::vector<OpenGroups::Entry> OpenGroups::Joined(std::vector<Entry> entries) {
  DropVarious(&entries);
  std::vector<Entry> joined;
  std::unordered_map<std::string, size_t> by_key;
  for (Entry& entry : entries) {
    entry.is_joined = true;
    entry.key = KeyOf(entry);
    const auto known = by_key.find(entry.key);
    if (known != by_key.end()) {
      Entry& same = joined[known->second];
      same.count += entry.count;
      for (const OpenNumber& number : entry.numbers) AddNumber(number, &same.numbers);
    } else if (joined.size() < kMaxGroupsOfRow) {
      by_key.emplace(entry.key, joined.size());
      joined.push_back(std::move(entry));
    } else {
      ++groups_left_out_;
      objects_left_out_ += entry.count;
    }
  }
  return joined;
}

OpenGroup OpenGroups::Make(const Entry& entry) const {
  const OpenRow& row = rows_->rows()[entry.row];
  OpenGroup group;
  group.row = row.name;
  group.class_name = entry.class_name;
  group.file = entry.file;
  group.count = entry.count;
  group.numbers = entry.numbers;
  for (const ObjectReading::Value& value : entry.values) {
    group.values.push_back({row.keys[value.path].text, value.kind, platform::Unmasked(value.text)});
  }
  for (const ObjectReading::Function& function : entry.functions) {
    OpenFunction place = (*places_)[function.place];
    place.path = row.functions[function.path].text;
    group.functions.push_back(std::move(place));
  }
  return group;
}

void OpenGroups::TakeInto(OpenThings* things) {
  Condense();
  for (const Entry& entry : entries_) {
    OpenGroup group = Make(entry);
    group.id = static_cast<uint32_t>(things->groups.size() + 1);
    things->groups.push_back(std::move(group));
  }
  things->groups_left_out += groups_left_out_;
  things->objects_left_out += objects_left_out_;
  Reset();
}

}  // namespace gmr::vm
